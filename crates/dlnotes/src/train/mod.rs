//! Training: evaluation, an epoch, many epochs, and the notes' three experiments.

mod checkpoint;
mod descent;
mod dropout;
mod epoch;
mod evaluate;
mod fit;
mod history;
mod polynomial;
mod pretrain;
mod progress;
mod run;
mod weight_decay;

pub use checkpoint::{load_checkpoint, save_checkpoint};
pub use descent::{Descent, descent, loss_surface};
pub use dropout::{DropoutNet, dropout_mlp, train_dropout};
pub use epoch::{Metrics, train_epoch, try_train_epoch};
pub use evaluate::{accuracy, evaluate_accuracy, evaluate_loss};
pub use fit::{Fit, fit};
pub use history::{Curve, History};
pub use polynomial::train_polynomial;
pub use pretrain::pretrain;
pub use weight_decay::{WeightDecay, WeightDecayRun};
