//! The frame between the axes, and where values lie in it.

use super::axis::Axis;
use crate::plot::page::canvas::{Canvas, Point, Rect};

/// Which axes are logarithmic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) x: bool,
    pub(crate) y: bool,
}

impl Log {
    /// Those that are in either.
    pub(crate) fn or(self, other: Log) -> Log {
        Log { x: self.x || other.x, y: self.y || other.y }
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
    /// The names of bars or pictures.
    pub(crate) names: &'a [String],
}

impl Panel<'_> {
    /// Where a value lies on the page.
    pub(crate) fn at(&self, x: f64, y: f64) -> Option<Point> {
        let (x, y) = (self.x.place(x)?, self.y.place(y)?);
        Some((self.frame.x + x * self.frame.w, self.frame.bottom() - y * self.frame.h))
    }
}
