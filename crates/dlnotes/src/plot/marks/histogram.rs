//! Histograms: how many values fall into each bin.

use crate::plot::axes::axis::{LARGEST, NARROWEST, SMALLEST};
use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::marks::bars::{Bars, sample, side_by_side};
use crate::plot::marks::bins::Bins;
use crate::plot::marks::lattice;
use crate::plot::page::canvas::{Canvas, Rect};
use crate::plot::page::text::number;
use crate::plot::page::words::told;
use crate::plot::values::Values;
use std::sync::{Arc, OnceLock};

/// The values of all curves, counted in the same bins.
#[derive(Debug)]
struct Counts {
    /// The finite values of each curve.
    curves: Vec<Vec<f64>>,
    bins: usize,
    linear: OnceLock<Vec<Bars>>,
    /// On a log axis bins are equally wide there, and hold what is positive.
    log: OnceLock<Vec<Bars>>,
}

/// One curve of them.
#[derive(Debug)]
struct Histogram {
    counts: Arc<Counts>,
    curve: usize,
    nonfinite: usize,
}

/// How many values fall into each of `bins` equal bins; several curves are counted in the same bins, side by side.
///
/// Values that are multiples of a step, such as shares out of 100, would fall into some bins more often than into others,
/// and the picture show peaks that the data don't have. Each bin then holds the same number of steps, and there may be a
/// few bins more or less than asked for. On a log x axis bins are equally wide there.
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
    if bins == 0 {
        panic!("histogram: 0 bins; give at least 1");
    }
    let all = values.curves();
    let finite = |values: &Vec<f64>| values.iter().copied().filter(|v| v.is_finite()).collect::<Vec<_>>();
    let curves: Vec<Vec<f64>> = all.iter().map(finite).collect();
    let counts = Counts { curves, bins, linear: OnceLock::new(), log: OnceLock::new() };
    let counts = Arc::new(counts);
    let add = |figure: Figure, (curve, values): (usize, &Vec<f64>)| {
        let nonfinite = values.len() - counts.curves[curve].len();
        figure.add(Histogram { counts: counts.clone(), curve, nonfinite }, "")
    };
    all.iter().enumerate().fold(Figure::new(), add)
}

impl Counts {
    fn bars(&self, log: bool, curve: usize) -> &Bars {
        let bars =
            if log { self.log.get_or_init(|| self.logarithmic()) } else { self.linear.get_or_init(|| self.linear()) };
        &bars[curve]
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.curves.iter().flatten().copied()
    }

    fn linear(&self) -> Vec<Bars> {
        let bins = match limits(self.values()) {
            Some((low, high)) => {
                let even = Bins { low, width: (high - low) / self.bins as f64, count: self.bins };
                lattice::aligned(self.values(), self.bins).unwrap_or(even)
            }
            None => Bins { low: 0.0, width: 1.0 / self.bins as f64, count: self.bins },
        };
        self.count(&bins, Some, |edge| edge)
    }

    fn logarithmic(&self) -> Vec<Bars> {
        let exponent = |value: f64| (value > 0.0).then(|| value.log10());
        let (low, high) = limits(self.values().filter_map(exponent)).unwrap_or((0.0, 1.0));
        let bins = Bins { low, width: (high - low) / self.bins as f64, count: self.bins };
        self.count(&bins, exponent, |edge| 10f64.powf(edge).clamp(SMALLEST, f64::MAX))
    }

    /// Counts every curve in bins on a scale that `to` leads to and `from` back.
    fn count(&self, bins: &Bins, to: impl Fn(f64) -> Option<f64>, from: impl Fn(f64) -> f64) -> Vec<Bars> {
        let edge = |i: usize| from(bins.low + i as f64 * bins.width);
        let cells: Vec<(f64, f64)> = (0..bins.count).map(|i| (edge(i), edge(i + 1))).collect();
        let count = |(curve, values): (usize, &Vec<f64>)| {
            let mut height = vec![0.0; bins.count];
            for value in values.iter().filter_map(|&value| to(value)) {
                height[bins.of(value)] += 1.0;
            }
            let sides = side_by_side(curve, self.curves.len(), 1.0);
            Bars { cells: cells.clone(), sides, height, pad: 0.0, counts: true }
        };
        self.curves.iter().enumerate().map(count).collect()
    }
}

/// What the bins cover: from the lowest value to the highest, or around them where they are all the same.
fn limits(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let ends = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if ends.0 > ends.1 {
        return None;
    }
    let (low, high) = (ends.0.clamp(-LARGEST, LARGEST), ends.1.clamp(-LARGEST, LARGEST));
    let size = low.abs().max(high.abs());
    if high - low > size * NARROWEST && high - low > f64::MIN_POSITIVE * 1e16 {
        return Some((low, high));
    }
    let half = if size * NARROWEST < 0.01 { 0.5 } else { size / 2.0 };
    Some((low - half, high + half))
}

impl Mark for Histogram {
    fn extent(&self, log: Log) -> Option<Extent> {
        let bars = self.counts.bars(log.x, self.curve);
        bars.extent(log).filter(|_| bars.height.iter().any(|&count| count > 0.0))
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        self.counts.bars(panel.x.log, self.curve).draw(panel, slot);
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        sample(canvas, rect, slot);
    }

    fn describe(&self, _names: &[String], log: Log) -> String {
        let bars = self.counts.bars(log.x, self.curve);
        let bins = bars.height.iter().zip(&bars.cells).rev();
        match bins.max_by(|a, b| a.0.total_cmp(b.0)) {
            Some((peak, (from, to))) if *peak > 0.0 => {
                let count = bars.height.iter().sum::<f64>();
                let [peak, from, to] = [peak, from, to].map(|v| number(*v));
                let told = if count == 1.0 {
                    told!("1 value, between {} and {}", from, to)
                } else {
                    told!("{} values, most ({}) between {} and {}", count, peak, from, to)
                };
                format!(": {told}")
            }
            _ => format!(": {}", told!("no values to count")),
        }
    }

    fn left_out(&self, log: Log) -> LeftOut {
        let nonpositive = self.counts.curves[self.curve].iter().filter(|&&v| log.x && v <= 0.0).count();
        // An empty bin has no height on a log axis either, and hides nothing.
        LeftOut { nonfinite: self.nonfinite, nonpositive }
    }
}
