//! Bars: for each number one, from 0 to its height.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::summary::span;
use crate::plot::page::canvas::{Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::words::{list, told};
use crate::plot::values::Values;

/// How much of the distance between two bars (or groups of bars) they fill.
const FILLED: f64 = 0.8;
/// Light at either side of a bar, in pixels: its outline takes half of it. It gives way before the bar does.
const GAP: f64 = 0.9;
/// No bar is thinner than this, in pixels: where more have to share the width, neighbours are drawn as one.
const THINNEST: f64 = 1.0;
/// Free space beside and above the bars.
const PAD: f64 = 0.05;
/// Most bars whose heights are told one by one.
const MOST_TOLD: usize = 12;

/// Bars side by side.
#[derive(Debug)]
pub(crate) struct Bars {
    /// The stretch of x that belongs to each bar, or to a group with one bar of each curve.
    pub(crate) cells: Vec<(f64, f64)>,
    /// The part of its cell that each bar fills, from 0 at the left to 1 at the right.
    pub(crate) sides: (f64, f64),
    pub(crate) height: Vec<f64>,
    /// Free space at the left and right.
    pub(crate) pad: f64,
    /// Whether heights are counts: a count of 0 is nothing to see, as a height of 0 is.
    pub(crate) counts: bool,
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
        let cells = (0..height.len()).map(|i| (i as f64 - 0.5, i as f64 + 0.5)).collect();
        figure =
            figure.add(Bars { cells, sides: side_by_side(i, count, FILLED), height, pad: 0.02, counts: false }, "");
    }
    figure
}

/// The sides of bar `i` of `count` that together fill `filled` of their cell.
pub(crate) fn side_by_side(i: usize, count: usize, filled: f64) -> (f64, f64) {
    let each = filled / count as f64;
    let left = (1.0 - filled) / 2.0 + i as f64 * each;
    (left, left + each)
}

impl Bars {
    /// The parts of the bars that lie inside the frame.
    fn rects(&self, panel: &Panel) -> Vec<Rect> {
        let (frame, part) = (panel.frame, self.sides.1 - self.sides.0);
        // On a log axis a bar stands on the low end, and a cell that begins at 0 or below is cut off there.
        let lowest = panel.x.lo.min(panel.x.hi);
        let across =
            |x: f64| panel.x.place(if panel.x.log && x <= 0.0 { lowest } else { x }).map(|place| place * frame.w);
        let foot = panel.y.place(if panel.y.log { f64::MIN_POSITIVE } else { 0.0 }).unwrap_or(0.0);
        let mut rects = Vec::new();
        // The cells that are drawn as one so far: their left end, and the stretch of y that their bars cover.
        let mut open: Option<f64> = None;
        let mut covered: Option<(f64, f64)> = None;
        for (i, (&(from, to), &height)) in self.cells.iter().zip(&self.height).enumerate() {
            let (Some(from), Some(to)) = (across(from), across(to)) else { continue };
            let start = *open.get_or_insert(from);
            if let Some(top) = panel.y.place(height).filter(|_| !(self.counts && height == 0.0)) {
                let (low, high) = covered.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
                covered = Some((low.min(foot).min(top), high.max(foot).max(top)));
            }
            if (to - start).abs() * part < THINNEST && i + 1 < self.cells.len() {
                continue;
            }
            let at = |side: f64| start + side * (to - start);
            let sides = (at(self.sides.0).min(at(self.sides.1)), at(self.sides.0).max(at(self.sides.1)));
            rects.extend(covered.take().and_then(|stretch| clipped(frame, sides, stretch)));
            open = None;
        }
        rects
    }

    pub(crate) fn extent(&self, log: Log) -> Option<Extent> {
        let mut extent: Option<Extent> = None;
        for (&(from, to), &height) in self.cells.iter().zip(&self.height) {
            let middle = if log.x && from > 0.0 { from } else { f64::midpoint(from, to) };
            let Some(mut cell) = Extent::of(&[middle], &[height], log, [self.pad, self.pad, 0.0, PAD]) else {
                continue;
            };
            cell.x =
                (if log.x { middle } else { from + self.sides.0 * (to - from) }, from + self.sides.1 * (to - from));
            extent = Some(extent.map_or(cell, |extent| extent.and(cell)));
        }
        let mut extent = extent?;
        extent.whole = (!self.counts, false);
        if log.y {
            // The lowest bar would have no height at all.
            extent.pad[2] = PAD;
        } else {
            extent.y = (extent.y.0.min(0.0), extent.y.1.max(0.0));
            extent.pad[2] = if extent.y.0 < 0.0 { PAD } else { 0.0 };
        }
        Some(extent)
    }

    pub(crate) fn draw(&self, panel: &Panel, slot: u8) {
        let rects = self.rects(panel);
        // Paper first: the grid must not show through.
        for ink in [Ink::Paper, Ink::Fill(slot)] {
            rects.iter().for_each(|&bar| panel.canvas.rect(bar, ink));
        }
    }
}

/// The bar between `sides` (pixels from the frame's left) that covers the `stretch` of y (from 0 to 1), as far as it is
/// inside the frame; a bar without height is a line.
fn clipped(frame: Rect, sides: (f64, f64), stretch: (f64, f64)) -> Option<Rect> {
    let inside = sides.1 >= 0.0 && sides.0 <= frame.w && stretch.1 >= 0.0 && stretch.0 <= 1.0;
    let (left, right) = (sides.0.max(0.0), sides.1.min(frame.w));
    let gap = ((right - left - THINNEST) / 2.0).clamp(0.0, GAP);
    let width = (right - left - 2.0 * gap).max(THINNEST);
    let left = f64::midpoint(left, right) - width / 2.0;
    let (low, high) = (stretch.0.clamp(0.0, 1.0), stretch.1.clamp(0.0, 1.0));
    let x = frame.x + left.clamp(0.0, (frame.w - width).max(0.0));
    inside.then(|| Rect { x, y: frame.bottom() - high * frame.h, w: width, h: (high - low) * frame.h })
}

/// The sample that stands for bars in a legend.
pub(crate) fn sample(canvas: &Canvas, rect: Rect, slot: u8) {
    canvas.rect(Rect { x: rect.x + rect.w / 4.0, w: rect.w / 2.0, ..rect }, Ink::Fill(slot));
}

impl Mark for Bars {
    fn extent(&self, log: Log) -> Option<Extent> {
        self.extent(log)
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        self.draw(panel, slot);
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        sample(canvas, rect, slot);
    }

    fn describe(&self, names: &[String], _log: Log) -> String {
        if self.height.is_empty() {
            return format!(": {}", told!("no bars"));
        }
        if self.height.len() > MOST_TOLD {
            return format!(": {}", told!("{} bars, {}", self.height.len(), span(self.height.iter().copied())));
        }
        let name = |i: usize| names.get(i).cloned().unwrap_or_else(|| told!("bar {}", i));
        let told: Vec<String> =
            self.height.iter().enumerate().map(|(i, &height)| told!("{} {}", name(i), number(height))).collect();
        format!(": {}", list(&told))
    }

    fn left_out(&self, log: Log) -> LeftOut {
        let places: Vec<f64> = self.cells.iter().map(|cell| cell.1).collect();
        LeftOut::of(&places, &self.height, log)
    }

    fn spans_x(&self) -> bool {
        false
    }

    fn even(&self) -> Log {
        // Bars are counted: the first one, at 0, would have no place on a log axis.
        Log { x: true, y: false }
    }
}
