//! The multilayer perceptron of the notes, in one call.

use super::{Flatten, Linear, Module, Sequential};
use crate::tensor::error::fail;

/// A multilayer perceptron whose layers have these sizes, the inputs first, with `activation` behind every layer but the
/// last. Pictures are flattened.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = mlp([784, 64, 10], Sigmoid);                       // Flatten, Linear, Sigmoid, Linear
/// assert_eq!(net.forward(&Tensor::zeros([5, 1, 28, 28])).shape(), [5, 10]);
/// assert_eq!(net.get::<Linear>(1).weight.shape(), [64, 784]);
/// ```
///
/// # Panics
/// If there are fewer than two sizes, or one is 0.
#[must_use]
#[track_caller]
pub fn mlp(sizes: impl AsRef<[usize]>, activation: impl Module + Clone + Send + Sync + 'static) -> Sequential {
    let sizes = sizes.as_ref();
    if sizes.len() < 2 {
        fail("mlp", format!("the sizes are {sizes:?}: at least those of inputs and outputs are needed"));
    }
    let mut net = Sequential::new().add(Flatten);
    for (i, pair) in sizes.windows(2).enumerate() {
        net = net.add(Linear::new(pair[0], pair[1]));
        if i + 2 < sizes.len() {
            net = net.add(activation.clone());
        }
    }
    net
}
