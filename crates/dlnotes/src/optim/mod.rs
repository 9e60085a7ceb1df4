//! Optimizers: how parameters follow their gradients.

mod adam;
mod clip;
mod group;
mod memory;
mod schedule;
mod scratch;
mod sgd;

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
    fn step(&mut self);

    /// The parameter groups.
    fn groups(&self) -> &[ParamGroup];

    /// Forgets all gradients. A parameter that no backward reaches then has none and the next step leaves it alone,
    /// whereas a gradient of zero would still let decay and momentum act.
    fn zero_grad(&self) {
        self.groups().iter().flat_map(|group| &group.params).for_each(Tensor::zero_grad);
    }

    /// Multiplies the learning rates of all groups by `factor` from now on: what a schedule sets. It starts as 1.
    fn set_lr_factor(&mut self, factor: Real);

    /// What it remembers from step to step, under PyTorch's names and the number of the parameter in its groups, such
    /// as `0.momentum_buffer`: what [`save_checkpoint`](crate::train::save_checkpoint) saves. Nothing unless it says
    /// so.
    fn state(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// Goes on from a [`state`](Self::state) as if it had made the steps before.
    ///
    /// # Errors
    /// If it is the state of another optimizer or of other parameters: then nothing changes.
    fn set_state(&mut self, state: &[(String, Tensor)]) -> Result<(), Error> {
        match state.first() {
            None => Ok(()),
            Some((name, _)) => {
                Err(Error::new("Optimizer::set_state", format!("`{name}`: this optimizer remembers nothing")))
            }
        }
    }
}
