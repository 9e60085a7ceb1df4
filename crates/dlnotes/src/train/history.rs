//! What happened while a model trained.

use std::fmt;
use std::time::Duration;

use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::plot::{Animator, Figure};
use crate::tensor::error::counted;

/// The curves of a training run, which grow below a notebook's cell while it lasts.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 2);
/// let net = sequential![Linear::new(1, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.1);
/// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).test(&data).epochs(2).run().unwrap();
/// let names: Vec<&str> = history.curves().iter().map(|curve| curve.name.as_str()).collect();
/// assert_eq!(names, ["train loss", "test loss"]);
/// assert!(history.to_string().starts_with("2 epochs in "));
/// ```
#[derive(Debug)]
pub struct History {
    curves: Field<Vec<Curve>>,
    animator: Field<Animator>,
    pub(super) time: Duration,
    stopped_early: bool,
    /// What must be known of the data to read the numbers.
    pub(super) note: Option<&'static str>,
}
drops_here!(History: curves, animator);

/// A quantity by epoch.
///
/// ```
/// use dlnotes::prelude::*;
/// let mut history = History::new(Animator::new());
/// history.push("loss", 5, 0.5);
/// history.push("loss", 10, 0.25);
/// let curve = &history.curves()[0];
/// assert_eq!((curve.epochs.as_slice(), curve.values.as_slice()), (&[5, 10][..], &[0.5, 0.25][..]));
/// ```
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
    /// An empty history whose curves `animator` draws: for training loops of your own.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let history = History::new(Animator::new().xlabel("epoch").ylabel("loss").ylog());
    /// assert!(history.curves().is_empty());
    /// ```
    #[must_use]
    pub fn new(animator: Animator) -> Self {
        Self {
            curves: Field::default(),
            animator: Field::new(animator),
            time: Duration::ZERO,
            stopped_early: false,
            note: None,
        }
    }

    /// Adds a point to the curve `name`, which begins here if there is none yet.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new().xlabel("epoch"));
    /// for epoch in 1..=3 {
    ///     history.push("train loss", epoch, 1.0 / epoch as f32);
    /// }
    /// assert!(history.figure().summary().ends_with("train loss falls from 1 to 0.3333."));
    /// ```
    pub fn push(&mut self, name: &str, epoch: usize, value: Real) {
        let at = self.curves.iter().position(|curve| curve.name == name).unwrap_or_else(|| {
            self.curves.push(Curve { name: name.into(), ..Curve::default() });
            self.curves.len() - 1
        });
        self.curves[at].epochs.push(epoch);
        self.curves[at].values.push(value);
        self.animator.push(name, epoch as f64, value);
    }

    /// All curves, in the order in which they began.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new());
    /// history.push("train loss", 1, 0.9);
    /// history.push("test loss", 1, 1.1);
    /// assert_eq!(history.curves().len(), 2);
    /// assert_eq!(history.curves()[1].name, "test loss");
    /// ```
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// The values of the curve `name`; empty where there is none.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new());
    /// history.push("train loss", 1, 0.9);
    /// history.push("train loss", 2, 0.5);
    /// assert_eq!(history.values("train loss"), [0.9, 0.5]);
    /// assert!(history.values("train acc").is_empty());
    /// ```
    pub fn values(&self, name: &str) -> &[Real] {
        self.curves.iter().find(|curve| curve.name == name).map_or(&[], |curve| &curve.values)
    }

    /// The last value of the curve `name`; NaN where there is none.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new());
    /// history.push("test acc", 1, 0.75);
    /// history.push("test acc", 2, 0.875);
    /// assert_eq!(history.last("test acc"), 0.875);
    /// assert!(history.last("test loss").is_nan());
    /// ```
    pub fn last(&self, name: &str) -> Real {
        self.values(name).last().copied().unwrap_or(Real::NAN)
    }

    /// The epoch with the smallest validation loss, or the smallest training loss if nothing was validated; `None` if no
    /// loss was recorded. A test loss chooses nothing.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new());
    /// for (epoch, loss) in (1..).zip([0.9, 0.5, 0.6]) {                    // it overfits from epoch 3 on
    ///     history.push("validation loss", epoch, loss);
    /// }
    /// assert_eq!(history.best_epoch(), Some(2));
    /// ```
    pub fn best_epoch(&self) -> Option<usize> {
        let curve =
            ["validation loss", "train loss"].iter().find_map(|name| self.curves.iter().find(|c| c.name == *name))?;
        let best = curve.values.iter().zip(&curve.epochs).min_by(|a, b| a.0.total_cmp(b.0))?;
        Some(*best.1)
    }

    /// How long training took, evaluation included.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 2);
    /// let net = sequential![Linear::new(1, 1)];
    /// let history = Fit::new(&net, &data, &MseLoss::none(), &mut Sgd::new(net.parameters(), 0.1)).run().unwrap();
    /// assert!(history.time() > std::time::Duration::ZERO);
    /// ```
    pub fn time(&self) -> Duration {
        self.time
    }

    /// Whether training ended before the last epoch because the loss no longer fell
    /// ([`Fit::patience`](super::Fit::patience)).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 4);
    /// let net = sequential![Linear::new(1, 1)];
    /// let run = |epochs| {
    ///     let mut trainer = Sgd::new(net.parameters(), 0.0);
    ///     Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(epochs).patience(3).run().unwrap()
    /// };
    /// assert!(!run(2).stopped_early());
    /// assert!(run(50).stopped_early());
    /// ```
    pub fn stopped_early(&self) -> bool {
        self.stopped_early
    }

    /// The curves as a figure: an ordinary value, to label, place in a [`Grid`](crate::plot::Grid) or save.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new().xlabel("epoch"));
    /// history.push("train loss", 1, 0.9);
    /// history.push("train loss", 2, 0.5);
    /// let figure = history.figure().title("Without dropout");
    /// assert!(figure.summary().starts_with("Without dropout over epoch from 1 to 2"));
    /// ```
    pub fn figure(&self) -> Figure {
        self.animator.figure()
    }

    /// Shows the figure as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut history = History::new(Animator::new());
    /// history.push("train loss", 1, 0.9);
    /// history.evcxr_display();                                             // what a cell that ends in `history` does
    /// assert!(history.figure().summary().contains("train loss is 0.9"));
    /// ```
    pub fn evcxr_display(&self) {
        self.animator.evcxr_display();
    }

    /// Training ended at `epoch`: the figure needs no room for those that were still planned, and marks the best one.
    pub(super) fn stop_early(&mut self, epoch: usize) {
        self.stopped_early = true;
        let animator = over_epochs(std::mem::take(&mut self.animator), 1, epoch);
        *self.animator = match self.best_epoch() {
            Some(best) => animator.mark(best as f64, "best"),
            None => animator,
        };
    }
}

/// `animator` with its x axis from the first epoch to the last: a single one makes no axis.
pub(super) fn over_epochs(animator: Animator, first: usize, last: usize) -> Animator {
    if first < last { animator.xlim(first as f64, last as f64) } else { animator }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epochs = self.curves.iter().filter_map(|curve| curve.epochs.last()).max().copied().unwrap_or(0);
        write!(f, "{} in {:.2} s", counted(epochs, "epoch"), self.time.as_secs_f64())?;
        for curve in self.curves() {
            write!(f, "; {} {:.4}", curve.name, curve.values.last().copied().unwrap_or(Real::NAN))?;
        }
        if self.stopped_early {
            write!(f, "; stopped early")?;
        }
        self.note.map_or(Ok(()), |note| write!(f, "; data: {note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_ends_where_training_did() {
        let planned = |epochs| {
            let mut history = History::new(over_epochs(Animator::new(), 1, epochs));
            (1..=3).for_each(|epoch| history.push("loss", epoch, 1.0 / epoch as Real));
            history
        };
        let mut stopped = planned(500);
        stopped.stop_early(3);
        assert_eq!(stopped.figure().to_svg(), planned(3).figure().to_svg());
        assert_ne!(stopped.figure().to_svg(), planned(500).figure().to_svg());
    }

    #[test]
    fn the_figure_marks_the_best_epoch() {
        let mut history = History::new(over_epochs(Animator::new(), 1, 500));
        (1..).zip([0.9, 0.4, 0.5]).for_each(|(epoch, loss)| history.push("validation loss", epoch, loss));
        history.stop_early(3);
        assert!(history.figure().summary().ends_with("best is at x = 2."), "{}", history.figure().summary());
    }
}
