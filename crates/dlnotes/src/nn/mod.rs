//! Layers, models and losses.
//!
//! Everything here is a [`Module`]: it maps a tensor to a tensor, names its parameters, and knows whether it is being
//! trained. A closure `|x: &Tensor| …` is one too, without parameters of its own.

pub(crate) mod activation;
mod batch_norm;
mod dropout;
pub(crate) mod fields;
mod flatten;
pub mod init;
mod linear;
mod loss;
mod mlp;
mod mode;
pub(crate) mod module;
mod noise;
mod penalty;
mod prelu;
pub(crate) mod safetensors;
mod sequential;
mod summary;

pub use activation::*;
pub use batch_norm::BatchNorm1d;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use linear::Linear;
pub use loss::{CrossEntropyLoss, Loss, Mean, MseLoss, PerSample, Sum, Unreduced, squared_loss};
pub use mlp::mlp;
pub use mode::{Eval, Mode};
pub use module::Module;
pub(crate) use module::{named_parameters, named_state, set_training};
pub use noise::GaussianNoise;
pub use penalty::{l1_penalty, l2_penalty};
pub use prelu::PRelu;
pub use safetensors::{load_parameters, save_parameters};
pub use sequential::Sequential;
pub use summary::{Summary, summary};

use crate::tensor::Tensor;

/// Linear regression as in the notes: X·w + b.
///
/// ```
/// use dlnotes::prelude::*;
/// let y = linreg(&Tensor::ones([3, 2]), &Tensor::ones([2, 1]), &Tensor::zeros([1]));
/// assert_eq!(y.to_vec(), [2.0, 2.0, 2.0]);
/// ```
///
/// # Panics
/// If the shapes don't fit.
#[must_use]
#[track_caller]
pub fn linreg(x: &Tensor, w: &Tensor, b: &Tensor) -> Tensor {
    x.matmul(w).add(b)
}
