//! Training: evaluation, an epoch, many epochs, and the notes' three experiments.

mod checkpoint;
mod decision_map;
mod descent;
mod dropout;
mod epoch;
mod evaluate;
mod fit;
mod history;
mod playground;
mod polynomial;
mod predictions;
mod pretrain;
mod progress;
mod run;
mod weight_decay;

pub use checkpoint::{load_checkpoint, save_checkpoint};
pub use decision_map::decision_map;
pub use descent::{Descent, descent, loss_surface};
pub use dropout::{DropoutNet, dropout_mlp, train_dropout};
pub use epoch::{Metrics, train_epoch, train_epochs, try_train_epoch};
pub use evaluate::{accuracy, evaluate_accuracy, evaluate_loss};
pub use fit::{Fit, fit};
pub use history::{Curve, History};
pub use playground::Playground;
pub use polynomial::train_polynomial;
pub use predictions::{mistakes, show_predictions};
pub use pretrain::pretrain;
pub use weight_decay::{WeightDecay, WeightDecayRun};
