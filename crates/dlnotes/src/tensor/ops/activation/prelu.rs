//! pReLU, whose parameter is a tensor: no value of [`Activation`](super::Activation) holds it.

use crate::tensor::Tensor;

impl Tensor {
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
