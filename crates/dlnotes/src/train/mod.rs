//! Training: evaluation, an epoch, many epochs, and the notes' own experiments over them.

mod checkpoint;
mod decision_map;
mod epoch;
mod evaluate;
mod experiments;
mod fit;
mod history;
mod predictions;
mod progress;
mod run;

pub use checkpoint::{load_checkpoint, save_checkpoint};
pub use decision_map::decision_map;
pub use epoch::{Metrics, train_epoch, train_epochs, try_train_epoch, try_train_epochs};
pub use evaluate::{accuracy, evaluate_accuracy, evaluate_loss};
pub use experiments::{
    Descent, DropoutNet, Playground, WeightDecay, WeightDecayRun, descent, dropout_mlp, loss_surface, pretrain,
    train_dropout, train_polynomial,
};
pub use fit::{Fit, fit};
pub use history::{Curve, History};
pub use predictions::{mistakes, show_predictions};
