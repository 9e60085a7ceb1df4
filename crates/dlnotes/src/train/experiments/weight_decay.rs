//! Weight decay on a linear problem with more inputs than samples (notes, 权重衰减).

use std::time::Instant;

use crate::Real;
use crate::data::{Batches, synthetic_data};
use crate::nn::{Linear, Loss, Module, MseLoss, init, l2_penalty, linreg, squared_loss};
use crate::optim::{Optimizer, ParamGroup, Sgd, sgd};
use crate::plot::Animator;
use crate::sequential;
use crate::tensor::Tensor;
use crate::tensor::error::fail;
use crate::train::{History, evaluate_loss};

const INPUTS: usize = 200;
const BATCH: usize = 5;
const EPOCHS: usize = 100;
const LR: Real = 0.003;

/// The experiment's data: y = 0.05 + Σ 0.01·xᵢ + ε over 200 inputs, 20 samples to train on and 100 to test with.
///
/// ```
/// use dlnotes::train::WeightDecay;
/// dlnotes::prelude::seed(1);
/// let experiment = WeightDecay::new();
/// let (free, decayed) = (experiment.train(0.0), experiment.train(3.0));
/// assert!(free.norm() > 10.0 && decayed.norm() < 0.5);
/// assert!(decayed.history.last("test") < free.history.last("test"));
/// ```
#[derive(Clone, Debug)]
pub struct WeightDecay {
    /// 20 samples, shuffled in batches of 5.
    pub train_iter: Batches,
    /// 100 samples.
    pub test_iter: Batches,
}

/// What a run of the experiment gives.
///
/// ```
/// use dlnotes::prelude::*;
/// let run = train::WeightDecay::new().train(3.0);
/// assert_eq!((run.initial.shape(), run.w.shape()), (&[200, 1][..], &[200, 1][..]));
/// assert!(run.w.norm().item() < run.initial.norm().item());
/// assert_eq!(run.history.curves()[0].name, "train");
/// ```
#[derive(Debug)]
pub struct WeightDecayRun {
    /// The weights at the start.
    pub initial: Tensor,
    /// The weights at the end.
    pub w: Tensor,
    /// The curves `train` and `test`.
    pub history: History,
}

impl WeightDecayRun {
    /// ‖w‖₂ at the end: what the notes print.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let run = train::WeightDecay::new().train_concise(0.0);
    /// assert_eq!(run.norm(), run.w.norm().item());
    /// ```
    pub fn norm(&self) -> Real {
        self.w.norm().item()
    }
}

impl WeightDecay {
    /// New data from the crate's generator.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let experiment = train::WeightDecay::new();
    /// assert_eq!(experiment.train_iter.data().features().shape(), [20, 200]);
    /// assert_eq!(experiment.test_iter.data().len(), 100);
    /// ```
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it draws random data: nothing is its default")]
    pub fn new() -> Self {
        let (true_w, true_b) = (Tensor::full([INPUTS, 1], 0.01), 0.05);
        Self {
            train_iter: Batches::new(synthetic_data(&true_w, true_b, 20), BATCH).shuffled(),
            test_iter: Batches::new(synthetic_data(&true_w, true_b, 100), BATCH),
        }
    }

    /// From scratch: loss (ŷ − y)²/2 + λ‖w‖²/2, with w from N(0, 1) and b = 0 (notes, 权重衰减, 代码实现).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(2);
    /// let experiment = train::WeightDecay::new();
    /// let (free, decayed) = (experiment.train(0.0), experiment.train(3.0));
    /// assert!(free.history.last("train") < 0.01);                          // by heart …
    /// assert!(free.history.last("test") > 100.0 * decayed.history.last("test"));   // … and of no use
    /// ```
    ///
    /// # Panics
    /// If the loss becomes infinite or NaN.
    #[track_caller]
    pub fn train(&self, lambda: Real) -> WeightDecayRun {
        let start = Instant::now();
        let w = Tensor::randn([INPUTS, 1]).requires_grad();
        let b = Tensor::zeros([1]).requires_grad();
        let initial = w.clone_data();
        let net = |x: &Tensor| linreg(x, &w, &b);
        let mut history = history();
        for epoch in 1..=EPOCHS {
            for (x, y) in &self.train_iter {
                // The penalty is a scalar: broadcasting adds it to every sample's loss.
                let l = squared_loss(&net(&x), &y) + lambda * l2_penalty(&w);
                let total = l.sum();
                expect_finite("WeightDecay::train", epoch, lambda, &total);
                total.backward();
                sgd([&w, &b], LR, x.shape()[0]);
            }
            self.evaluate(epoch, &net, &squared_loss, &mut history);
        }
        history.time = start.elapsed();
        let w = w.detach();
        WeightDecayRun { initial, w, history }
    }

    /// Concise: mean squared error, with weight decay in the optimizer's group of the weight, and all parameters from
    /// N(0, 1) (notes, 权重衰减, 简洁实现).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(2);
    /// let experiment = train::WeightDecay::new();
    /// let (free, decayed) = (experiment.train_concise(0.0), experiment.train_concise(3.0));
    /// assert!(decayed.norm() < 1.0 && free.norm() > 10.0);
    /// ```
    ///
    /// # Panics
    /// If `weight_decay` is negative or not finite, or the loss becomes infinite or NaN.
    #[track_caller]
    pub fn train_concise(&self, weight_decay: Real) -> WeightDecayRun {
        let start = Instant::now();
        let net = sequential![Linear::new(INPUTS, 1)];
        net.parameters().iter().for_each(|p| init::normal_(p, 0.0, 1.0));
        let layer = net.get::<Linear>(0);
        let initial = layer.weight.clone_data();
        let loss = MseLoss::none();
        let decayed = ParamGroup::new([&layer.weight]).weight_decay(weight_decay);
        let mut trainer = Sgd::new([decayed, ParamGroup::new(&layer.bias)], LR);
        let mut history = history();
        for epoch in 1..=EPOCHS {
            for (x, y) in &self.train_iter {
                trainer.zero_grad();
                let l = loss.forward(&net.forward(&x), &y);
                let mean = l.mean();
                expect_finite("WeightDecay::train_concise", epoch, weight_decay, &mean);
                mean.backward();
                trainer.step();
            }
            self.evaluate(epoch, &net, &loss, &mut history);
        }
        history.time = start.elapsed();
        WeightDecayRun { initial, w: layer.weight.detach(), history }
    }

    fn evaluate(&self, epoch: usize, net: &dyn Module, loss: &dyn crate::nn::PerSample, history: &mut History) {
        if epoch.is_multiple_of(5) {
            history.push("train", epoch, evaluate_loss(net, &self.train_iter, loss));
            history.push("test", epoch, evaluate_loss(net, &self.test_iter, loss));
        }
    }
}

#[track_caller]
fn expect_finite(op: &'static str, epoch: usize, decay: Real, loss: &Tensor) {
    let loss = loss.item();
    if !loss.is_finite() {
        fail(op, format!("epoch {epoch}: the loss is {loss} with the weight decay {decay}: try a smaller one"));
    }
}

fn history() -> History {
    History::new(Animator::new().xlabel("epochs").ylabel("loss").ylog().xlim(5, EPOCHS as f64))
}
