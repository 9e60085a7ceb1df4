//! Bands: a range of y for each x, such as where nine of ten fits lie.

use super::canvas::{Canvas, Point, Rect};
use super::ink::Ink;
use super::mark::{Extent, LeftOut, Log, Mark, Panel};
use super::text::number;
use super::{Figure, Values};

/// Free space above and below.
const PAD: [f64; 4] = [0.0, 0.0, 0.05, 0.05];

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
                "band: x has {} values, low {} and high {}; give all the same length",
                lengths[0], lengths[1], lengths[2]
            );
        }
        self.add(band, label)
    }
}

impl Band {
    /// Stretches of neighbouring x where both ends are numbers: along the upper curve and back along the lower.
    fn outlines(&self, panel: &Panel) -> Vec<Vec<Point>> {
        let mut outlines = Vec::new();
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        let mut close = |upper: &mut Vec<Point>, lower: &mut Vec<Point>| {
            if upper.len() > 1 {
                outlines.push(upper.drain(..).chain(lower.drain(..).rev()).collect());
            }
            upper.clear();
            lower.clear();
        };
        for i in 0..self.x.len() {
            match (panel.at(self.x[i], self.high[i]), panel.at(self.x[i], self.low[i])) {
                (Some(high), Some(low)) if (panel.frame.x..=panel.frame.right()).contains(&high.0) => {
                    let inside = |p: Point| (p.0, p.1.clamp(panel.frame.y, panel.frame.bottom()));
                    upper.push(inside(high));
                    lower.push(inside(low));
                }
                _ => close(&mut upper, &mut lower),
            }
        }
        close(&mut upper, &mut lower);
        outlines
    }
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

    fn describe(&self, _names: &[String]) -> String {
        let ends = || self.low.iter().chain(&self.high).copied().filter(|v| v.is_finite());
        let (low, high) = (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
        if low > high {
            "has no values to show".into()
        } else {
            format!("lies between {} and {}", number(low), number(high))
        }
    }

    fn left_out(&self, log: Log) -> LeftOut {
        let (low, high) = (LeftOut::of(&self.x, &self.low, log), LeftOut::of(&self.x, &self.high, log));
        LeftOut { nonfinite: low.nonfinite.max(high.nonfinite), nonpositive: low.nonpositive.max(high.nonpositive) }
    }
}
