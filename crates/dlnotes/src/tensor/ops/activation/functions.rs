//! The activation functions as functions of a tensor, as the notes write them: `relu(&x)`.

use crate::real::Real;
use crate::tensor::Tensor;

/// [`Tensor::relu`] as a function.
#[must_use]
pub fn relu(x: &Tensor) -> Tensor {
    x.relu()
}

/// [`Tensor::leaky_relu`] as a function.
#[must_use]
pub fn leaky_relu(x: &Tensor, slope: Real) -> Tensor {
    x.leaky_relu(slope)
}

/// [`Tensor::prelu`] as a function.
///
/// # Panics
/// If the shapes can't be broadcast.
#[must_use]
#[track_caller]
pub fn prelu(x: &Tensor, slope: &Tensor) -> Tensor {
    x.prelu(slope)
}

/// [`Tensor::elu`] as a function.
#[must_use]
pub fn elu(x: &Tensor, alpha: Real) -> Tensor {
    x.elu(alpha)
}

/// [`Tensor::sigmoid`] as a function.
#[must_use]
pub fn sigmoid(x: &Tensor) -> Tensor {
    x.sigmoid()
}

/// [`Tensor::tanh`] as a function.
#[must_use]
pub fn tanh(x: &Tensor) -> Tensor {
    x.tanh()
}

/// [`Tensor::softplus`] as a function.
#[must_use]
pub fn softplus(x: &Tensor) -> Tensor {
    x.softplus()
}

/// [`Tensor::gelu`] as a function.
#[must_use]
pub fn gelu(x: &Tensor) -> Tensor {
    x.gelu()
}
