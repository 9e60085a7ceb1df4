//! Batch normalization as a layer.

use super::fields::fields;
use super::{Mode, Module};
use crate::Real;
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// Normalizes every feature over the batch, then scales by γ (`weight`) and shifts by β (`bias`), which are learned:
/// y = γ·(x − m)/√(v + eps) + β (notes, 2.4 batchnorm). x is `[n, features]` or `[n, features, length]`.
///
/// While training, m and v are the batch's mean and *biased* variance (see [`Tensor::batch_norm`]), and running means
/// of m and of the *unbiased* variance follow with `momentum`: r ← (1 − momentum)·r + momentum·new. In evaluation the
/// running values take the place of m and v, so that a sample's output does not depend on its batch.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let layer = BatchNorm1d::new(3);
/// let x = Tensor::normal(5.0, 2.0, [64, 3]);
/// let y = layer.forward(&x);
/// assert!(y.mean().item().abs() < 1e-5 && (y.std().item() - 1.0).abs() < 0.01);
/// layer.eval();
/// assert_eq!(layer.forward(&x.i(0..1)).shape(), [1, 3]);      // one sample will do
/// ```
#[derive(Debug)]
pub struct BatchNorm1d {
    /// γ, `[features]`; starts as ones.
    pub weight: Tensor,
    /// β, `[features]`; starts as zeros.
    pub bias: Tensor,
    /// The running mean, `[features]`; starts as zeros.
    pub running_mean: Tensor,
    /// The running unbiased variance, `[features]`; starts as ones.
    pub running_var: Tensor,
    eps: Real,
    momentum: Real,
    mode: Mode,
}

impl BatchNorm1d {
    /// A layer with eps 1e-5 and momentum 0.1.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = BatchNorm1d::new(4);
    /// assert_eq!(layer.weight.to_vec(), [1.0; 4]);                 // γ = 1 and β = 0: normalized, no more
    /// assert_eq!(layer.parameters().len(), 2);                     // the running values aren't
    /// ```
    ///
    /// # Panics
    /// If `features` is 0.
    #[must_use]
    #[track_caller]
    pub fn new(features: usize) -> Self {
        if features == 0 {
            fail("BatchNorm1d", "0 features: there must be at least 1");
        }
        Self {
            weight: Tensor::ones([features]).requires_grad(),
            bias: Tensor::zeros([features]).requires_grad(),
            running_mean: Tensor::zeros([features]),
            running_var: Tensor::ones([features]),
            eps: 1e-5,
            momentum: 0.1,
            mode: Mode::new(),
        }
    }

    /// What is added to the variance, so that a constant feature divides by no zero.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let constant = Tensor::full([8, 1], 3.0);                    // no variance to divide by
    /// let y = BatchNorm1d::new(1).eps(1e-3).forward(&constant);
    /// assert!(y.abs().max().item() < 1e-6);
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: Real) -> Self {
        if !(eps.is_finite() && eps >= 0.0) {
            fail("BatchNorm1d", format!("eps is {eps}: it must be a finite number, 0 or more"));
        }
        self.eps = eps;
        self
    }

    /// The share of a new batch in the running values: r ← (1 − momentum)·r + momentum·new.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = BatchNorm1d::new(1).momentum(0.5);
    /// let x = Tensor::from([[7.0], [9.0]]);
    /// layer.forward(&x);
    /// assert!((layer.running_mean.item() - 4.0).abs() < 1e-6);     // half of 0, half of 8
    /// ```
    ///
    /// # Panics
    /// If it lies outside 0..=1.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: Real) -> Self {
        if !(0.0..=1.0).contains(&momentum) {
            fail("BatchNorm1d", format!("the momentum is {momentum}: it must lie in 0..=1"));
        }
        self.momentum = momentum;
        self
    }

    fn follow(&self, mean: &Tensor, var: &Tensor, count: usize) {
        let unbiased = count as Real / (count as Real - 1.0);
        let share = self.momentum;
        no_grad(|| {
            self.running_mean.step_with_(mean, |r, m| (1.0 - share) * r + share * m);
            self.running_var.step_with_(var, |r, v| (1.0 - share) * r + share * unbiased * v);
        });
    }

    /// γ·(x − running mean)/√(running variance + eps) + β.
    #[track_caller]
    fn evaluate(&self, x: &Tensor) -> Tensor {
        let features = self.weight.len();
        if !(2..=3).contains(&x.rank()) || x.shape()[1] != features {
            let shape = x.shape();
            fail(
                "batch_norm",
                format!("the input has shape {shape:?}: [n, {features}] or [n, {features}, length] is needed"),
            );
        }
        // One column for each feature, beside which a length may stand.
        let column = |t: &Tensor| if x.rank() == 3 { t.reshape([features, 1]) } else { t.clone() };
        let scale = &self.weight / (&self.running_var + self.eps).sqrt();
        let shift = &self.bias - &self.running_mean * &scale;
        x * column(&scale) + column(&shift)
    }
}

impl Module for BatchNorm1d {
    #[track_caller]
    fn forward(&self, x: &Tensor) -> Tensor {
        if !self.mode.is_training() {
            return self.evaluate(x);
        }
        let (y, mean, var) = x.batch_norm(&self.weight, &self.bias, self.eps);
        self.follow(&mean, &var, x.len() / self.weight.len());
        y
    }

    fields!(
        weight: parameter,
        bias: parameter,
        running_mean: buffer,
        running_var: buffer,
        eps: setting,
        momentum: setting,
        mode: mode
    );

    fn describe(&self) -> String {
        format!("BatchNorm1d({})", self.weight.len())
    }
}
