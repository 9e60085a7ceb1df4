//! What every kind of plot does: say what it covers, draw itself, describe itself.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::page::canvas::{Canvas, Point, Rect};
use std::fmt;

/// One kind of thing in a figure. Each kind is one file that implements this and adds its builder method to `Figure`.
pub(crate) trait Mark: fmt::Debug + Send + Sync {
    /// What the axes must cover; nothing if there is nothing to show. `log` tells which axes are logarithmic.
    fn extent(&self, log: Log) -> Option<Extent>;

    /// Draws inside the panel, in the colours of `slot`.
    fn draw(&self, panel: &Panel, slot: u8);

    /// Draws the sample that stands before the name in the legend.
    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8);

    /// What the data do, as the end of a sentence that begins with the name: `falls from 20 to 0.011`.
    /// A text that begins with a colon is a list instead.
    fn describe(&self, names: &[String], log: Log) -> String;

    /// How many of its values can't be shown.
    fn left_out(&self, log: Log) -> LeftOut;

    /// How many strokes it draws that share the figure's budget of points.
    fn lines(&self) -> usize {
        0
    }

    /// The width that it needs to the right of the frame.
    fn beside(&self) -> f64 {
        0.0
    }

    /// Whether it stands alone, without axes.
    fn bare(&self) -> bool {
        false
    }

    /// Whether the range of x says something about it.
    fn spans_x(&self) -> bool {
        true
    }

    /// Along which axes it stands at whole numbers or even distances that have no logarithm: they stay linear.
    fn even(&self) -> Log {
        Log::default()
    }

    /// What the axes cover if no other mark says anything.
    fn extent_alone(&self, _log: Log) -> Option<Extent> {
        None
    }

    /// Whether it takes one of the series' colours.
    fn colored(&self) -> bool {
        true
    }

    /// Where it ends on the right, if its name can stand there.
    fn end(&self, _panel: &Panel) -> Option<Point> {
        None
    }
}

/// What a mark needs of the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    /// Free space to leave, as parts of the axis' length: left, right, below, above.
    pub(crate) pad: [f64; 4],
    /// Whether only whole numbers make sense on the x and y axes.
    pub(crate) whole: (bool, bool),
    /// Whether y grows downwards, as the rows of a matrix do.
    pub(crate) down: bool,
}

/// How many values have no place in the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) nonfinite: usize,
    pub(crate) nonpositive: usize,
}

impl LeftOut {
    /// Of points at (x, y).
    pub(crate) fn of(xs: &[f64], ys: &[f64], log: Log) -> LeftOut {
        let mut out = LeftOut::default();
        for (&x, &y) in xs.iter().zip(ys) {
            if !(x.is_finite() && y.is_finite()) {
                out.nonfinite += 1;
            } else if log.x && x <= 0.0 || log.y && y <= 0.0 {
                out.nonpositive += 1;
            }
        }
        out
    }
}

impl Extent {
    /// Around all points that can be shown.
    pub(crate) fn of(xs: &[f64], ys: &[f64], log: Log, pad: [f64; 4]) -> Option<Extent> {
        let shown = |v: f64, log: bool| v.is_finite() && !(log && v <= 0.0);
        xs.iter()
            .zip(ys)
            .filter(|&(&x, &y)| shown(x, log.x) && shown(y, log.y))
            .map(|(&x, &y)| Extent { x: (x, x), y: (y, y), pad, whole: (false, false), down: false })
            .reduce(Extent::and)
    }

    /// Around both.
    pub(crate) fn and(self, other: Extent) -> Extent {
        let join = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
        Extent {
            x: join(self.x, other.x),
            y: join(self.y, other.y),
            whole: (self.whole.0 && other.whole.0, self.whole.1 && other.whole.1),
            down: self.down || other.down,
            pad: std::array::from_fn(|i| self.pad[i].max(other.pad[i])),
        }
    }
}
