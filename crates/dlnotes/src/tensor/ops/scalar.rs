//! Arithmetic of a tensor and a number.

use super::{Keep, elementwise};
use crate::real::Real;
use crate::tensor::Tensor;
use crate::tensor::graph::{self, one};

impl Tensor {
    /// x + c
    #[must_use]
    pub fn add_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x + c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("add", &[self], y, &[], |_, grad| one(grad))
    }

    /// c · x
    #[must_use]
    pub fn mul_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x * c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("mul", &[self], y, &[], move |_, grad| one(grad.apply_once(|g| g * c)))
    }

    /// x / c, divided rather than multiplied by 1/c, as PyTorch does.
    #[must_use]
    pub fn div_scalar(&self, c: Real) -> Self {
        let y = self.apply(|x| x / c);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("div", &[self], y, &[], move |_, grad| one(grad.apply_once(|g| g / c)))
    }

    /// c / x
    #[must_use]
    pub fn div_from_scalar(&self, c: Real) -> Self {
        elementwise("div", self, move |x| c / x, Keep::Input, move |g, x| -g * c / (x * x))
    }
}
