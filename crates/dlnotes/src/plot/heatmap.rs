//! A matrix as colours, with the scale beside it.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Rect};
use super::ink::Ink;
use super::layout::{EDGE, TICK};
use super::mark::{Extent, LeftOut, Log, Mark, Panel};
use super::pixels::{Color, data_url};
use super::text::number;
use super::{Figure, Values};

/// Viridis at nine even places: dark to light for eyes of every kind, and in grey.
const VIRIDIS: [Color; 9] = [
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
];
/// The place in the palette after the last colour: a value that isn't finite.
const MISSING: u8 = 255;
/// The grey of a missing value; it occurs nowhere on the scale.
const MISSING_COLOR: Color = [160, 160, 160];
/// Most cells along a side: a finer matrix is shown by means over blocks, finer than the page's pixels.
const MOST: usize = 512;
/// Width of the scale and its distance from the frame, in pixels.
const SCALE: (f64, f64) = (10.0, 8.0);
/// Height that one of the scale's labels takes, and how many it has at most.
const ROOM: f64 = 30.0;
const MOST_LABELS: usize = 10;

#[derive(Debug)]
struct Heatmap {
    rows: usize,
    columns: usize,
    /// Row by row.
    values: Vec<f64>,
    range: (f64, f64),
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

impl Heatmap {
    #[track_caller]
    fn figure(matrix: &dyn Values) -> Figure {
        let rows = matrix.curves();
        let columns = rows.first().map_or(0, Vec::len);
        if let Some((i, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != columns) {
            panic!("heatmap: row 0 has {columns} values and row {i} has {}; give all rows the same length", row.len());
        }
        let values = rows.concat();
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let range = if low <= high { (low, high) } else { (0.0, 1.0) };
        Figure::new().add(Heatmap { rows: rows.len(), columns, values, range }, "")
    }

    fn scale(&self) -> Axis {
        Axis::over(self.range, (0.0, 0.0), false)
    }

    /// The picture's width and its places in the palette.
    fn pixels(&self) -> (usize, Vec<u8>) {
        let scale = self.scale();
        let (block_h, block_w) = (self.rows.div_ceil(MOST).max(1), self.columns.div_ceil(MOST).max(1));
        let mut pixels = Vec::new();
        for top in (0..self.rows).step_by(block_h) {
            for left in (0..self.columns).step_by(block_w) {
                let rows = top..(top + block_h).min(self.rows);
                let columns = left..(left + block_w).min(self.columns);
                let count = (rows.len() * columns.len()) as f64;
                let cells = rows.flat_map(|row| columns.clone().map(move |column| row * self.columns + column));
                let mean: f64 = cells.map(|cell| self.values[cell] / count).sum();
                let place = scale.place(mean).map(|place| (place * f64::from(MISSING - 1)).round() as u8);
                pixels.push(place.unwrap_or(MISSING));
            }
        }
        (self.columns.div_ceil(block_w), pixels)
    }
}

/// The palette: the scale's colours, then the one for missing values.
fn palette() -> Vec<Color> {
    let last = (VIRIDIS.len() - 1) as f64;
    let mix = |i: u8| {
        let place = f64::from(i) / f64::from(MISSING - 1) * last;
        let from = (place as usize).min(VIRIDIS.len() - 2);
        let part = place - from as f64;
        std::array::from_fn(|c| {
            let (a, b) = (f64::from(VIRIDIS[from][c]), f64::from(VIRIDIS[from + 1][c]));
            (a + part * (b - a)).round() as u8
        })
    };
    (0..MISSING).map(mix).chain([MISSING_COLOR]).collect()
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
        let frame = panel.frame;
        let (width, pixels) = self.pixels();
        if pixels.is_empty() {
            return;
        }
        let palette = palette();
        panel.canvas.image(frame, &data_url(width, &pixels, Some(&palette)));

        let bar = Rect { x: frame.right() + SCALE.1, w: SCALE.0, ..frame };
        let ramp: Vec<u8> = (0..MISSING).rev().collect();
        panel.canvas.image(bar, &data_url(1, &ramp, Some(&palette)));
        let scale = self.scale();
        let ticks = scale.ticks(((frame.h / ROOM) as usize).min(MOST_LABELS));
        for (value, label) in &ticks.major {
            let Some(place) = scale.place(*value) else { continue };
            let y = bar.bottom() - place * bar.h;
            panel.canvas.line(&[(bar.right(), y), (bar.right() + TICK, y)], Ink::Spine);
            panel.canvas.text(label, (bar.right() + 2.0 * TICK, y), Anchor::LEFT, Ink::Tick);
        }
        if !ticks.factor.is_empty() {
            panel.canvas.text(&ticks.factor, (bar.x, bar.y - EDGE), Anchor::LEFT, Ink::Tick);
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        let ramp: Vec<u8> = (0..MISSING).collect();
        canvas.image(rect, &data_url(ramp.len(), &ramp, Some(&palette())));
    }

    fn describe(&self, _names: &[String]) -> String {
        let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let (low, high) = (number(self.range.0), number(self.range.1));
        format!(": {} and {}, from {low} to {high}", plural(self.rows, "row"), plural(self.columns, "column"))
    }

    fn left_out(&self, _log: Log) -> LeftOut {
        // Missing cells are shown, in grey.
        LeftOut::default()
    }

    fn spans_x(&self) -> bool {
        false
    }

    fn beside(&self) -> f64 {
        // The frame's height, and so the choice of labels, is not known yet: room for the widest of all choices.
        let labels = (1..=MOST_LABELS).map(|room| self.scale().ticks(room).width()).fold(0.0, f64::max);
        SCALE.0 + SCALE.1 + 2.0 * TICK + labels
    }
}
