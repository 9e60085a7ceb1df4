//! Functions of one element.

use super::{Keep, elementwise};
use crate::real::{self, Real};
use crate::tensor::graph::{self, one};
use crate::tensor::{Tensor, pool};

impl Tensor {
    /// −x for every element. The operator `-x` does the same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, -2.0]);
    /// assert_eq!((-x).to_vec(), [-1.0, 2.0]);
    /// ```
    #[must_use]
    pub fn neg(&self) -> Self {
        let y = self.apply(|x| -x);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("neg", &[self], y, &[], |_, grad| one(grad.apply_once(|g| -g)))
    }

    /// eˣ; the derivative is eˣ itself.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::zeros([2]).exp().to_vec(), [1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn exp(&self) -> Self {
        elementwise("exp", self, real::exp, Keep::Output, |g, y| g * y)
    }

    /// The natural logarithm; derivative 1/x. −∞ at 0, NaN below.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 4.0, 0.0, -1.0]).requires_grad();
    /// let y = x.ln();
    /// assert_eq!(y.i(0).item(), 0.0);
    /// assert_eq!(y.i(2).item(), f32::NEG_INFINITY);
    /// assert!(y.i(3).item().is_nan());
    /// y.i(1).backward();
    /// assert_eq!(x.grad().unwrap().i(1).item(), 0.25);
    /// ```
    #[must_use]
    pub fn ln(&self) -> Self {
        elementwise("ln", self, Real::ln, Keep::Input, |g, x| g / x)
    }

    /// √x; derivative 1/(2√x), infinite at 0. NaN below 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([4.0, 9.0]).requires_grad();
    /// let y = x.sqrt();
    /// assert_eq!(y.to_vec(), [2.0, 3.0]);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().i(0).item(), 0.25);
    /// ```
    #[must_use]
    pub fn sqrt(&self) -> Self {
        elementwise("sqrt", self, Real::sqrt, Keep::Output, |g, y| g / (2.0 * y))
    }

    /// |x|; derivative sign(x), 0 at 0 where it has none.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-3.0, 0.0, 2.0]).requires_grad();
    /// let y = x.abs();
    /// assert_eq!(y.to_vec(), [3.0, 0.0, 2.0]);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [-1.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn abs(&self) -> Self {
        elementwise("abs", self, Real::abs, Keep::Input, |g, x| g * sign(x))
    }

    /// x²; derivative 2x. The same numbers as `x.pow(2.0)` and `&x * &x`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let error = Tensor::from([1.0, -2.0]);
    /// assert_eq!(error.square().mean().item(), 2.5);    // a mean squared error
    /// ```
    #[must_use]
    pub fn square(&self) -> Self {
        elementwise("square", self, |x| x * x, Keep::Input, |g, x| 2.0 * g * x)
    }

    /// x^p for a number p; derivative p·x^(p−1). For tensors of exponents see [`pow_tensor`](Self::pow_tensor).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from_vec(vec![2.0, 3.0], [2]);
    /// assert_eq!(x.pow(2.0).to_vec(), [4.0, 9.0]);
    /// assert_eq!(x.pow(0.0).to_vec(), [1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn pow(&self, p: Real) -> Self {
        // Squares and cubes are most of what is asked for, and ten times faster multiplied out.
        if p == 2.0 {
            return elementwise("pow", self, |x| x * x, Keep::Input, |g, x| 2.0 * g * x);
        }
        if p == 0.0 {
            // p·x^(p−1) would be 0·∞ at x = 0.
            return elementwise("pow", self, |_| 1.0, Keep::Input, |_, _| 0.0);
        }
        elementwise("pow", self, move |x| x.powf(p), Keep::Input, move |g, x| g * p * x.powf(p - 1.0))
    }

    /// x limited to `min..=max`; derivative 1 inside and on the bounds, 0 outside.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::arange(-2.0, 3.0, 1.0).clamp(-1.0, 1.0).to_vec(), [-1.0, -1.0, 0.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If `min` > `max` or one is NaN.
    #[must_use]
    #[track_caller]
    pub fn clamp(&self, min: Real, max: Real) -> Self {
        if min.is_nan() || max.is_nan() || min > max {
            crate::tensor::error::fail("clamp", format!("min {min} must not be above max {max}, nor one of them NaN"));
        }
        let inside = move |x: Real| x >= min && x <= max;
        elementwise("clamp", self, move |x| x.clamp(min, max), Keep::Input, move |g, x| if inside(x) { g } else { 0.0 })
    }

    /// −1, 0 or 1; its derivative is 0 wherever there is one, so it is not recorded.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from([-0.3, 0.0, 7.0]).sign().to_vec(), [-1.0, 0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn sign(&self) -> Self {
        self.apply(sign)
    }

    /// sin x, x in radians; derivative cos x.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::linspace(0.0, std::f32::consts::PI, 3).requires_grad();
    /// let y = x.sin();
    /// assert!((&y - &Tensor::from([0.0, 1.0, 0.0])).abs().max().item() < 1e-6);
    /// y.sum().backward();
    /// assert!((x.grad().unwrap() - Tensor::from([1.0, 0.0, -1.0])).abs().max().item() < 1e-6);
    /// ```
    #[must_use]
    pub fn sin(&self) -> Self {
        elementwise("sin", self, Real::sin, Keep::Input, |g, x| g * x.cos())
    }

    /// cos x, x in radians; derivative −sin x.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::linspace(-3.0, 3.0, 13);
    /// let one = x.sin().square() + x.cos().square();
    /// assert!((one - 1.0).abs().max().item() < 1e-6);
    /// ```
    #[must_use]
    pub fn cos(&self) -> Self {
        elementwise("cos", self, Real::cos, Keep::Input, |g, x| -g * x.sin())
    }

    /// `f` of every element, off the record: for values that no gradient goes through.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::arange(0.0, 3.0, 1.0).map(|x| x * 10.0).to_vec(), [0.0, 10.0, 20.0]);
    /// ```
    #[must_use]
    pub fn map(&self, f: impl Fn(Real) -> Real) -> Self {
        filled_from(self, &|out, data| {
            for i in 0..out.len().min(data.len()) {
                out[i] = f(data[i]);
            }
        })
    }
}

/// A new tensor that `fill` fills from the elements of `x`.
fn filled_from(x: &Tensor, fill: &dyn Fn(&mut [Real], &[Real])) -> Tensor {
    let mut values = pool::take(x.len());
    x.with_data(|data| fill(&mut values, data));
    Tensor::new(values, x.result_layout())
}

fn sign(x: Real) -> Real {
    // Not signum: it has no 0.
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x * 0.0
    }
}
