//! Activation functions and their derivatives (notes, 1.5–1.8 and 2.3 of the chapter on stability).
//!
//! Each is a method (`x.relu()`), a function (`relu(&x)`) and, with its parameter, a value of [`Activation`], which
//! knows the derivative in closed form, too.

mod functions;
mod kind;

pub use functions::{elu, gelu, leaky_relu, prelu, relu, sigmoid, softplus, tanh};
pub use kind::Activation;

use super::{Keep, elementwise};
use crate::real::{self, Real};
use crate::tensor::Tensor;

pub(super) fn relu_value(x: Real) -> Real {
    // Not max: NaN passes through.
    if x < 0.0 { 0.0 } else { x }
}

fn sigmoid_value(x: Real) -> Real {
    // As `exp_from_minus_86` does with −x, but before the sign is turned it is one instruction, not three.
    let x = if x > 86.0 { 86.0 } else { x };
    1.0 / (1.0 + real::exp_from_minus_86(-x))
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

    /// Leaky ReLU: x above 0, else `slope`·x; derivative 1 or `slope`, so that no unit is cut off for good (notes,
    /// 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from([-2.0, 0.0, 2.0]).leaky_relu(0.25).to_vec(), [-0.5, 0.0, 2.0]);
    /// ```
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
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-2.0, 3.0]);
    /// let slope = Tensor::scalar(0.5).requires_grad();
    /// let y = x.prelu(&slope);
    /// assert_eq!(y.to_vec(), [-1.0, 3.0]);
    /// y.sum().backward();
    /// assert_eq!(slope.grad().unwrap().item(), -2.0);   // dy/dα = min(0, x): α is learned from what lies below 0
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn prelu(&self, slope: &Self) -> Self {
        self.gt(0.0).where_(self, &slope.mul(self))
    }

    /// ELU(x) = x above 0, else α(eˣ − 1); derivative 1 or αeˣ. Smooth for α = 1; it levels off at −α.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from([-1e4, 0.0, 2.0]).elu(1.0);
    /// assert_eq!(y.to_vec(), [-1.0, 0.0, 2.0]);
    /// ```
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
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from([-1e4, 0.0, 1e4]).tanh();
    /// assert_eq!(y.to_vec(), [-1.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn tanh(&self) -> Self {
        elementwise("tanh", self, real::tanh, Keep::Output, |g, y| g * (1.0 - y * y))
    }

    /// softplus(x) = log(1 + eˣ), a smooth ReLU; derivative sigmoid(x). Computed so that eˣ never overflows.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from([-1e4, 0.0, 1e4]).softplus();
    /// assert_eq!(y.to_vec(), [0.0, 2.0_f32.ln(), 1e4]);
    /// ```
    #[must_use]
    pub fn softplus(&self) -> Self {
        elementwise("softplus", self, softplus_value, Keep::Input, |g, x| g * sigmoid_value(x))
    }

    /// GELU(x) = x·Φ(x) with Φ the standard normal distribution function; derivative Φ(x) + x·φ(x) with φ its density.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from([-100.0, 0.0, 1.0, 100.0]).gelu();
    /// assert_eq!(y.i(..2).to_vec(), [0.0, 0.0]);
    /// assert!((y.i(2).item() - 0.841_345).abs() < 1e-5);    // Φ(1): 84 % lie below one standard deviation
    /// assert_eq!(y.i(3).item(), 100.0);
    /// ```
    #[must_use]
    pub fn gelu(&self) -> Self {
        elementwise("gelu", self, |x| x * normal_cdf(x), Keep::Input, |g, x| g * gelu_derivative(x))
    }
}
