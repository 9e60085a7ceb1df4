//! Adam and AdamW.

use super::group::{Groups, ParamGroup, checked, weight_decay_setting};
use super::memory::Memory;
use super::{IntoGroups, Optimizer};
use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::tensor::error::fail;
use crate::tensor::{Error, Tensor};

/// Adam: steps in units of the learning rate, by the mean of the gradients over the root of the mean of their squares;
/// step for step as PyTorch.
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²; θ ← θ − lr · m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
///
/// Weight decay λ is L2 in Adam, g ← g + λθ, and thus divided by √v̂ as well; [`adamw`](Adam::adamw) shrinks the
/// weights apart, θ ← θ − lr·λθ, as plain SGD in effect does.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([1.0]).requires_grad();
/// let mut trainer = Adam::new([&w], 0.1);
/// (&w * 1e-3).sum().backward();
/// trainer.step();
/// assert!((w.item() - 0.9).abs() < 1e-5);    // the first step is lr, however small the gradient
/// ```
#[derive(Debug)]
pub struct Adam {
    groups: Field<Groups>,
    /// m, v and the number of steps of each parameter.
    moments: Field<Memory<3>>,
    betas: [f64; 2],
    eps: Real,
    decoupled: bool,
}
drops_here!(Adam: groups, moments);

impl Adam {
    /// Adam with β = (0.9, 0.999), ε = 1e-8 and no decay.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (steep, flat) = (Tensor::from([1.0]).requires_grad(), Tensor::from([1.0]).requires_grad());
    /// let mut trainer = Adam::new([&steep, &flat], 0.1);
    /// (&steep * 1000.0 + &flat * 0.001).sum().backward();
    /// trainer.step();
    /// assert!((steep.item() - 0.9).abs() < 1e-4 && (flat.item() - 0.9).abs() < 1e-4);   // both by lr
    /// ```
    ///
    /// # Panics
    /// If `lr` is negative or not finite, a parameter isn't a leaf that requires grad or is given twice, or there is
    /// none.
    #[must_use]
    #[track_caller]
    pub fn new(params: impl IntoGroups, lr: Real) -> Self {
        Self::of(params.into_groups(), lr, 0.0, false)
    }

    /// AdamW: weight decay apart from the gradient, 0.01 unless set.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0]).requires_grad();
    /// let mut trainer = Adam::adamw([&w], 0.1);
    /// (&w * 0.0).sum().backward();                       // no gradient: what is left is the decay
    /// trainer.step();
    /// assert!((w.item() - (1.0 - 0.1 * 0.01)).abs() < 1e-6);
    /// ```
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[must_use]
    #[track_caller]
    pub fn adamw(params: impl IntoGroups, lr: Real) -> Self {
        Self::of(params.into_groups(), lr, 0.01, true)
    }

    #[track_caller]
    fn of(groups: Vec<ParamGroup>, lr: Real, weight_decay: Real, decoupled: bool) -> Self {
        let groups = Groups::new(groups, lr, weight_decay);
        let moments = Memory::new(["exp_avg", "exp_avg_sq", "step"], &groups);
        Self { groups: Field::new(groups), moments: Field::new(moments), betas: [0.9, 0.999], eps: 1e-8, decoupled }
    }

    weight_decay_setting!(
        "let v = Tensor::from([1.0]).requires_grad();"
        "let (mut adam, mut adamw) = (Adam::new([&w], 0.1).weight_decay(0.5), Adam::adamw([&v], 0.1).weight_decay(0.5));"
        "((&w + &v) * 0.0).sum().backward();   // no gradient: what is left is the decay"
        "adam.step();"
        "adamw.step();"
        "assert!((w.item() - 0.9).abs() < 1e-6);    // Adam: λθ is a gradient like any other, and the step is lr"
        "assert!((v.item() - 0.95).abs() < 1e-6);   // AdamW: lr·λ of the weight"
    );

    /// β₁ and β₂: how much of the old means stays at each step.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0]).requires_grad();
    /// let mut trainer = Adam::new([&w], 0.1).betas(0.0, 0.0);   // no memory: every step is lr, by the gradient's sign
    /// for slope in [5.0, -0.01] {
    ///     trainer.zero_grad();
    ///     (&w * slope).sum().backward();
    ///     trainer.step();
    /// }
    /// assert!((w.item() - 1.0).abs() < 1e-5);                   // there and back
    /// ```
    ///
    /// # Panics
    /// If one is not in 0..1.
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
        if !((0.0..1.0).contains(&beta1) && (0.0..1.0).contains(&beta2)) {
            fail("Adam::betas", format!("{beta1} and {beta2}: both must be at least 0 and below 1"));
        }
        self.betas = [beta1, beta2];
        self
    }

    /// ε, which keeps the divisor from 0; 1e-8 unless set. The larger it is, the more do small gradients make small
    /// steps.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0]).requires_grad();
    /// let mut trainer = Adam::new([&w], 0.1).eps(1.0);
    /// w.sum().backward();
    /// trainer.step();
    /// assert!((w.item() - 0.95).abs() < 1e-6);                  // lr · 1 / (1 + ε)
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: Real) -> Self {
        self.eps = checked("ε", eps);
        self
    }
}

impl Optimizer for Adam {
    fn step(&mut self) {
        let [beta1, beta2] = self.betas;
        let eps = self.eps;
        // 1 − β in f64, as PyTorch: of a thousandth f32 would keep only four digits.
        let (b1, new1) = (beta1 as Real, (1.0 - beta1) as Real);
        let (b2, new2) = (beta2 as Real, (1.0 - beta2) as Real);
        self.groups.for_each_gradient(|number, param, mut grad, settings| {
            let (lr, decay) = (settings.lr, settings.weight_decay);
            if decay != 0.0 && self.decoupled {
                param.scale_(1.0 - lr * decay);
            } else if decay != 0.0 {
                grad = grad.add(&param.detach().mul_scalar(decay));
            }
            let start = || [grad.zeros_like(), grad.zeros_like(), Tensor::zeros([])];
            let [m, v, steps] = self.moments.of(number).get_or_insert_with(start);
            // Exact as f32 for 16 million steps, after which 1 − βᵗ is 1.
            steps.add_(&Tensor::ones([]));
            let rest = |beta: f64| 1.0 - beta.powi(steps.item() as i32);
            m.step_with_(&grad, move |m, g| b1 * m + new1 * g);
            v.step_with_(&grad, move |v, g| b2 * v + new2 * g * g);
            let size = (f64::from(lr) / rest(beta1)) as Real;
            let root = rest(beta2).sqrt() as Real;
            let direction = m.clone_data();
            direction.step_with_(v, move |m, v| m / (v.sqrt() / root + eps));
            param.add_scaled_(&direction, -size);
        });
    }

    fn groups(&self) -> &[ParamGroup] {
        self.groups.as_slice()
    }

    fn set_lr_factor(&mut self, factor: Real) {
        self.groups.set_lr_factor(factor);
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.moments.state()
    }

    fn set_state(&mut self, state: &[(String, Tensor)]) -> Result<(), Error> {
        self.moments.set_state(state, &self.groups)
    }
}
