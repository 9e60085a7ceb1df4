//! The fully connected layer.

use super::Module;
use super::fields::fields;
use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// y = x·Wᵀ + b, from `in` features to `out`: x is `[…, in]`, the result `[…, out]` (notes, 1.1 and 1.2).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(3, 2);
/// assert_eq!(layer.weight.shape(), [2, 3]);
/// assert_eq!(layer.forward(&Tensor::ones([5, 3])).shape(), [5, 2]);
/// ```
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[out, in]`.
    pub weight: Tensor,
    /// `[out]`.
    pub bias: Option<Tensor>,
}

impl Linear {
    /// A layer of shape `[out, in]` with weights and biases drawn from U(−1/√in, 1/√in), PyTorch's default.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = Linear::new(784, 256);
    /// assert_eq!(layer.bias.as_ref().unwrap().shape(), [256]);
    /// assert!(layer.weight.abs().max().item() <= 1.0 / 28.0);              // 1/√784
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[must_use]
    #[track_caller]
    pub fn new(inputs: usize, outputs: usize) -> Self {
        let mut layer = Self::without_bias(inputs, outputs);
        layer.bias = Some(Tensor::uniform(-bound(inputs), bound(inputs), [outputs]).requires_grad());
        layer
    }

    /// A layer that computes x·Wᵀ alone (PyTorch: `bias=False`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = Linear::without_bias(2, 3);
    /// assert!(layer.bias.is_none());
    /// assert_eq!(layer.forward(&Tensor::zeros([1, 2])).to_vec(), [0.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[must_use]
    #[track_caller]
    pub fn without_bias(inputs: usize, outputs: usize) -> Self {
        if inputs == 0 || outputs == 0 {
            fail("Linear", format!("from {inputs} to {outputs} features: both must be at least 1"));
        }
        let weight = Tensor::uniform(-bound(inputs), bound(inputs), [outputs, inputs]).requires_grad();
        Self { weight, bias: None }
    }
}

fn bound(inputs: usize) -> Real {
    1.0 / (inputs as Real).sqrt()
}

impl Module for Linear {
    #[track_caller]
    fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_ref())
    }

    fields!(weight: parameter, bias: parameter);

    fn describe(&self) -> String {
        let bias = if self.bias.is_some() { "" } else { ", no bias" };
        format!("Linear({} → {}{bias})", self.weight.shape()[1], self.weight.shape()[0])
    }
}
