//! Pictures in rows, each with its name above it.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::page::canvas::{Anchor, Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::pixels::data_url;
use crate::plot::page::space::{fit, height};
use crate::plot::page::words::{list, told};
use crate::plot::values::Values;
use crate::tensor::error::counted;

/// Width of a picture in inches, and the space between two, as a part of it.
const WIDTH: f64 = 0.75;
const BETWEEN: f64 = 0.08;

#[derive(Debug)]
struct Images {
    /// Height and width of each picture in its own pixels.
    shape: [usize; 2],
    columns: usize,
    /// Grey values of all pictures, one after the other.
    pixels: Vec<u8>,
}

/// Grey pictures of `shape` (height, width) in rows of `columns`, with their names ([`Figure::labels`]) above them.
///
/// The numbers are those of all pictures in order, whatever the shape of the array: `[n, 28, 28]` and `[n, 784]` are the
/// same. 0 is black and 1 white; numbers outside 0..1 are scaled, so that the smallest becomes black and the largest white.
///
/// # Panics
/// When the numbers don't make whole pictures of that shape; the message says how many there are.
///
/// ```
/// use dlnotes::plot::images;
/// let pixels = vec![0.5_f32; 6 * 28 * 28];
/// let figure = images(&pixels, [28, 28], 3).labels(["shirt", "bag", "coat", "shirt", "dress", "bag"]);
/// assert_eq!(figure.summary(), "Figure: 6 pictures of 28×28: shirt, bag, coat, shirt, dress, bag.");
/// ```
#[track_caller]
pub fn images(pixels: impl Values, shape: [usize; 2], columns: usize) -> Figure {
    layout(&pixels, shape, columns)
}

#[track_caller]
fn layout(pixels: &dyn Values, shape: [usize; 2], columns: usize) -> Figure {
    let values = pixels.curves().concat();
    let [h, w] = shape;
    if h * w == 0 || !values.len().is_multiple_of(h * w) {
        panic!(
            "images: {} can't make whole pictures of {h}×{w}; give height × width numbers for each",
            counted(values.len(), "number")
        );
    }
    if columns == 0 {
        panic!("images: 0 columns; give at least 1");
    }
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = finite().fold((0.0_f64, 1.0_f64), |(lo, hi), v| (lo.min(v), hi.max(v)));
    // What isn't finite becomes black. Halves first: the distance of the largest numbers has no place in f64.
    let grey = |v: &f64| {
        if v.is_finite() { ((v / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * 255.0).round() as u8 } else { 0 }
    };
    let pixels: Vec<u8> = values.iter().map(grey).collect();
    let count = values.len() / (h * w);
    let columns = columns.min(count.max(1));
    let rows = count.div_ceil(columns).max(1);
    let mut figure = Figure::new().add(Images { shape, columns, pixels }, "");
    let row = WIDTH * (1.0 + BETWEEN) * h as f64 / w as f64 + LABEL;
    figure.size = (WIDTH * (1.0 + BETWEEN) * columns as f64 + MARGIN, row * rows as f64 + MARGIN);
    figure
}

/// Height of a label and of the page's edges, in inches.
const LABEL: f64 = 0.15;
const MARGIN: f64 = 0.1;

impl Images {
    fn count(&self) -> usize {
        self.pixels.len() / (self.shape[0] * self.shape[1])
    }
}

impl Mark for Images {
    fn extent(&self, _log: Log) -> Option<Extent> {
        let unit = (0.0, 1.0);
        let extent = Extent { x: unit, y: unit, pad: [0.0; 4], whole: (false, false), down: false };
        (self.count() > 0).then_some(extent)
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        let [h, w] = self.shape;
        let rows = self.count().div_ceil(self.columns).max(1);
        let label = if panel.names.is_empty() { 0.0 } else { height(Ink::Tick) };
        let cell = (panel.frame.w / self.columns as f64, panel.frame.h / rows as f64);
        // As large as the cell allows without changing the picture's proportions.
        let scale = (cell.0 / (1.0 + BETWEEN) / w as f64).min((cell.1 / (1.0 + BETWEEN) - label) / h as f64).max(0.0);
        let size = (w as f64 * scale, h as f64 * scale);
        for (i, pixels) in self.pixels.chunks(h * w).enumerate() {
            let left = panel.frame.x + cell.0 * (i % self.columns) as f64;
            let top = panel.frame.y + cell.1 * (i / self.columns) as f64;
            let x = left + (cell.0 - size.0) / 2.0;
            panel.canvas.image(Rect { x, y: top + label, w: size.0, h: size.1 }, &data_url(w, pixels, None));
            if let Some(name) = panel.names.get(i) {
                let at = (left + cell.0 / 2.0, top + label / 2.0);
                panel.canvas.text(&fit(name, Ink::Tick, cell.0), at, Anchor::CENTER, Ink::Tick);
            }
        }
    }

    fn sample(&self, _canvas: &Canvas, _rect: Rect, _slot: u8) {}

    fn describe(&self, names: &[String], _log: Log) -> String {
        let [h, w] = self.shape;
        let told = match self.count() {
            1 => told!("1 picture of {}×{}", h, w),
            count => told!("{} pictures of {}×{}", count, h, w),
        };
        format!(": {}", if names.is_empty() { told } else { told!("{}: {}", told, list(names)) })
    }

    fn left_out(&self, _log: Log) -> LeftOut {
        LeftOut::default()
    }

    fn spans_x(&self) -> bool {
        false
    }

    fn bare(&self) -> bool {
        true
    }
}
