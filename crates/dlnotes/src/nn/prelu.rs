//! pReLU: an activation function with a parameter that is learned.

use super::Module;
use super::fields::fields;
use crate::tensor::Tensor;

/// pReLU: x above 0, else α·x with one α that is learned (notes, 1.6).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = PRelu::default();
/// layer.forward(&Tensor::from([-2.0, 3.0])).sum().backward();
/// assert_eq!(layer.slope.grad().unwrap().to_vec(), [-2.0]);   // dα = Σ of the x below 0
/// ```
#[derive(Clone, Debug)]
pub struct PRelu {
    /// α, of shape `[1]`.
    pub slope: Tensor,
}

impl Default for PRelu {
    /// α starts at 0.25.
    fn default() -> Self {
        Self { slope: Tensor::full([1], 0.25).requires_grad() }
    }
}

impl Module for PRelu {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.prelu(&self.slope)
    }

    // PyTorch's name: files of parameters go both ways.
    fields!(slope: parameter as "weight");
}
