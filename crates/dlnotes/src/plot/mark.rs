//! What every kind of plot does: say what it covers, draw itself, describe itself.

use super::axis::Axis;
use super::canvas::{Canvas, Point, Rect};
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
    fn describe(&self) -> String;

    /// The points at which the values lie that an axis may have to leave out.
    fn points(&self) -> (&[f64], &[f64]);

    /// How many strokes it draws that share the figure's budget of points.
    fn lines(&self) -> usize {
        0
    }

    /// Where it ends on the right, if its name can stand there.
    fn end(&self, _panel: &Panel) -> Option<Point> {
        None
    }
}

/// Which axes are logarithmic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) x: bool,
    pub(crate) y: bool,
}

/// What a mark needs of the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    /// Free space to leave, as parts of the axis' length: left, right, below, above.
    pub(crate) pad: [f64; 4],
}

impl Extent {
    /// Around all points that can be shown.
    pub(crate) fn of(xs: &[f64], ys: &[f64], log: Log, pad: [f64; 4]) -> Option<Extent> {
        let shown = |v: f64, log: bool| v.is_finite() && !(log && v <= 0.0);
        xs.iter()
            .zip(ys)
            .filter(|&(&x, &y)| shown(x, log.x) && shown(y, log.y))
            .map(|(&x, &y)| Extent { x: (x, x), y: (y, y), pad })
            .reduce(Extent::and)
    }

    /// Around both.
    pub(crate) fn and(self, other: Extent) -> Extent {
        let join = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
        Extent {
            x: join(self.x, other.x),
            y: join(self.y, other.y),
            pad: std::array::from_fn(|i| self.pad[i].max(other.pad[i])),
        }
    }
}

/// The frame between the axes, and how values find their place in it.
pub(crate) struct Panel<'a> {
    pub(crate) canvas: &'a Canvas,
    pub(crate) frame: Rect,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// How many lines share the figure's budget of points.
    pub(crate) lines: usize,
}

impl Panel<'_> {
    /// Where a value lies on the page.
    pub(crate) fn at(&self, x: f64, y: f64) -> Option<Point> {
        let (x, y) = (self.x.place(x)?, self.y.place(y)?);
        Some((self.frame.x + x * self.frame.w, self.frame.bottom() - y * self.frame.h))
    }
}
