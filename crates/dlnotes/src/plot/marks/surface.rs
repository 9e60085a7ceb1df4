//! A function of two variables: its values as colours, lines of equal height, and a path over it.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::summary::course;
use crate::plot::marks::colors::{ColorScale, MISSING, draw_sample};
use crate::plot::marks::contour::{contour, levels};
use crate::plot::marks::picture;
use crate::plot::marks::picture::Cells;
use crate::plot::marks::trace::strokes;
use crate::plot::page::canvas::{Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::words::told;
use crate::plot::values::Values;
use crate::tensor::error::counted;

#[derive(Debug)]
struct Surface {
    x: (f64, f64),
    y: (f64, f64),
    columns: usize,
    /// Row by row, from the lowest y.
    values: Vec<f64>,
    /// Nothing where no value is finite.
    scale: Option<ColorScale>,
}

/// A way over a surface, white so that it shows on every colour.
#[derive(Debug)]
struct Path {
    x: Vec<f64>,
    y: Vec<f64>,
}

/// Values at even distances over a rectangle, `values[row][column]`, the first row at the lowest y, as a surface seen
/// from above, with lines of equal height.
///
/// [`loss_surface`](crate::train::loss_surface) makes one of a function, and [`Figure::path`] draws a descent on it.
///
/// # Panics
/// When there are fewer than 2 rows or columns, or the rows have different lengths, or a range is empty or not finite.
///
/// ```
/// use dlnotes::plot::surface;
/// let figure = surface([[2.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 2.0]], (-1.0, 1.0), (-1.0, 1.0));
/// assert_eq!(figure.summary(), "Figure over x from −1 to 1: y from −1 to 1, values from 0 to 2.");
/// ```
#[track_caller]
pub fn surface(values: impl Values, x: (f64, f64), y: (f64, f64)) -> Figure {
    Surface::figure(&values, x, y)
}

impl Surface {
    #[track_caller]
    fn figure(values: &dyn Values, x: (f64, f64), y: (f64, f64)) -> Figure {
        let rows = values.curves();
        let columns = rows.first().map_or(0, Vec::len);
        if rows.len() < 2 || columns < 2 || rows.iter().any(|row| row.len() != columns) {
            panic!(
                "surface: {}, the first with {}; give at least 2 × 2, all rows equally long",
                counted(rows.len(), "row"),
                counted(columns, "value")
            );
        }
        for (what, (from, to)) in [("x", x), ("y", y)] {
            if !(from < to && from.is_finite() && to.is_finite()) {
                panic!("surface: {what} from {from} to {to} isn't a range; give two finite numbers, the smaller first");
            }
        }
        let values = rows.concat();
        let scale = ColorScale::over(&values);
        Figure::new().add(Surface { x, y, columns, values, scale }, "")
    }

    fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The page's place of a column and row, which need not be whole.
    fn at(&self, panel: &Panel, column: f64, row: f64) -> Option<Point> {
        let x = self.x.0 + (self.x.1 - self.x.0) * column / (self.columns - 1) as f64;
        let y = self.y.0 + (self.y.1 - self.y.0) * row / (self.rows() - 1) as f64;
        panel.at(x, y)
    }
}

impl Figure {
    /// Draws a way over a [`surface`], such as that of gradient descent, with a dot at each step.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let bowl = surface([[2.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 2.0]], (-1.0, 1.0), (-1.0, 1.0));
    /// let figure = bowl.path([1.0, 0.5, 0.25], [1.0, 0.5, 0.25]);
    /// assert!(figure.summary().contains("from (1, 1) to (0.25, 0.25) in 2 steps"));
    /// ```
    ///
    /// # Panics
    /// When x and y have different lengths.
    #[track_caller]
    pub fn path(self, x: impl Values, y: impl Values) -> Figure {
        self.add_paths(&x, &y)
    }

    #[track_caller]
    fn add_paths(mut self, x: &dyn Values, y: &dyn Values) -> Figure {
        for (x, y) in crate::plot::values::pairs(x, y) {
            self = self.add(Path { x, y }, "");
        }
        self
    }
}

impl Mark for Surface {
    fn extent(&self, _log: Log) -> Option<Extent> {
        Some(Extent { x: self.x, y: self.y, pad: [0.0; 4], whole: (false, false), down: false })
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        let corners = (self.at(panel, 0.0, (self.rows() - 1) as f64), self.at(panel, (self.columns - 1) as f64, 0.0));
        let (Some(first), Some(last)) = corners else { return };
        let upside_down = self.values.chunks(self.columns).rev();
        let color = |&value: &f64| self.scale.map_or(MISSING, |scale| scale.color(value));
        let pixels: Vec<u8> = upside_down.flatten().map(color).collect();
        picture::draw(panel, first, last, self.columns, &pixels, Cells::Smooth);
        for level in levels(&self.values) {
            for line in contour(&self.values, self.columns, level) {
                let places = line.into_iter().map(|(column, row)| self.at(panel, column, row));
                for stroke in strokes(places, panel.frame, 1) {
                    panel.canvas.line(&stroke, Ink::Contour);
                }
            }
        }
        if let Some(scale) = self.scale {
            scale.draw_beside(panel);
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        draw_sample(canvas, rect);
    }

    fn describe(&self, _names: &[String], _log: Log) -> String {
        let (from, to) = (number(self.y.0), number(self.y.1));
        match ColorScale::describe(self.scale.as_ref(), &self.values) {
            none if self.scale.is_none() => format!(": {}", told!("y from {} to {}, {}", from, to, none)),
            values => format!(": {}", told!("y from {} to {}, values {}", from, to, values)),
        }
    }

    fn left_out(&self, _log: Log) -> LeftOut {
        LeftOut::default()
    }

    fn beside(&self) -> f64 {
        self.scale.map_or(0.0, |scale| scale.width())
    }

    fn even(&self) -> Log {
        Log { x: true, y: true }
    }
}

impl Mark for Path {
    fn extent(&self, _log: Log) -> Option<Extent> {
        // The surface says what is shown; a descent that leaves it is cut off at the frame.
        None
    }

    fn extent_alone(&self, log: Log) -> Option<Extent> {
        Extent::of(&self.x, &self.y, log, [0.05; 4])
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        let places: Vec<Option<Point>> = self.x.iter().zip(&self.y).map(|(&x, &y)| panel.at(x, y)).collect();
        let inside = |p: &Point| {
            (panel.frame.x..=panel.frame.right()).contains(&p.0)
                && (panel.frame.y..=panel.frame.bottom()).contains(&p.1)
        };
        for (line, dots) in [(Ink::TrailEdge, Ink::StepEdge), (Ink::Trail, Ink::Step)] {
            for stroke in strokes(places.iter().copied(), panel.frame, 1) {
                panel.canvas.line(&stroke, line);
            }
            places.iter().flatten().filter(|p| inside(p)).for_each(|&place| panel.canvas.dot(place, dots));
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        let y = rect.middle().1;
        canvas.line(&[(rect.x, y), (rect.right(), y)], Ink::Trail);
    }

    fn describe(&self, _names: &[String], log: Log) -> String {
        let ends = self.x.first().zip(self.y.first()).zip(self.x.last().zip(self.y.last()));
        match ends {
            Some(((x0, y0), (x1, y1))) => {
                let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|v| number(*v));
                match self.x.len() - 1 {
                    1 => told!("goes from ({}, {}) to ({}, {}) in 1 step", x0, y0, x1, y1),
                    steps => told!("goes from ({}, {}) to ({}, {}) in {} steps", x0, y0, x1, y1, steps),
                }
            }
            None => course(&self.x, &self.y, log),
        }
    }

    fn left_out(&self, log: Log) -> LeftOut {
        LeftOut::of(&self.x, &self.y, log)
    }

    fn colored(&self) -> bool {
        false
    }
}
