//! The activation functions as functions of a tensor, as the notes write them: `relu(&x)`.

use crate::real::Real;
use crate::tensor::Tensor;

/// [`Tensor::relu`] as a function: max(x, 0) of every element (notes, 1.6).
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(relu(&Tensor::from([-1.0, 2.0])).to_vec(), [0.0, 2.0]);
/// ```
#[must_use]
pub fn relu(x: &Tensor) -> Tensor {
    x.relu()
}

/// [`Tensor::leaky_relu`] as a function: x above 0, else `slope`·x.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(leaky_relu(&Tensor::from([-8.0, 2.0]), 0.125).to_vec(), [-1.0, 2.0]);
/// ```
#[must_use]
pub fn leaky_relu(x: &Tensor, slope: Real) -> Tensor {
    x.leaky_relu(slope)
}

/// [`Tensor::prelu`] as a function: max(0, x) + α·min(0, x) with α a tensor that can be learned (notes, 1.6).
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[-1.0, -1.0], [4.0, 4.0]]);
/// let slope = Tensor::from([0.5, 0.25]);            // one slope for each column
/// assert_eq!(prelu(&x, &slope).to_vec(), [-0.5, -0.25, 4.0, 4.0]);
/// ```
///
/// # Panics
/// If the shapes can't be broadcast.
#[must_use]
#[track_caller]
pub fn prelu(x: &Tensor, slope: &Tensor) -> Tensor {
    x.prelu(slope)
}

/// [`Tensor::elu`] as a function: x above 0, else α(eˣ − 1).
///
/// ```
/// use dlnotes::prelude::*;
/// let y = elu(&Tensor::from([-1.0, 1.0]), 2.0);
/// assert!((y.i(0).item() - 2.0 * ((-1.0_f32).exp() - 1.0)).abs() < 1e-6);
/// assert_eq!(y.i(1).item(), 1.0);
/// ```
#[must_use]
pub fn elu(x: &Tensor, alpha: Real) -> Tensor {
    x.elu(alpha)
}

/// [`Tensor::sigmoid`] as a function: 1 / (1 + e⁻ˣ) of every element (notes, 1.7).
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-8.0, 8.0, 0.1);
/// let y = sigmoid(&x);
/// assert!(y.min().item() > 0.0 && y.max().item() < 1.0);   // squeezed into (0, 1)
/// ```
#[must_use]
pub fn sigmoid(x: &Tensor) -> Tensor {
    x.sigmoid()
}

/// [`Tensor::tanh`] as a function: (1 − e⁻²ˣ) / (1 + e⁻²ˣ) of every element (notes, 1.8).
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-8.0, 8.0, 0.1);
/// assert_eq!(tanh(&x).neg().to_vec(), tanh(&x.neg()).to_vec());   // symmetric about the origin
/// ```
#[must_use]
pub fn tanh(x: &Tensor) -> Tensor {
    x.tanh()
}

/// [`Tensor::softplus`] as a function: log(1 + eˣ) of every element.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-4.0, 4.0, 0.5);
/// assert!((softplus(&x) - relu(&x)).min().item() > 0.0);   // it runs above ReLU …
/// assert!((softplus(&x) - relu(&x)).max().item() <= 2.0_f32.ln());   // … by at most log 2, at 0
/// ```
#[must_use]
pub fn softplus(x: &Tensor) -> Tensor {
    x.softplus()
}

/// [`Tensor::gelu`] as a function: x·Φ(x) of every element.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([0.5, 3.0]);
/// let odd_part = gelu(&x) - gelu(&x.neg());          // Φ(x) + Φ(−x) = 1, so that this is x
/// assert!((odd_part - x).abs().max().item() < 1e-6);
/// ```
#[must_use]
pub fn gelu(x: &Tensor) -> Tensor {
    x.gelu()
}
