//! The notes' own experiments, over the training loops above: polynomial regression, weight decay, dropout, descent on a
//! surface, pre-training, and a playground.

mod descent;
mod dropout;
mod playground;
mod polynomial;
mod pretrain;
mod weight_decay;

pub use descent::{Descent, descent, loss_surface};
pub use dropout::{DropoutNet, dropout_mlp, train_dropout};
pub use playground::Playground;
pub use polynomial::train_polynomial;
pub use pretrain::pretrain;
pub use weight_decay::{WeightDecay, WeightDecayRun};
