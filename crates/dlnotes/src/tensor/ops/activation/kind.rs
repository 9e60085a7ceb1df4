//! An activation function as a value: to choose one, to name it, to draw it beside its derivative.

use super::{gelu_derivative, sigmoid_value};
use crate::real::{self, Real};
use crate::tensor::Tensor;

/// An activation function with its parameter (notes, 1.5).
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
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-1.0, 2.0]);
    /// let all = [Activation::Relu, Activation::LeakyRelu { slope: 0.1 }, Activation::Sigmoid];
    /// let values = all.map(|f| f.forward(&x).i(0).item());
    /// assert_eq!(values[..2], [0.0, -0.1]);
    /// assert_eq!(values[2], sigmoid(&x).i(0).item());
    /// ```
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
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-8.0, 8.0, 0.1);
    /// let figure = [Activation::Sigmoid, Activation::Tanh]
    ///     .into_iter()
    ///     .fold(Figure::new(), |figure, f| figure.line(&x, &f.forward(&x), f.name()));
    /// assert!(figure.summary().contains("sigmoid"));
    /// assert_eq!(Activation::Gelu.name(), "GELU");
    /// ```
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
