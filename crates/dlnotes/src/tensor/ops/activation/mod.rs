//! Activation functions and their derivatives (notes, 1.5–1.8 and 2.3 of the chapter on stability).
//!
//! Each is declared once, in `activations!` below, with its documentation, value and derivative. A declaration yields a
//! method (`x.relu()`), a function (`relu(&x)`), a value of [`Activation`], a layer (`Relu`, made in `nn/activation.rs`),
//! and the names of these in the prelude.

pub(crate) mod functions;
mod kind;
mod methods;
mod prelu;

pub use kind::Activation;
pub use prelu::prelu;

use super::{Keep, elementwise};
use crate::real::{self, Real};
use crate::tensor::Tensor;

/// All declarations, handed to the macro `$form`. One of them reads
///
/// ```text
/// /// Documentation, with an example.
/// Elu {
///     /// What the parameter is, if there is one.
///     alpha = 1.0               // the value that is usual
/// } elu "ELU"                   // type, method, name in a legend
///     value: …;                 // f(x)
///     Input: …;                 // the gradient of x from that of y and what is kept for it, x or y (`Output`)
///     derivative: …;            // f′(x) in closed form, finite for every finite x
/// ```
macro_rules! activations {
    ($form:ident) => {
        $form! {
            /// ReLU(x) = max(x, 0); derivative 1 above 0, else 0. At 0 itself it has none; 0 is the usual choice (notes,
            /// 1.6).
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1.0, 0.0, 2.0]);
            /// assert_eq!(relu(&x).to_vec(), [0.0, 0.0, 2.0]);                      // the same as x.relu()
            /// assert_eq!(Activation::Relu.derivative(&x).to_vec(), [0.0, 0.0, 1.0]);
            /// let net = sequential![Linear::new(3, 8), Relu, Linear::new(8, 1)];   // a perceptron with a hidden layer
            /// assert_eq!(net.forward(&Tensor::ones([5, 3])).shape(), [5, 1]);
            /// ```
            Relu relu "ReLU"
                value: relu_value;
                Output: |g, y| if y <= 0.0 { 0.0 } else { g };
                derivative: |x| if x <= 0.0 { 0.0 } else { 1.0 };

            /// Leaky ReLU: x above 0, else `slope`·x; derivative 1 or `slope`, so that no unit is cut off for good (notes,
            /// 1.6). A slope of 0.01 is usual; with one that is learned this is `prelu`.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-2.0, 0.0, 2.0]);
            /// assert_eq!(leaky_relu(&x, 0.25).to_vec(), [-0.5, 0.0, 2.0]);         // the same as x.leaky_relu(0.25)
            /// assert_eq!(Activation::LeakyRelu { slope: 0.25 }.derivative(&x).to_vec(), [0.25, 0.25, 1.0]);
            /// assert_eq!(LeakyRelu { slope: 0.25 }.forward(&x).to_vec(), [-0.5, 0.0, 2.0]);
            /// assert_eq!(LeakyRelu::default().slope, 0.01);
            /// ```
            LeakyRelu {
                /// The factor below 0.
                slope = 0.01
            } leaky_relu "leaky ReLU"
                value: move |x| if x > 0.0 { x } else { slope * x };
                Input: move |g, x| if x > 0.0 { g } else { slope * g };
                derivative: move |x| if x > 0.0 { 1.0 } else { slope };

            /// ELU(x) = x above 0, else α(eˣ − 1); derivative 1 or αeˣ. Smooth for α = 1, which is usual; it levels off at
            /// −α.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1e4, 0.0, 2.0]);
            /// assert_eq!(elu(&x, 1.0).to_vec(), [-1.0, 0.0, 2.0]);                 // the same as x.elu(1.0)
            /// assert_eq!(Activation::Elu { alpha: 1.0 }.derivative(&x).to_vec(), [0.0, 1.0, 1.0]);
            /// assert_eq!(Elu { alpha: 0.5 }.forward(&x).to_vec(), [-0.5, 0.0, 2.0]);
            /// assert_eq!(Elu::default().alpha, 1.0);
            /// ```
            Elu {
                /// The limit at −∞ is −α.
                alpha = 1.0
            } elu "ELU"
                value: move |x| if x > 0.0 { x } else { alpha * x.exp_m1() };
                Input: move |g, x| if x > 0.0 { g } else { g * alpha * real::exp(x) };
                derivative: move |x| if x > 0.0 { 1.0 } else { alpha * real::exp(x) };

            /// sigmoid(x) = 1 / (1 + e⁻ˣ); derivative sigmoid(x)(1 − sigmoid(x)), at most 0.25 (notes, 1.7).
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1e4, 0.0, 1e4]);
            /// assert_eq!(sigmoid(&x).to_vec(), [0.0, 0.5, 1.0]);                   // the same as x.sigmoid()
            /// assert_eq!(Activation::Sigmoid.derivative(&x).to_vec(), [0.0, 0.25, 0.0]);
            /// let net = sequential![Linear::new(3, 1), Sigmoid];                   // logistic regression
            /// let p = net.forward(&Tensor::ones([1, 3])).item();
            /// assert!(0.0 < p && p < 1.0);
            /// ```
            Sigmoid sigmoid "sigmoid"
                value: sigmoid_value;
                Output: |g, y| g * y * (1.0 - y);
                // e⁻ˣ/(1 + e⁻ˣ)², the same on both sides of 0: with |x| the exponential can't overflow.
                derivative: |x| bell(real::exp(-x.abs()));

            /// tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ); derivative 1 − tanh²(x), at most 1 (notes, 1.8).
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1e4, 0.0, 1e4]);
            /// assert_eq!(tanh(&x).to_vec(), [-1.0, 0.0, 1.0]);                     // the same as x.tanh()
            /// assert_eq!(Activation::Tanh.derivative(&x).to_vec(), [0.0, 1.0, 0.0]);
            /// assert_eq!(Tanh.forward(&x).to_vec(), x.tanh().to_vec());
            /// let x = Tensor::arange(-8.0, 8.0, 0.1);
            /// assert_eq!(tanh(&x).neg().to_vec(), tanh(&x.neg()).to_vec());        // symmetric about the origin
            /// ```
            Tanh tanh "tanh"
                value: real::tanh;
                Output: |g, y| g * (1.0 - y * y);
                derivative: |x| 4.0 * bell(real::exp(-2.0 * x.abs()));

            /// softplus(x) = log(1 + eˣ), a smooth ReLU; derivative sigmoid(x). Computed so that eˣ never overflows.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1e4, 0.0, 1e4]);
            /// assert_eq!(softplus(&x).to_vec(), [0.0, 2.0_f32.ln(), 1e4]);         // the same as x.softplus()
            /// assert_eq!(Activation::Softplus.derivative(&x).to_vec(), x.sigmoid().to_vec());
            /// let net = sequential![Linear::new(2, 1), Softplus];                  // positive, as a variance must be
            /// assert!(net.forward(&Tensor::randn([10, 2])).min().item() > 0.0);
            /// ```
            Softplus softplus "softplus"
                value: softplus_value;
                Input: |g, x| g * sigmoid_value(x);
                derivative: sigmoid_value;

            /// GELU(x) = x·Φ(x) with Φ the standard normal distribution function; derivative Φ(x) + x·φ(x) with φ its
            /// density.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let y = gelu(&Tensor::from([-100.0, 0.0, 1.0, 100.0]));              // the same as x.gelu()
            /// assert_eq!(y.i(..2).to_vec(), [0.0, 0.0]);
            /// assert!((y.i(2).item() - 0.841_345).abs() < 1e-5);    // Φ(1): 84 % lie below one standard deviation
            /// assert_eq!(y.i(3).item(), 100.0);
            /// let x = Tensor::from([0.5, 3.0]);
            /// let odd_part = Gelu.forward(&x) - Gelu.forward(&x.neg());            // Φ(x) + Φ(−x) = 1, so that this is x
            /// assert!((odd_part - x).abs().max().item() < 1e-6);
            /// ```
            Gelu gelu "GELU"
                value: |x| x * normal_cdf(x);
                Input: |g, x| g * gelu_derivative(x);
                derivative: gelu_derivative;
        }
    };
}
pub(crate) use activations;

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

fn bell(e: Real) -> Real {
    e / ((1.0 + e) * (1.0 + e))
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
