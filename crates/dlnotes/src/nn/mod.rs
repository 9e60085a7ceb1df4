//! Layers, models and losses.
//!
//! Everything here is a [`Module`]: it maps a tensor to a tensor, names its parameters, and knows whether it is being
//! trained. A closure `|x: &Tensor| …` is one too, without parameters of its own.

pub(crate) mod activation;
mod batch_norm;
mod derived_fields;
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
pub use derived_fields::Field;
/// A model's parameters, parts and mode from its fields, which are named as in files of parameters; the model has a
/// method `forward` of its own. What a field may be is told by [`Field`].
///
/// ```
/// use dlnotes::prelude::*;
/// #[derive(Module)]
/// struct Net { hidden: Linear, dropout: Dropout, out: Linear }
///
/// impl Net {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         self.out.forward(&self.dropout.forward(&self.hidden.forward(x).relu()))
///     }
/// }
/// let net = Net { hidden: Linear::new(4, 8), dropout: Dropout::new(0.5), out: Linear::new(8, 1) };
/// assert_eq!(net.parameters().len(), 4);
/// net.eval();                                                 // reaches the dropout inside
/// let mut trainer = Sgd::new(net.parameters(), 0.1);
/// ```
///
/// A field that is neither a layer, nor a tensor, nor a setting doesn't compile:
///
/// ```compile_fail,E0277
/// use dlnotes::prelude::*;
/// #[derive(Module)]
/// struct Net { out: Linear, started: std::time::Instant }      // a model can't have a field of type `Instant`
/// impl Net {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         self.out.forward(x)
///     }
/// }
/// ```
///
/// `#[module(skip)]` before the field leaves it out. Nor does a model without `forward` compile:
///
/// ```compile_fail,E0034
/// use dlnotes::prelude::*;
/// #[derive(Module)]
/// struct Net { out: Linear }
/// ```
pub use dlnotes_derive::Module;
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

/// What `#[derive(Module)]` writes calls these.
#[doc(hidden)]
pub mod derived {
    pub use super::derived_fields::Fields;
    pub use super::fields::{Part, children, own_buffers, own_mode, own_parameters};
}

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
