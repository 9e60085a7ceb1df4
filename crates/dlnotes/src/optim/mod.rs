//! Optimizers: how parameters follow their gradients.

mod adam;
mod clip;
mod group;
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

/// What every optimizer can do.
pub trait Optimizer {
    /// Moves every parameter that has a gradient; one without is left alone.
    fn step(&mut self);

    /// The parameter groups.
    fn groups(&self) -> &[ParamGroup];

    /// Forgets all gradients. A parameter that no backward reaches then has none and the next step leaves it alone,
    /// whereas a gradient of zero would still let decay and momentum act.
    fn zero_grad(&self) {
        self.groups().iter().flat_map(|group| &group.params).for_each(crate::Tensor::zero_grad);
    }

    /// Multiplies the learning rates of all groups by `factor` from now on: what a schedule sets. It starts as 1.
    fn set_lr_factor(&mut self, factor: Real);
}
