//! Optimizers: how parameters follow their gradients.

mod adam;
mod clip;
mod group;
mod schedule;
mod scratch;
mod sgd;
mod state;

pub use adam::Adam;
pub use clip::{clip_grad_norm, clip_grad_value};
pub use group::{IntoGroups, ParamGroup};
pub use schedule::Schedule;
pub use scratch::sgd;
pub use sgd::Sgd;

use crate::Real;
use crate::tensor::{Error, Tensor};

/// What every optimizer can do.
///
/// ```
/// use dlnotes::prelude::*;
/// /// Steps of one size, by the sign of the gradient.
/// struct SignDescent { groups: Vec<ParamGroup>, lr: f32, factor: f32 }
/// impl Optimizer for SignDescent {
///     fn step(&mut self) {
///         for w in self.groups.iter().flat_map(ParamGroup::params) {
///             if let Some(grad) = w.grad() {
///                 no_grad(|| w.add_scaled_(&grad.sign(), -self.lr * self.factor));
///             }
///         }
///     }
///     fn groups(&self) -> &[ParamGroup] {
///         &self.groups
///     }
///     fn set_lr_factor(&mut self, factor: f32) {
///         self.factor = factor;
///     }
/// }
/// let w = Tensor::from([3.0, -0.5]).requires_grad();
/// let mut trainer = SignDescent { groups: vec![ParamGroup::new([&w])], lr: 0.5, factor: 1.0 };
/// w.square().sum().backward();
/// trainer.step();
/// assert_eq!(w.to_vec(), [2.5, 0.0]);
/// ```
pub trait Optimizer {
    /// Moves every parameter that has a gradient; one without is left alone.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0]).requires_grad();
    /// let unused = Tensor::from([1.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w, &unused], 0.25).weight_decay(1.0);
    /// w.sum().backward();
    /// trainer.step();
    /// assert_eq!((w.item(), unused.item()), (0.5, 1.0));          // not even decayed
    /// ```
    fn step(&mut self);

    /// The parameter groups.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(3, 2)];
    /// let trainer = Sgd::new(net.parameters(), 0.1);
    /// assert_eq!(trainer.groups()[0].params().len(), 2);
    /// ```
    fn groups(&self) -> &[ParamGroup];

    /// Forgets all gradients. A parameter that no backward reaches then has none and the next step leaves it alone,
    /// whereas a gradient of zero would still let decay and momentum act.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([2.0]).requires_grad();
    /// let trainer = Sgd::new([&w], 0.1);
    /// w.square().sum().backward();
    /// trainer.zero_grad();
    /// assert!(w.grad().is_none());
    /// ```
    fn zero_grad(&self) {
        zero_grads(self.groups());
    }

    /// Multiplies the learning rates of all groups by `factor` from now on: what a schedule sets. It starts as 1.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0);
    /// trainer.set_lr_factor(Schedule::Step { every: 10, factor: 0.5 }.factor(10));
    /// w.sum().backward();
    /// trainer.step();
    /// assert_eq!(w.item(), -0.5);
    /// ```
    fn set_lr_factor(&mut self, factor: Real);

    /// What it remembers from step to step, under PyTorch's names and the number of the parameter in its groups, such
    /// as `0.momentum_buffer`: what [`save_checkpoint`](crate::train::save_checkpoint) saves. Nothing unless it says
    /// so.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0).momentum(0.9);
    /// w.sum().backward();
    /// trainer.step();
    /// let state = trainer.state();
    /// assert_eq!((state[0].0.as_str(), state[0].1.item()), ("0.momentum_buffer", 1.0));
    /// ```
    fn state(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// Goes on from a [`state`](Self::state) as if it had made the steps before.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([0.0]).requires_grad();
    /// let mut trainer = Sgd::new([&w], 1.0).momentum(0.5);
    /// trainer.set_state(&[("0.momentum_buffer".into(), Tensor::from([2.0]))])?;
    /// w.sum().backward();
    /// trainer.step();
    /// assert_eq!(w.item(), -2.0);                                 // lr · (0.5·2 + 1)
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is the state of another optimizer or of other parameters: then nothing changes.
    fn set_state(&mut self, state: &[(String, Tensor)]) -> Result<(), Error> {
        no_state(state)
    }
}

// Apart from the trait, whose methods a cell compiles for each optimizer of its own.

fn zero_grads(groups: &[ParamGroup]) {
    groups.iter().flat_map(ParamGroup::params).for_each(Tensor::zero_grad);
}

fn no_state(state: &[(String, Tensor)]) -> Result<(), Error> {
    match state.first() {
        None => Ok(()),
        Some((name, _)) => {
            Err(Error::new("Optimizer::set_state", format!("`{name}`: this optimizer remembers nothing")))
        }
    }
}
