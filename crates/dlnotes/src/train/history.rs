//! What happened while a model trained.

use std::fmt;
use std::time::Duration;

use crate::Real;
use crate::plot::{Animator, Figure};

/// The curves of a training run, which grow below a notebook's cell while it lasts.
#[derive(Debug)]
pub struct History {
    curves: Vec<Curve>,
    animator: Animator,
    pub(super) time: Duration,
    pub(super) stopped_early: bool,
    /// What must be known of the data to read the numbers.
    pub(super) note: Option<&'static str>,
}

/// A quantity by epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// What it is, such as `train loss`.
    pub name: String,
    /// Epochs, counted from 1.
    pub epochs: Vec<usize>,
    /// The value after each of them.
    pub values: Vec<Real>,
}

impl History {
    /// An empty history whose curves `animator` draws.
    #[must_use]
    pub fn new(animator: Animator) -> Self {
        Self { curves: Vec::new(), animator, time: Duration::ZERO, stopped_early: false, note: None }
    }

    /// Adds a point to the curve `name`.
    pub fn push(&mut self, name: &str, epoch: usize, value: Real) {
        let at = self.curves.iter().position(|curve| curve.name == name).unwrap_or_else(|| {
            self.curves.push(Curve { name: name.into(), ..Curve::default() });
            self.curves.len() - 1
        });
        self.curves[at].epochs.push(epoch);
        self.curves[at].values.push(value);
        self.animator.push(name, epoch as f64, value);
    }

    /// All curves.
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// The values of the curve `name`; empty where there is none.
    pub fn values(&self, name: &str) -> &[Real] {
        self.curves.iter().find(|curve| curve.name == name).map_or(&[], |curve| &curve.values)
    }

    /// The last value of the curve `name`; NaN where there is none.
    pub fn last(&self, name: &str) -> Real {
        self.values(name).last().copied().unwrap_or(Real::NAN)
    }

    /// The epoch with the smallest test loss, or training loss where none was tested.
    pub fn best_epoch(&self) -> Option<usize> {
        let curve = ["test loss", "train loss"].iter().find_map(|name| self.curves.iter().find(|c| c.name == *name))?;
        let best = curve.values.iter().zip(&curve.epochs).min_by(|a, b| a.0.total_cmp(b.0))?;
        Some(*best.1)
    }

    /// How long training took, evaluation included.
    pub fn time(&self) -> Duration {
        self.time
    }

    /// Whether training ended before the last epoch because the loss no longer fell.
    pub fn stopped_early(&self) -> bool {
        self.stopped_early
    }

    /// The curves as a figure.
    pub fn figure(&self) -> Figure {
        self.animator.figure()
    }

    /// Shows the figure as a cell's value; the kernel calls this.
    pub fn evcxr_display(&self) {
        self.animator.evcxr_display();
    }
}

/// `animator` with its x axis from the first epoch to the last: a single one makes no axis.
pub(super) fn over_epochs(animator: Animator, first: usize, last: usize) -> Animator {
    if first < last { animator.xlim(first as f64, last as f64) } else { animator }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epochs = self.curves.iter().filter_map(|curve| curve.epochs.last()).max().copied().unwrap_or(0);
        write!(f, "{epochs} epochs in {:.2} s", self.time.as_secs_f64())?;
        for curve in &self.curves {
            write!(f, "; {} {:.4}", curve.name, curve.values.last().copied().unwrap_or(Real::NAN))?;
        }
        if self.stopped_early {
            write!(f, "; stopped early")?;
        }
        self.note.map_or(Ok(()), |note| write!(f, "; data: {note}"))
    }
}
