//! Bars and histograms.

use super::canvas::{Canvas, Rect};
use super::ink::Ink;
use super::mark::{Extent, LeftOut, Log, Mark, Panel};
use super::summary::span;
use super::text::number;
use super::{Figure, Values};

/// How much of the distance between two bars (or groups of bars) they fill.
const FILLED: f64 = 0.8;
/// Light at either side of a bar, in pixels: its outline takes half of it.
const GAP: f64 = 0.9;
/// Free space beside and above the bars.
const PAD: f64 = 0.05;
/// Most bars whose heights are told one by one.
const MOST_TOLD: usize = 12;

#[derive(Debug)]
struct Bars {
    /// Each bar reaches from `x + sides.0` to `x + sides.1`.
    x: Vec<f64>,
    sides: (f64, f64),
    height: Vec<f64>,
    /// Free space at the left and right.
    pad: f64,
    count: Option<Count>,
}

/// What only a histogram knows.
#[derive(Debug)]
struct Count {
    counted: usize,
    nonfinite: usize,
    /// The width of a bin.
    width: f64,
}

/// Bars of the given heights; several curves stand side by side in groups.
///
/// Name the bars with [`Figure::labels`] and the curves with [`Figure::legend`].
///
/// ```
/// use dlnotes::plot::bar;
/// let figure = bar([[3.0, 2.0], [1.0, 4.0]]).labels(["small", "large"]).legend(["train", "test"]);
/// assert_eq!(figure.summary(), "Figure: train: small 3, large 2; test: small 1, large 4.");
/// ```
pub fn bar(heights: impl Values) -> Figure {
    groups(&heights)
}

fn groups(heights: &dyn Values) -> Figure {
    let curves = heights.curves();
    let count = curves.len();
    let mut figure = Figure::new();
    for (i, height) in curves.into_iter().enumerate() {
        let x = (0..height.len()).map(|i| i as f64).collect();
        figure = figure.add(Bars { x, sides: side_by_side(i, count, FILLED), height, pad: 0.02, count: None }, "");
    }
    figure
}

/// How many values fall into each of `bins` equal bins; several curves are counted in the same bins, side by side.
///
/// # Panics
/// When `bins` is 0.
///
/// ```
/// use dlnotes::plot::histogram;
/// let figure = histogram([0.1, 0.2, 0.6, 0.7, 0.8], 2).xlabel("value").ylabel("count");
/// assert_eq!(figure.summary(), "count over value from 0.1 to 0.8: 5 values, most (3) between 0.45 and 0.8.");
/// ```
#[track_caller]
pub fn histogram(values: impl Values, bins: usize) -> Figure {
    count(&values, bins)
}

#[track_caller]
fn count(values: &dyn Values, bins: usize) -> Figure {
    let curves = values.curves();
    if bins == 0 {
        panic!("histogram: 0 bins; give at least 1");
    }
    let finite = || curves.iter().flatten().copied().filter(|v| v.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
    let (low, high) = match () {
        () if low < high => (low, high),
        () if low == high => (low - 0.5, high + 0.5),
        () => (0.0, 1.0),
    };
    // Halves first: the distance of the largest numbers has no place in f64.
    let width = 2.0 * (high / 2.0 - low / 2.0) / bins as f64;
    let count = curves.len();
    let mut figure = Figure::new();
    for (i, values) in curves.iter().enumerate() {
        let mut height = vec![0.0; bins];
        let mut counted = 0;
        for value in values.iter().filter(|v| v.is_finite()) {
            height[(((value - low) / width) as usize).min(bins - 1)] += 1.0;
            counted += 1;
        }
        let x = (0..bins).map(|i| low + (i as f64 + 0.5) * width).collect();
        let (left, right) = side_by_side(i, count, 1.0);
        let sides = (left * width, right * width);
        let count = Some(Count { counted, nonfinite: values.len() - counted, width });
        figure = figure.add(Bars { x, sides, height, pad: 0.0, count }, "");
    }
    figure
}

/// The sides of bar `i` of a group of `count` that fills `filled` of one unit.
fn side_by_side(i: usize, count: usize, filled: f64) -> (f64, f64) {
    let each = filled / count as f64;
    let left = i as f64 * each - filled / 2.0;
    (left, left + each)
}

impl Bars {
    /// The parts of the bars that lie inside the frame.
    fn rects<'a>(&'a self, panel: &'a Panel) -> impl Iterator<Item = Rect> + 'a {
        let frame = panel.frame;
        let foot = panel.y.place(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
        self.x.iter().zip(&self.height).filter_map(move |(x, &height)| {
            let left = panel.x.place(x + self.sides.0)?.clamp(0.0, 1.0) * frame.w + GAP;
            let right = panel.x.place(x + self.sides.1)?.clamp(0.0, 1.0) * frame.w - GAP;
            let top = panel.y.place(height)?.clamp(0.0, 1.0);
            let (top, bottom) = (top.max(foot), top.min(foot));
            let y = frame.bottom() - top * frame.h;
            let bar = Rect { x: frame.x + left, y, w: right - left, h: (top - bottom) * frame.h };
            (bar.w > 0.0 && bar.h > 0.0).then_some(bar)
        })
    }
}

impl Mark for Bars {
    fn extent(&self, log: Log) -> Option<Extent> {
        let mut extent = Extent::of(&self.x, &self.height, log, [self.pad, self.pad, 0.0, PAD])?;
        extent.whole = (self.count.is_none(), false);
        extent.x = (extent.x.0 + self.sides.0, extent.x.1 + self.sides.1);
        if !log.y {
            extent.y = (extent.y.0.min(0.0), extent.y.1.max(0.0));
            extent.pad[2] = if extent.y.0 < 0.0 { PAD } else { 0.0 };
        }
        Some(extent)
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        // Paper first: the grid must not show through.
        for ink in [Ink::Paper, Ink::Fill(slot)] {
            self.rects(panel).for_each(|bar| panel.canvas.rect(bar, ink));
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        canvas.rect(Rect { x: rect.x + rect.w / 4.0, w: rect.w / 2.0, ..rect }, Ink::Fill(slot));
    }

    fn describe(&self, names: &[String]) -> String {
        if let Some(count) = &self.count {
            let bins = || self.height.iter().zip(&self.x).rev();
            return match bins().max_by(|a, b| a.0.total_cmp(b.0)) {
                Some((peak, middle)) if *peak > 0.0 => format!(
                    ": {} values, most ({}) between {} and {}",
                    count.counted,
                    number(*peak),
                    number(middle - count.width / 2.0),
                    number(middle + count.width / 2.0)
                ),
                _ => ": no values to count".into(),
            };
        }
        if self.height.is_empty() {
            return ": no bars".into();
        }
        if self.height.len() > MOST_TOLD {
            return format!(": {} bars, {}", self.height.len(), span(self.height.iter().copied()));
        }
        let name = |i: usize| names.get(i).cloned().unwrap_or_else(|| format!("bar {i}"));
        let told: Vec<String> =
            self.height.iter().enumerate().map(|(i, &height)| format!("{} {}", name(i), number(height))).collect();
        format!(": {}", told.join(", "))
    }

    fn left_out(&self, log: Log) -> LeftOut {
        match &self.count {
            // An empty bin has no height on a log axis either, and hides nothing.
            Some(count) => LeftOut { nonfinite: count.nonfinite, nonpositive: 0 },
            None => LeftOut::of(&self.x, &self.height, log),
        }
    }

    fn spans_x(&self) -> bool {
        self.count.is_some()
    }
}
