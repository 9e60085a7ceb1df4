//! Activation functions and their derivatives (notes, 1.5–1.8 and 2.3 of the chapter on stability).
//!
//! Each is a method (`x.relu()`), a function (`relu(&x)`) and, with its parameter, a value of [`Activation`], which
//! knows the derivative in closed form, too.

use super::{Keep, elementwise};
use crate::real::{self, Real};
use crate::tensor::Tensor;

pub(super) fn relu_value(x: Real) -> Real {
    // Not max: NaN passes through.
    if x < 0.0 { 0.0 } else { x }
}

fn sigmoid_value(x: Real) -> Real {
    1.0 / (1.0 + real::exp(-x))
}

fn softplus_value(x: Real) -> Real {
    // log(1 + eˣ) with the exponent never above 0; the comparison lets NaN through.
    (if x < 0.0 { 0.0 } else { x }) + real::exp(-x.abs()).ln_1p()
}

/// Φ(x), the share of a standard normal distribution below x.
fn normal_cdf(x: Real) -> Real {
    0.5 * (1.0 + real::erf(x * std::f64::consts::FRAC_1_SQRT_2 as Real))
}

fn gelu_derivative(x: Real) -> Real {
    let density =
        real::exp(-0.5 * x * x) * (std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2 / 2.0) as Real;
    // x · density is ∞ · 0 at the ends, where the limit is 0.
    normal_cdf(x) + if density == 0.0 { 0.0 } else { x * density }
}

impl Tensor {
    /// ReLU(x) = max(x, 0); derivative 1 above 0, else 0. At 0 itself it has none; 0 is the usual choice (notes, 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::arange(-1.0, 2.0, 1.0).relu().to_vec(), [0.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn relu(&self) -> Self {
        elementwise("relu", self, relu_value, Keep::Output, |g, y| if y <= 0.0 { 0.0 } else { g })
    }

    /// x above 0, else `slope`·x.
    #[must_use]
    pub fn leaky_relu(&self, slope: Real) -> Self {
        elementwise(
            "leaky_relu",
            self,
            move |x| if x > 0.0 { x } else { slope * x },
            Keep::Input,
            move |g, x| if x > 0.0 { g } else { slope * g },
        )
    }

    /// pReLU(x) = max(0, x) + α·min(0, x) with α a tensor, broadcast, that can be learned (notes, 1.6).
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn prelu(&self, slope: &Self) -> Self {
        self.gt(0.0).where_(self, &slope.mul(self))
    }

    /// x above 0, else α(eˣ − 1); derivative 1 or αeˣ.
    #[must_use]
    pub fn elu(&self, alpha: Real) -> Self {
        elementwise(
            "elu",
            self,
            move |x| if x > 0.0 { x } else { alpha * x.exp_m1() },
            Keep::Input,
            move |g, x| if x > 0.0 { g } else { g * alpha * real::exp(x) },
        )
    }

    /// sigmoid(x) = 1 / (1 + e⁻ˣ); derivative sigmoid(x)(1 − sigmoid(x)), at most 0.25 (notes, 1.7).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from_vec(vec![-1e4, 0.0, 1e4], [3]).sigmoid();
    /// assert_eq!(y.to_vec(), [0.0, 0.5, 1.0]);
    /// ```
    #[must_use]
    pub fn sigmoid(&self) -> Self {
        elementwise("sigmoid", self, sigmoid_value, Keep::Output, |g, y| g * y * (1.0 - y))
    }

    /// tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ); derivative 1 − tanh²(x), at most 1 (notes, 1.8).
    #[must_use]
    pub fn tanh(&self) -> Self {
        elementwise("tanh", self, real::tanh, Keep::Output, |g, y| g * (1.0 - y * y))
    }

    /// softplus(x) = log(1 + eˣ), a smooth ReLU; derivative sigmoid(x).
    #[must_use]
    pub fn softplus(&self) -> Self {
        elementwise("softplus", self, softplus_value, Keep::Input, |g, x| g * sigmoid_value(x))
    }

    /// GELU(x) = x·Φ(x) with Φ the standard normal distribution function.
    #[must_use]
    pub fn gelu(&self) -> Self {
        elementwise("gelu", self, |x| x * normal_cdf(x), Keep::Input, |g, x| g * gelu_derivative(x))
    }
}

/// An activation function with its parameter.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-2.0, 3.0, 1.0).requires_grad();
/// let y = Activation::Relu.forward(&x);
/// y.backward_with(&y.ones_like());
/// assert_eq!(x.grad().unwrap().to_vec(), Activation::Relu.derivative(&x).to_vec());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// x above 0, else `slope`·x; 0.01 is usual. With a slope that is learned this is pReLU.
    LeakyRelu {
        /// The factor below 0.
        slope: Real,
    },
    /// x above 0, else α(eˣ − 1); α = 1 is usual.
    Elu {
        /// The limit at −∞ is −α.
        alpha: Real,
    },
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// (1 − e⁻²ˣ) / (1 + e⁻²ˣ)
    Tanh,
    /// log(1 + eˣ)
    Softplus,
    /// x·Φ(x)
    Gelu,
}

impl Activation {
    /// The function's value at every element; recorded if `x` is.
    #[must_use]
    pub fn forward(self, x: &Tensor) -> Tensor {
        match self {
            Self::Relu => x.relu(),
            Self::LeakyRelu { slope } => x.leaky_relu(slope),
            Self::Elu { alpha } => x.elu(alpha),
            Self::Sigmoid => x.sigmoid(),
            Self::Tanh => x.tanh(),
            Self::Softplus => x.softplus(),
            Self::Gelu => x.gelu(),
        }
    }

    /// The derivative at every element in closed form, off the record; finite for every finite x.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from_vec(vec![-100.0, 0.0, 100.0], [3]);
    /// assert_eq!(Activation::Sigmoid.derivative(&x).i(1).item(), 0.25);
    /// assert_eq!(Activation::Tanh.derivative(&x).to_vec(), [0.0, 1.0, 0.0]);
    /// ```
    #[must_use]
    pub fn derivative(self, x: &Tensor) -> Tensor {
        match self {
            Self::Relu => x.apply(|x| if x <= 0.0 { 0.0 } else { 1.0 }),
            Self::LeakyRelu { slope } => x.apply(move |x| if x > 0.0 { 1.0 } else { slope }),
            Self::Elu { alpha } => x.apply(move |x| if x > 0.0 { 1.0 } else { alpha * real::exp(x) }),
            // e⁻ˣ/(1 + e⁻ˣ)², the same on both sides of 0: with |x| the exponential can't overflow.
            Self::Sigmoid => x.apply(|x| bell(real::exp(-x.abs()))),
            Self::Tanh => x.apply(|x| 4.0 * bell(real::exp(-2.0 * x.abs()))),
            Self::Softplus => x.apply(sigmoid_value),
            Self::Gelu => x.apply(gelu_derivative),
        }
    }

    /// The name as in a formula or a legend.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "ReLU",
            Self::LeakyRelu { .. } => "leaky ReLU",
            Self::Elu { .. } => "ELU",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Softplus => "softplus",
            Self::Gelu => "GELU",
        }
    }
}

fn bell(e: Real) -> Real {
    e / ((1.0 + e) * (1.0 + e))
}

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
