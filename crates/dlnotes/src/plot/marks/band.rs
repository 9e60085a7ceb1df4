//! Bands: a range of y for each x, such as where nine of ten fits lie.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::marks::trace::clip_area;
use crate::plot::page::canvas::{Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::words::told;
use crate::plot::values::Values;
use crate::tensor::error::counted;

/// Free space above and below.
const PAD: [f64; 4] = [0.0, 0.0, 0.05, 0.05];
/// No band is thinner than this, in pixels.
const THINNEST: f64 = 1.0;

#[derive(Debug)]
struct Band {
    x: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Figure {
    /// Adds the area between two curves over the same x, named `label` (`""` for no name). Add it before the lines that
    /// are to lie on it.
    ///
    /// # Panics
    /// When x, low and high have different lengths.
    ///
    /// ```
    /// # use dlnotes::plot::Figure;
    /// let figure = Figure::new().band([0, 1, 2], [0.5, 0.8, 0.9], [1.5, 1.4, 1.2], "90 %").line([0, 1, 2], [1, 1, 1], "mean");
    /// assert!(figure.summary().contains("90 % lies between 0.5 and 1.5"));
    /// ```
    #[track_caller]
    pub fn band(self, x: impl Values, low: impl Values, high: impl Values, label: &str) -> Figure {
        self.add_band(&x, &low, &high, label)
    }

    #[track_caller]
    fn add_band(self, x: &dyn Values, low: &dyn Values, high: &dyn Values, label: &str) -> Figure {
        let of = |values: &dyn Values| values.curves().concat();
        let band = Band { x: of(x), low: of(low), high: of(high) };
        let lengths = [band.x.len(), band.low.len(), band.high.len()];
        if lengths[1..] != [lengths[0]; 2] {
            panic!(
                "band: x has {}, low {} and high {}; give all the same length",
                counted(lengths[0], "value"),
                lengths[1],
                lengths[2]
            );
        }
        self.add(band, label)
    }
}

impl Band {
    /// Stretches of neighbouring x where both ends are numbers: along the upper curve and back along the lower.
    fn outlines(&self, panel: &Panel) -> Vec<Vec<Point>> {
        let mut stretches: Vec<Vec<(Point, Point)>> = vec![Vec::new()];
        for i in 0..self.x.len() {
            let ends = panel.at(self.x[i], self.high[i]).zip(panel.at(self.x[i], self.low[i]));
            match (ends, stretches.last_mut()) {
                (Some((high, low)), Some(stretch)) => stretch.push(thick(high, low)),
                _ => stretches.push(Vec::new()),
            }
        }
        let outline = |mut stretch: Vec<(Point, Point)>| {
            let ends = || stretch.iter().flat_map(|(high, low)| [high, low]);
            let side = |of: fn(&Point) -> f64| {
                (ends().map(of).fold(f64::INFINITY, f64::min), ends().map(of).fold(f64::NEG_INFINITY, f64::max))
            };
            let ((left, right), (top, bottom)) = (side(|p| p.0), side(|p| p.1));
            if right - left < THINNEST && !stretch.is_empty() {
                // One x alone, or several that are as good as one, would be an area without width.
                let middle = f64::midpoint(left, right);
                stretch =
                    [-THINNEST / 2.0, THINNEST / 2.0].map(|by| ((middle + by, top), (middle + by, bottom))).to_vec();
            }
            let there = stretch.iter().map(|ends| ends.0);
            clip_area(there.chain(stretch.iter().rev().map(|ends| ends.1)).collect(), panel.frame)
        };
        stretches.into_iter().map(outline).filter(|outline| !outline.is_empty()).collect()
    }
}

/// The two ends of a band at one x, moved apart where an area between them would not be seen.
fn thick(high: Point, low: Point) -> (Point, Point) {
    let (apart, middle) = (low.1 - high.1, f64::midpoint(low.1, high.1));
    let half = (THINNEST / 2.0).copysign(apart);
    if apart.abs() < THINNEST { ((high.0, middle - half), (low.0, middle + half)) } else { (high, low) }
}

impl Mark for Band {
    fn extent(&self, log: Log) -> Option<Extent> {
        let ends = [Extent::of(&self.x, &self.low, log, PAD), Extent::of(&self.x, &self.high, log, PAD)];
        ends.into_iter().flatten().reduce(Extent::and)
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        for outline in self.outlines(panel) {
            panel.canvas.area(&outline, Ink::Band(slot));
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        canvas.rect(rect, Ink::Band(slot));
    }

    fn describe(&self, _names: &[String], _log: Log) -> String {
        let ends = || self.low.iter().chain(&self.high).copied().filter(|v| v.is_finite());
        let (low, high) = (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
        if low > high {
            told!("has no values to show")
        } else {
            told!("lies between {} and {}", number(low), number(high))
        }
    }

    fn left_out(&self, log: Log) -> LeftOut {
        let (low, high) = (LeftOut::of(&self.x, &self.low, log), LeftOut::of(&self.x, &self.high, log));
        LeftOut { nonfinite: low.nonfinite.max(high.nonfinite), nonpositive: low.nonpositive.max(high.nonpositive) }
    }
}
