//! Stochastic gradient descent.

use super::group::{Groups, ParamGroup, checked, weight_decay_setting};
use super::memory::Memory;
use super::{IntoGroups, Optimizer};
use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::tensor::error::fail;
use crate::tensor::{Error, Tensor};

/// Stochastic gradient descent with momentum μ, dampening τ, weight decay λ and Nesterov's variant, step for step as
/// PyTorch:
///
/// g ← g + λθ; with momentum b ← g at the first step, then b ← μb + (1 − τ)g, and g ← b (Nesterov: g + μb);
/// θ ← θ − lr·g.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(2, 1)];
/// let mut trainer = Sgd::new(net.parameters(), 0.1).momentum(0.9).weight_decay(1e-4);
/// net.forward(&Tensor::ones([4, 2])).square().mean().backward();
/// trainer.step();
/// trainer.zero_grad();
/// ```
#[derive(Debug)]
pub struct Sgd {
    groups: Field<Groups>,
    velocity: Field<Memory<1>>,
    momentum: Real,
    dampening: Real,
    nesterov: bool,
}
drops_here!(Sgd: groups, velocity);

impl Sgd {
    /// Plain gradient descent with rate `lr` on parameters (`net.parameters()`, `[&w, &b]`) or groups of them.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (w, b) = (Tensor::from([1.0, 2.0]).requires_grad(), Tensor::from([0.5]).requires_grad());
    /// let mut trainer = Sgd::new([&w, &b], 0.25);
    /// (w.square().sum() + b.sum()).backward();
    /// trainer.step();
    /// assert_eq!((w.to_vec(), b.to_vec()), (vec![0.5, 1.0], vec![0.25]));  // w − lr·2w, b − lr
    /// ```
    ///
    /// # Panics
    /// If `lr` is negative or not finite, a parameter isn't a leaf that requires grad or is given twice, or there is
    /// none.
    #[must_use]
    #[track_caller]
    pub fn new(params: impl IntoGroups, lr: Real) -> Self {
        Self::of(params.into_groups(), lr)
    }

    #[track_caller]
    fn of(groups: Vec<ParamGroup>, lr: Real) -> Self {
        let groups = Groups::new(groups, lr, 0.0);
        let velocity = Memory::new(["momentum_buffer"], &groups);
        Self {
            groups: Field::new(groups),
            velocity: Field::new(velocity),
            momentum: 0.0,
            dampening: 0.0,
            nesterov: false,
        }
    }

    weight_decay_setting!(
        "let mut trainer = Sgd::new([&w], 0.5).weight_decay(0.25);"
        "(&w * 0.0).sum().backward();   // no gradient: what is left is the decay"
        "trainer.step();"
        "assert_eq!(w.item(), 1.0 - 0.5 * 0.25);"
    );

    /// Momentum μ for groups without their own: b ← μb + g, θ ← θ − lr·b.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0).momentum(0.5);
    /// let mut path = Vec::new();
    /// for _ in 0..3 {
    ///     trainer.zero_grad();
    ///     w.sum().backward();                                              // always the same slope of 1
    ///     trainer.step();
    ///     path.push(w.item());
    /// }
    /// assert_eq!(path, [-1.0, -2.5, -4.25]);                               // steps of 1, 1.5, 1.75, … towards 2
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite, or 0 with [`nesterov`](Self::nesterov).
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: Real) -> Self {
        self.momentum = checked("the momentum", momentum);
        self.check_nesterov("Sgd::momentum");
        self
    }

    /// Dampening τ: only 1 − τ of a new gradient enters the momentum, from the second step on.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0).momentum(0.5).dampening(0.5);
    /// for _ in 0..3 {
    ///     trainer.zero_grad();
    ///     w.sum().backward();
    ///     trainer.step();
    /// }
    /// assert_eq!(w.item(), -3.0);                                          // τ = μ: steps no longer grow
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite, or not 0 with [`nesterov`](Self::nesterov).
    #[must_use]
    #[track_caller]
    pub fn dampening(mut self, dampening: Real) -> Self {
        self.dampening = checked("the dampening", dampening);
        self.check_nesterov("Sgd::dampening");
        self
    }

    /// Nesterov's momentum: looks one step ahead, g + μb in place of b.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0).momentum(0.5).nesterov();
    /// w.sum().backward();
    /// trainer.step();
    /// assert_eq!(w.item(), -1.5);                                          // g + μb with b = g = 1
    /// ```
    ///
    /// # Panics
    /// Unless a momentum was set before, and no dampening.
    #[must_use]
    #[track_caller]
    pub fn nesterov(mut self) -> Self {
        self.nesterov = true;
        self.check_nesterov("Sgd::nesterov");
        self
    }

    /// As PyTorch: the look ahead is along the momentum, which a dampened gradient has no full part in.
    #[track_caller]
    fn check_nesterov(&self, op: &'static str) {
        if self.nesterov && (self.momentum == 0.0 || self.dampening != 0.0) {
            let (momentum, dampening) = (self.momentum, self.dampening);
            fail(
                op,
                format!(
                    "Nesterov's variant needs .momentum(…) above 0, set before it, and no dampening; they are {momentum} \
                     and {dampening}"
                ),
            );
        }
    }
}

impl Optimizer for Sgd {
    fn step(&mut self) {
        let fresh = 1.0 - self.dampening;
        self.groups.for_each_gradient(|number, param, grad, settings| {
            let (lr, decay) = (settings.lr, settings.weight_decay);
            let momentum = settings.momentum.unwrap_or(self.momentum);
            if momentum == 0.0 {
                // One pass over memory.
                return param.step_with_(&grad, move |p, g| p - lr * (g + decay * p));
            }
            let grad = if decay == 0.0 { grad } else { grad.add(&param.detach().mul_scalar(decay)) };
            let [velocity] = match self.velocity.of(number) {
                Some([velocity]) => {
                    velocity.step_with_(&grad, move |v, g| momentum * v + fresh * g);
                    [&*velocity]
                }
                first => first.insert([grad.clone_data()]).each_ref(),
            };
            let ahead = self.nesterov.then(|| grad.add(&velocity.mul_scalar(momentum)));
            param.add_scaled_(ahead.as_ref().unwrap_or(velocity), -lr);
        });
    }

    fn groups(&self) -> &[ParamGroup] {
        self.groups.as_slice()
    }

    fn set_lr_factor(&mut self, factor: Real) {
        self.groups.set_lr_factor(factor);
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.velocity.state()
    }

    fn set_state(&mut self, state: &[(String, Tensor)]) -> Result<(), Error> {
        self.velocity.set_state(state, &self.groups)
    }
}
