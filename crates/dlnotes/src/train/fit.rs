//! Many epochs: what can be asked of a training run.

use std::path::{Path, PathBuf};

use super::{History, run};
use crate::Real;
use crate::data::Batches;
use crate::nn::{Module, PerSample};
use crate::optim::{Optimizer, Schedule};
use crate::tensor::Error;
use crate::tensor::error::{OrFail, fail};

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
/// If the loss becomes infinite or NaN, the model can't take the data, or the loss what the model returns.
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
///     .validate(&data)
///     .epochs(200)
///     .patience(3)
///     .schedule(Schedule::Cosine { epochs: 200 })
///     .clip_norm(1.0)
///     .run()
///     .unwrap();
/// assert!(history.last("train loss") < 1e-3);
/// ```
pub struct Fit<'a> {
    pub(super) net: &'a dyn Module,
    pub(super) train: &'a Batches,
    pub(super) loss: &'a dyn PerSample,
    pub(super) optimizer: &'a mut dyn Optimizer,
    pub(super) test: Option<&'a Batches>,
    pub(super) valid: Option<&'a Batches>,
    pub(super) epochs: usize,
    pub(super) patience: Option<usize>,
    pub(super) schedule: Schedule,
    pub(super) clip_norm: Option<Real>,
    pub(super) save_best: Option<PathBuf>,
    pub(super) checkpoint: Option<PathBuf>,
    pub(super) resume: Option<PathBuf>,
}

impl<'a> Fit<'a> {
    /// One epoch of training, unless told otherwise.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::randn([20, 2]), &Tensor::zeros([20, 1])), 5);
    /// let net = sequential![Linear::new(2, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).run().unwrap();
    /// assert_eq!(history.values("train loss").len(), 1);
    /// ```
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
            valid: None,
            epochs: 1,
            patience: None,
            schedule: Schedule::Constant,
            clip_norm: None,
            save_best: None,
            checkpoint: None,
            resume: None,
        }
    }

    /// Evaluates on `test` after every epoch: the curve `test acc` where outputs are scores of classes, else `test loss`.
    /// They are drawn and decide nothing: what decides is [`validate`](Self::validate).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, y) = (Tensor::randn([20, 2]), Tensor::zeros([20, 1]));
    /// let (train, test) = (Batches::new((&x, &y), 5), Batches::new((&x, &y), 20));
    /// let net = sequential![Linear::new(2, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// let history = Fit::new(&net, &train, &MseLoss::none(), &mut trainer).test(&test).run().unwrap();
    /// assert_eq!(history.last("test loss"), evaluate_loss(&net, &test, &MseLoss::none()));
    /// ```
    #[must_use]
    pub fn test(mut self, test: &'a Batches) -> Self {
        self.test = Some(test);
        self
    }

    /// Evaluates on `valid` after every epoch: the curves are `validation loss` and `validation acc`, and the loss decides
    /// which epoch is best.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, y) = (Tensor::randn([20, 2]), Tensor::zeros([20, 1]));
    /// let (train, valid) = (Batches::new((&x, &y), 5), Batches::new((&x, &y), 20));
    /// let net = sequential![Linear::new(2, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// let history = Fit::new(&net, &train, &MseLoss::none(), &mut trainer).validate(&valid).patience(5).run().unwrap();
    /// assert_eq!(history.last("validation loss"), evaluate_loss(&net, &valid, &MseLoss::none()));
    /// ```
    #[must_use]
    pub fn validate(mut self, valid: &'a Batches) -> Self {
        self.valid = Some(valid);
        self
    }

    /// The number of the last epoch, those of a run that is resumed included.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 4);
    /// let net = sequential![Linear::new(1, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(3).run().unwrap();
    /// assert_eq!(history.curves()[0].epochs, [1, 2, 3]);
    /// ```
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Stops when the loss (on the [validation](Self::validate) data, if there are any) has not reached a new low for this
    /// many epochs, and returns to the parameters of the best epoch (early stopping; notes, "如何防止过拟合？").
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 4);
    /// let net = sequential![Linear::new(1, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.0);                   // it learns nothing
    /// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(100).patience(2).run().unwrap();
    /// assert!(history.stopped_early());
    /// assert_eq!(history.values("train loss").len(), 1 + 2);
    /// ```
    ///
    /// # Panics
    /// If the number is 0.
    #[must_use]
    #[track_caller]
    pub fn patience(mut self, epochs: usize) -> Self {
        if epochs == 0 {
            fail("Fit::patience", "0 epochs without a new low: it must be at least 1");
        }
        self.patience = Some(epochs);
        self
    }

    /// How the learning rate changes from epoch to epoch.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([4, 1]), &Tensor::zeros([4, 1])), 4);
    /// let net = sequential![Linear::new(1, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// let off_after_one = Schedule::Step { every: 1, factor: 0.0 };
    /// let loss = MseLoss::none();
    /// let fit = Fit::new(&net, &data, &loss, &mut trainer).epochs(4).schedule(off_after_one);
    /// let history = fit.run().unwrap();
    /// let curve = history.values("train loss");
    /// assert!(curve[1] < curve[0] && curve[1] == curve[3]);                // only the first epoch moved anything
    /// ```
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Limits the norm of all gradients together at every step, as [`clip_grad_norm`](crate::optim::clip_grad_norm)
    /// does.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::full([1, 1], 1e3), &Tensor::full([1, 1], 1e6)), 1);   // a huge gradient
    /// let net = sequential![Linear::without_bias(1, 1)];
    /// let before = net.parameters()[0].item();
    /// let mut trainer = Sgd::new(net.parameters(), 0.5);
    /// Fit::new(&net, &data, &MseLoss::none(), &mut trainer).clip_norm(1.0).run().unwrap();
    /// assert!((net.parameters()[0].item() - before - 0.5).abs() < 1e-5);   // lr · 1
    /// ```
    ///
    /// # Panics
    /// If the limit is not above 0.
    #[must_use]
    #[track_caller]
    pub fn clip_norm(mut self, limit: Real) -> Self {
        if limit.is_nan() || limit <= 0.0 {
            fail("Fit::clip_norm", format!("the limit is {limit}: it must be above 0"));
        }
        self.clip_norm = Some(limit);
        self
    }

    /// Saves the parameters to this file whenever the loss reaches a new low: that on the [validation](Self::validate)
    /// data, if there are any.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-best-{}.safetensors", std::process::id()));
    /// let data = Batches::new((&Tensor::randn([20, 2]), &Tensor::zeros([20, 1])), 5);
    /// let net = sequential![Linear::new(2, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(3).save_best(&path).run()?;
    /// load_parameters(&net, &path)?;                                       // the best epoch's, later or elsewhere
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn save_best(mut self, path: impl AsRef<Path>) -> Self {
        self.save_best = Some(path.as_ref().into());
        self
    }

    /// Saves the whole state of training to this file after every epoch, so that a run that was stopped can go on: see
    /// [`resume`](Self::resume).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-checkpoint-fit-{}.safetensors", std::process::id()));
    /// let data = Batches::new((&Tensor::randn([20, 2]), &Tensor::zeros([20, 1])), 5);
    /// let net = sequential![Linear::new(2, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 0.1);
    /// Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(3).checkpoint(&path).run()?;
    /// assert_eq!(train::load_checkpoint(&path, &net, &mut trainer)?, 3);   // epochs done
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn checkpoint(mut self, path: impl AsRef<Path>) -> Self {
        self.checkpoint = Some(path.as_ref().into());
        self
    }

    /// Goes on from a file that [`checkpoint`](Self::checkpoint) or [`save_checkpoint`](super::save_checkpoint) wrote,
    /// with a model and an optimizer made by the same code: the result is that of a run that was never stopped, bit for
    /// bit, and the curves are whole.
    ///
    /// Where the file is that of a run without [`patience`](Self::patience), it has no best epoch to return to: patience
    /// then counts from here, and the best epoch is one of those that follow. So it is for [`save_best`](Self::save_best)
    /// where the run had no test data and this one has, or the other way round.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-resume-{}.safetensors", std::process::id()));
    /// seed(1);
    /// let data = Batches::new(synthetic_data(&Tensor::ones([3, 1]), 0.5, 40), 10).shuffled();
    /// let net = sequential![Linear::new(3, 1)];
    /// let mut trainer = Adam::new(net.parameters(), 0.01);
    /// Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(2).checkpoint(&path).run()?;
    /// // … the session ends, another one begins …
    /// let net = sequential![Linear::new(3, 1)];
    /// let mut trainer = Adam::new(net.parameters(), 0.01);
    /// let history = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(5).resume(&path).run()?;
    /// assert_eq!(history.values("train loss").len(), 5);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn resume(mut self, path: impl AsRef<Path>) -> Self {
        self.resume = Some(path.as_ref().into());
        self
    }

    /// Trains, with a figure that grows below a notebook's cell, and returns the curves.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Batches::new((&Tensor::ones([1, 1]), &Tensor::ones([1, 1])), 1);
    /// let net = sequential![Linear::new(1, 1)];
    /// let mut trainer = Sgd::new(net.parameters(), 1e30);                  // far too large a step
    /// let error = Fit::new(&net, &data, &MseLoss::none(), &mut trainer).epochs(10).run().unwrap_err();
    /// assert!(error.to_string().contains("try a smaller learning rate") || error.to_string().contains("first step"));
    /// ```
    ///
    /// # Errors
    /// If the loss becomes infinite or NaN, or a file can't be written or read.
    ///
    /// # Panics
    /// If the model can't take the data, or the loss what the model returns.
    #[track_caller]
    pub fn run(self) -> Result<History, Error> {
        run::Run::new(self)?.train()
    }
}
