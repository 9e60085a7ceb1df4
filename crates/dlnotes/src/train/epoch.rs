//! One epoch of training.

use super::accuracy;
use crate::Real;
use crate::data::Batches;
use crate::nn::{Module, PerSample, set_training};
use crate::optim::{Optimizer, ParamGroup, clip_grad_norm};
use crate::tensor::Error;
use crate::tensor::error::{OrFail, fail};

/// Means over the samples of an epoch, taken as it went: with dropout on, and each batch before its step.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[2.0, 0.0], [0.0, 2.0]]);
/// let data = Batches::new((&x, &Tensor::from([0.0, 1.0])), 2);
/// let net = sequential![Linear::new(2, 2)];
/// init::constant_(&net.get::<Linear>(0).weight, 0.0);
/// init::constant_(net.get::<Linear>(0).bias.as_ref().unwrap(), 0.0);
/// let metrics = train_epoch(&net, &data, &CrossEntropyLoss::none(), &mut Sgd::new(net.parameters(), 0.1));
/// assert!((metrics.loss - 2.0_f32.ln()).abs() < 1e-6);                 // two classes, nothing known yet
/// assert_eq!(metrics.accuracy, Some(0.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// The mean loss.
    pub loss: Real,
    /// The share classified right, where the outputs are scores of classes.
    pub accuracy: Option<Real>,
}

/// Trains `net` on every batch once (the notes' `train_epoch_ch3`). The gradient of a step is that of the batch's mean
/// loss.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new((&Tensor::randn([20, 2]), &Tensor::zeros([20, 1])), 5).shuffled();
/// let net = sequential![Linear::new(2, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.1);
/// let first = train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
/// (0..20).for_each(|_| { train_epoch(&net, &data, &MseLoss::none(), &mut trainer); });
/// assert!(evaluate_loss(&net, &data, &MseLoss::none()) < first.loss);
/// ```
///
/// # Panics
/// If the loss becomes infinite or NaN: the parameters stay as they were before that step; if the model can't take the
/// data, or the loss what the model returns.
#[track_caller]
pub fn train_epoch(net: &dyn Module, data: &Batches, loss: &dyn PerSample, optimizer: &mut dyn Optimizer) -> Metrics {
    try_train_epoch(net, data, loss, optimizer).or_fail()
}

/// Trains `net` for `epochs` epochs without drawing anything, and returns what was measured in the last one:
/// [`train_epoch`] this many times.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let data = Batches::new(synthetic_data(&Tensor::from([2.0, -3.4]), 4.2, 100), 10).shuffled();
/// let net = sequential![Linear::new(2, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.03);
/// let metrics = train_epochs(20, &net, &data, &MseLoss::none(), &mut trainer);
/// assert!(metrics.loss < 1e-3);
/// ```
///
/// # Panics
/// If `epochs` is 0, or as [`train_epoch`].
#[track_caller]
pub fn train_epochs(
    epochs: usize,
    net: &dyn Module,
    data: &Batches,
    loss: &dyn PerSample,
    optimizer: &mut dyn Optimizer,
) -> Metrics {
    try_train_epochs(epochs, net, data, loss, optimizer).or_fail()
}

/// [`train_epochs`] for trainings that may diverge, as some of a [`Sweep`](crate::select::Sweep) do.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new(synthetic_data(&Tensor::from([2.0, -3.4]), 4.2, 200), 10);
/// let losses = [0.1, 1e6].map(|rate| {
///     let net = sequential![Linear::new(2, 1)];
///     let mut trainer = Sgd::new(net.parameters(), rate);
///     let trained = train::try_train_epochs(5, &net, &data, &MseLoss::none(), &mut trainer);
///     trained.map_or(f32::NAN, |_| evaluate_loss(&net, &data, &MseLoss::none()))
/// });
/// assert!(losses[0] < 1e-3 && losses[1].is_nan());
/// ```
///
/// # Errors
/// If the loss becomes infinite or NaN.
///
/// # Panics
/// If `epochs` is 0, the model can't take the data, or the loss what the model returns.
#[track_caller]
pub fn try_train_epochs(
    epochs: usize,
    net: &dyn Module,
    data: &Batches,
    loss: &dyn PerSample,
    optimizer: &mut dyn Optimizer,
) -> Result<Metrics, Error> {
    if epochs == 0 {
        fail("train_epochs", "0 epochs: at least 1 is needed");
    }
    let mut metrics = try_train_epoch(net, data, loss, optimizer)?;
    for _ in 1..epochs {
        metrics = try_train_epoch(net, data, loss, optimizer)?;
    }
    Ok(metrics)
}

/// [`train_epoch`] for programs that want the error.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::try_train_epoch;
/// let data = Batches::new((&Tensor::from([[f32::NAN]]), &Tensor::zeros([1, 1])), 1);
/// let net = sequential![Linear::new(1, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.1);
/// let error = try_train_epoch(&net, &data, &MseLoss::none(), &mut trainer).unwrap_err();
/// assert!(error.to_string().contains("the loss is NaN at step 1 of 1"));
/// ```
///
/// # Errors
/// If the loss becomes infinite or NaN.
///
/// # Panics
/// If the model can't take the data, or the loss what the model returns.
#[track_caller]
pub fn try_train_epoch(
    net: &dyn Module,
    data: &Batches,
    loss: &dyn PerSample,
    optimizer: &mut dyn Optimizer,
) -> Result<Metrics, Error> {
    run(net, data, loss, optimizer, None, &mut |_| {})
}

/// Calls `done` after every step with its number, counted from 1.
#[track_caller]
pub(super) fn run(
    net: &dyn Module,
    data: &Batches,
    loss: &dyn PerSample,
    optimizer: &mut dyn Optimizer,
    clip_norm: Option<Real>,
    done: &mut dyn FnMut(usize),
) -> Result<Metrics, Error> {
    set_training(net, true);
    let (mut sum, mut count, mut right) = (0.0, 0, None);
    let mut before = None;
    for (step, (x, y)) in data.iter().enumerate() {
        let prediction = net.forward(&x);
        let losses = loss.forward(&prediction, &y);
        let mean = losses.mean();
        let value = mean.item();
        if !value.is_finite() {
            return Err(diverged(value, step, data.len(), before));
        }
        before = Some(value);
        optimizer.zero_grad();
        mean.backward();
        if let Some(limit) = clip_norm {
            clip_grad_norm(optimizer.groups().iter().flat_map(ParamGroup::params), limit);
        }
        optimizer.step();
        sum += f64::from(value) * losses.len() as f64;
        count += losses.len();
        if prediction.rank() == 2 && y.rank() == 1 {
            *right.get_or_insert(0) += accuracy(&prediction, &y);
        }
        done(step + 1);
    }
    // The last step's gradients go now, not with the next epoch: they are as large as the parameters.
    optimizer.zero_grad();
    let share = |right: usize| right as Real / data.data().len() as Real;
    Ok(Metrics { loss: (sum / count as f64) as Real, accuracy: right.map(share) })
}

fn diverged(value: Real, step: usize, steps: usize, before: Option<Real>) -> Error {
    let before = match before {
        Some(before) => {
            format!("it was {before} one step before: try a smaller learning rate (a tenth), or clip gradients")
        }
        None => "already at the first step: look for NaN or huge numbers in the data and in the parameters".into(),
    };
    Error::new("train_epoch", format!("the loss is {value} at step {} of {steps}; {before}", step + 1))
}
