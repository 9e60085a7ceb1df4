//! Many epochs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::history::over_epochs;
use super::{History, Metrics, epoch, evaluate_accuracy, evaluate_loss};
use crate::Real;
use crate::data::Batches;
use crate::nn::{Module, PerSample, named_parameters, save_parameters};
use crate::optim::{Optimizer, Schedule};
use crate::plot::Animator;
use crate::tensor::error::OrFail;
use crate::tensor::{Error, Tensor};

/// Trains for `epochs` and draws training loss, training accuracy and test accuracy (the notes' `train_ch3`).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let x = Tensor::randn([200, 2]);
/// let y = x.narrow(1, 0, 1).squeeze(1).gt(0.0);        // class 1 right of the axis
/// let train_iter = Batches::new((&x, &y), 20).shuffled();
/// let net = sequential![Linear::new(2, 8), Relu, Linear::new(8, 2)];
/// let mut trainer = Sgd::new(net.parameters(), 0.5);
/// let history = fit(&net, &train_iter, &train_iter, &CrossEntropyLoss::none(), 10, &mut trainer);
/// assert!(history.last("test acc") > 0.9);
/// ```
///
/// # Panics
/// If the loss becomes infinite or NaN.
#[track_caller]
pub fn fit(
    net: &dyn Module,
    train: &Batches,
    test: &Batches,
    loss: &dyn PerSample,
    epochs: usize,
    optimizer: &mut dyn Optimizer,
) -> History {
    Fit::new(net, train, loss, optimizer).test(test).epochs(epochs).run().or_fail()
}

/// A training run with all that can be asked of it.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new((&Tensor::randn([40, 2]), &Tensor::zeros([40, 1])), 10).shuffled();
/// let net = sequential![Linear::new(2, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.1);
/// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer)
///     .test(&data)
///     .epochs(200)
///     .patience(3)
///     .schedule(Schedule::Cosine { epochs: 200 })
///     .clip_norm(1.0)
///     .run()
///     .unwrap();
/// assert!(history.last("train loss") < 1e-3);
/// ```
pub struct Fit<'a> {
    net: &'a dyn Module,
    train: &'a Batches,
    loss: &'a dyn PerSample,
    optimizer: &'a mut dyn Optimizer,
    test: Option<&'a Batches>,
    first_epoch: usize,
    epochs: usize,
    patience: Option<usize>,
    schedule: Schedule,
    clip_norm: Option<Real>,
    save_best: Option<PathBuf>,
}

impl<'a> Fit<'a> {
    /// One epoch of training, unless told otherwise.
    #[must_use]
    pub fn new(
        net: &'a dyn Module,
        train: &'a Batches,
        loss: &'a dyn PerSample,
        optimizer: &'a mut dyn Optimizer,
    ) -> Self {
        Self {
            net,
            train,
            loss,
            optimizer,
            test: None,
            first_epoch: 1,
            epochs: 1,
            patience: None,
            schedule: Schedule::Constant,
            clip_norm: None,
            save_best: None,
        }
    }

    /// Evaluates on `test` after every epoch.
    #[must_use]
    pub fn test(mut self, test: &'a Batches) -> Self {
        self.test = Some(test);
        self
    }

    /// The number of the last epoch.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Goes on after `epoch` epochs that were trained before: numbers and schedule continue.
    #[must_use]
    pub fn resume_after(mut self, epoch: usize) -> Self {
        self.first_epoch = epoch + 1;
        self
    }

    /// Stops when the loss (on the test data, if there are any) has not reached a new low for this many epochs, and
    /// returns to the parameters of the best epoch.
    #[must_use]
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = Some(epochs);
        self
    }

    /// How the learning rate changes from epoch to epoch.
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Limits the norm of all gradients together at every step.
    #[must_use]
    pub fn clip_norm(mut self, limit: Real) -> Self {
        self.clip_norm = Some(limit);
        self
    }

    /// Saves the parameters to this file whenever the loss reaches a new low.
    #[must_use]
    pub fn save_best(mut self, path: impl AsRef<Path>) -> Self {
        self.save_best = Some(path.as_ref().into());
        self
    }

    /// Trains.
    ///
    /// # Errors
    /// If the loss becomes infinite or NaN, or the parameters can't be saved.
    pub fn run(self) -> Result<History, Error> {
        let start = Instant::now();
        let animator = Animator::new().xlabel("epoch");
        let mut history = History::new(over_epochs(animator, self.first_epoch, self.epochs));
        let mut progress = Progress::default();
        let mut best = Best { loss: Real::INFINITY, epoch: 0, parameters: Vec::new() };
        for epoch in self.first_epoch..=self.epochs {
            self.optimizer.set_lr_factor(self.schedule.factor(epoch - 1));
            let metrics = epoch::run(self.net, self.train, self.loss, self.optimizer, self.clip_norm)
                .map_err(|e| Error::new("fit", format!("epoch {epoch}: {e}")))?;
            let loss = self.record(&mut history, epoch, metrics);
            history.time = start.elapsed();
            progress.show(&history, epoch + 1 - self.first_epoch, self.epochs + 1 - self.first_epoch);
            if loss < best.loss {
                self.keep(&mut best, loss, epoch)?;
            } else if self.patience.is_some_and(|patience| epoch - best.epoch >= patience) {
                history.stopped_early = true;
                let parameters = named_parameters(self.net);
                crate::tensor::no_grad(|| parameters.iter().zip(&best.parameters).for_each(|((_, p), b)| p.copy_(b)));
                break;
            }
        }
        self.optimizer.set_lr_factor(1.0);
        Ok(history)
    }

    /// Adds the epoch's numbers to the curves; returns the loss that decides which epoch is best.
    fn record(&self, history: &mut History, epoch: usize, metrics: Metrics) -> Real {
        history.push("train loss", epoch, metrics.loss);
        if let Some(accuracy) = metrics.accuracy {
            history.push("train acc", epoch, accuracy);
        }
        let Some(test) = self.test else { return metrics.loss };
        let needs_loss = metrics.accuracy.is_none() || self.patience.is_some() || self.save_best.is_some();
        let loss = if needs_loss { evaluate_loss(self.net, test, self.loss) } else { metrics.loss };
        if needs_loss {
            history.push("test loss", epoch, loss);
        }
        if metrics.accuracy.is_some() {
            history.push("test acc", epoch, evaluate_accuracy(self.net, test));
        }
        loss
    }

    fn keep(&self, best: &mut Best, loss: Real, epoch: usize) -> Result<(), Error> {
        (best.loss, best.epoch) = (loss, epoch);
        if self.patience.is_some() {
            best.parameters = named_parameters(self.net).iter().map(|(_, p)| p.clone_data()).collect();
        }
        match &self.save_best {
            Some(path) => save_parameters(self.net, path),
            None => Ok(()),
        }
    }
}

struct Best {
    loss: Real,
    epoch: usize,
    parameters: Vec<Tensor>,
}

/// A line below the cell that says how far training is.
#[derive(Default)]
struct Progress {
    id: Option<String>,
}

impl Progress {
    fn show(&mut self, history: &History, done: usize, of: usize) {
        if !dlnotes_display::is_live() {
            return;
        }
        let each = history.time.as_secs_f64() / done as f64;
        let left = each * (of - done) as f64;
        let bundle =
            dlnotes_display::Bundle::new("text/plain", format!("{history} · {each:.2} s an epoch · {left:.0} s left"));
        match &self.id {
            Some(id) => dlnotes_display::update(&bundle, id),
            None => {
                let nanos = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
                let id = format!("dlnotes-progress-{}-{nanos}", std::process::id());
                dlnotes_display::display_with_id(&bundle, &id);
                self.id = Some(id);
            }
        }
    }
}
