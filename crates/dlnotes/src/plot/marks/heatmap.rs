//! A matrix as colours, with the scale beside it.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::said;
use crate::plot::marks::colors::{ColorScale, MISSING, draw_sample};
use crate::plot::marks::picture;
use crate::plot::marks::picture::Cells;
use crate::plot::page::canvas::{Canvas, Rect};
use crate::plot::page::words::told;
use crate::plot::values::Values;
use crate::tensor::error::counted;

/// Most cells along a side: a finer matrix is shown by means over blocks, finer than the page's pixels.
const MOST: usize = 512;

#[derive(Debug)]
struct Heatmap {
    rows: usize,
    columns: usize,
    /// Row by row.
    values: Vec<f64>,
    /// Nothing where no value is finite.
    scale: Option<ColorScale>,
}

/// A matrix as colours, its first row on top, with a scale beside it; rows are the entries of the first axis.
///
/// # Panics
/// When the rows have different lengths; the message names both.
///
/// ```
/// use dlnotes::plot::heatmap;
/// let figure = heatmap([[0.0, 1.0], [2.0, 3.0]]).title("weight");
/// assert_eq!(figure.summary(), "weight: 2 rows and 2 columns, from 0 to 3.");
/// ```
#[track_caller]
pub fn heatmap(matrix: impl Values) -> Figure {
    Heatmap::figure(&matrix)
}

impl Figure {
    /// Names the rows of a heat map beside them, from the top; [`labels`](Figure::labels) names its columns.
    ///
    /// ```
    /// use dlnotes::plot::heatmap;
    /// let figure = heatmap([[0.0, 1.0], [2.0, 3.0]]).row_labels(["relu", "tanh"]).labels(["layer 1", "layer 2"]);
    /// assert!(figure.to_svg().contains(">tanh<"));
    /// ```
    pub fn row_labels<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Figure {
        let names = names.as_ref();
        self.set_row_labels(names.len(), &|i| names[i].as_ref());
        self
    }

    fn set_row_labels<'a>(&mut self, count: usize, name: &dyn Fn(usize) -> &'a str) {
        *self.row_names = said(count, name);
    }
}

impl Heatmap {
    #[track_caller]
    fn figure(matrix: &dyn Values) -> Figure {
        let rows = matrix.curves();
        let columns = rows.first().map_or(0, Vec::len);
        if let Some((i, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != columns) {
            let first = counted(columns, "value");
            panic!("heatmap: row 0 has {first} and row {i} has {}; give all rows the same length", row.len());
        }
        let values = rows.concat();
        let scale = ColorScale::over(&values);
        Figure::new().add(Heatmap { rows: rows.len(), columns, values, scale }, "")
    }

    /// The picture's width and its places in the palette.
    fn pixels(&self) -> (usize, Vec<u8>) {
        let (block_h, block_w) = (self.rows.div_ceil(MOST).max(1), self.columns.div_ceil(MOST).max(1));
        let mut pixels = Vec::new();
        for top in (0..self.rows).step_by(block_h) {
            for left in (0..self.columns).step_by(block_w) {
                let rows = top..(top + block_h).min(self.rows);
                let columns = left..(left + block_w).min(self.columns);
                let count = (rows.len() * columns.len()) as f64;
                let cells = rows.flat_map(|row| columns.clone().map(move |column| row * self.columns + column));
                let mean: f64 = cells.map(|cell| self.values[cell] / count).sum();
                pixels.push(self.scale.map_or(MISSING, |scale| scale.color(mean)));
            }
        }
        (self.columns.div_ceil(block_w), pixels)
    }
}

impl Mark for Heatmap {
    fn extent(&self, _log: Log) -> Option<Extent> {
        (!self.values.is_empty()).then(|| Extent {
            x: (-0.5, self.columns as f64 - 0.5),
            y: (-0.5, self.rows as f64 - 0.5),
            pad: [0.0; 4],
            whole: (true, true),
            down: true,
        })
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        let (width, pixels) = self.pixels();
        let corners = (panel.at(-0.5, -0.5), panel.at(self.columns as f64 - 0.5, self.rows as f64 - 0.5));
        let (Some(first), Some(last)) = corners else { return };
        picture::draw(panel, first, last, width, &pixels, Cells::Sharp);
        if let Some(scale) = self.scale {
            scale.draw_beside(panel);
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        draw_sample(canvas, rect);
    }

    fn describe(&self, _names: &[String], _log: Log) -> String {
        let rows = if self.rows == 1 { told!("1 row") } else { told!("{} rows", self.rows) };
        let columns = if self.columns == 1 { told!("1 column") } else { told!("{} columns", self.columns) };
        let values = ColorScale::describe(self.scale.as_ref(), &self.values);
        format!(": {}", told!("{} and {}, {}", rows, columns, values))
    }

    fn left_out(&self, _log: Log) -> LeftOut {
        // Missing cells are shown, in grey.
        LeftOut::default()
    }

    fn spans_x(&self) -> bool {
        false
    }

    fn beside(&self) -> f64 {
        self.scale.map_or(0.0, |scale| scale.width())
    }

    fn even(&self) -> Log {
        Log { x: true, y: true }
    }
}
