//! Arithmetic of a tensor and a number.

use super::{Keep, elementwise};
use crate::real::Real;
use crate::tensor::Tensor;
use crate::tensor::graph::{self, one};

impl Tensor {
    /// x + c for every element. The operators `x + c` and `c + x` do the same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]);
    /// assert_eq!(x.add_scalar(10.0).to_vec(), (10.0 + &x).to_vec());
    /// assert_eq!((x - 1.0).to_vec(), [0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn add_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x + c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("add", &[self], y, &[], |_, grad| one(grad))
    }

    /// c · x for every element. The operators `x * c` and `c * x` do the same; the derivative is c.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]).requires_grad();
    /// (0.5 * &x).sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.5, 0.5]);
    /// ```
    #[must_use]
    pub fn mul_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x * c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("mul", &[self], y, &[], move |_, grad| one(grad.apply_once(|g| g * c)))
    }

    /// x / c for every element, divided rather than multiplied by 1/c, as PyTorch does. The operator `x / c` does the
    /// same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let pixels = Tensor::from([0.0, 51.0, 255.0]);
    /// assert_eq!((pixels / 255.0).to_vec(), [0.0, 0.2, 1.0]);
    /// ```
    #[must_use]
    pub fn div_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x / c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("div", &[self], y, &[], move |_, grad| one(grad.apply_once(|g| g / c)))
    }

    /// c / x for every element. The operator `c / x` does the same; the derivative is −c/x².
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-1.0, 0.0, 1.0]);
    /// let by_hand = 1.0 / (x.neg().exp() + 1.0);        // the notes' sigmoid (1.7)
    /// assert!((by_hand - x.sigmoid()).abs().max().item() < 1e-6);
    /// ```
    #[must_use]
    pub fn div_from_scalar(&self, c: Real) -> Self {
        elementwise("div", self, move |x| c / x, Keep::Input, move |g, x| -g * c / (x * x))
    }
}
