//! From images to rows.

use super::Module;
use super::fields::fields;
use crate::tensor::Tensor;

/// `[n, …]` → `[n, product of the others]`: the first dimension counts the samples and stays.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(Flatten.forward(&Tensor::zeros([2, 1, 28, 28])).shape(), [2, 784]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl Module for Flatten {
    fn forward(&self, x: &Tensor) -> Tensor {
        match x.shape().split_first() {
            Some((&n, rest)) => x.reshape([n, rest.iter().product()]),
            None => x.reshape([1, 1]),
        }
    }

    fields!();
}
