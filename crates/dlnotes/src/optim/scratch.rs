//! Stochastic gradient descent as the notes write it by hand.

use std::borrow::Borrow;

use super::group::{checked, tensors};
use crate::Real;
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// θ ← θ − lr · grad / batch_size, then forgets the gradients (notes, 权重衰减, from scratch).
///
/// The gradients are those of a sum over the batch; dividing by its size makes the rate independent of it.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([1.0, 2.0]).requires_grad();
/// w.square().sum().backward();
/// sgd([&w], 0.1, 2);
/// assert_eq!(w.to_vec(), [0.9, 1.8]);
/// assert!(w.grad().is_none());
/// ```
///
/// # Panics
/// If a parameter has no gradient, `lr` is negative or not finite, or `batch_size` is 0.
#[track_caller]
pub fn sgd(params: impl IntoIterator<Item: Borrow<Tensor>>, lr: Real, batch_size: usize) {
    let mut params = params.into_iter();
    step(&mut || params.next().map(|p| p.borrow().clone()), lr, batch_size);
}

#[track_caller]
fn step(next: &mut dyn FnMut() -> Option<Tensor>, lr: Real, batch_size: usize) {
    let lr = checked("the learning rate", lr);
    if batch_size == 0 {
        fail("sgd", "the batch size is 0: it must be at least 1");
    }
    let params = tensors(next);
    let mut grads = Vec::new();
    for param in &params {
        let Some(grad) = param.grad() else {
            fail("sgd", format!("a parameter of shape {:?} has no gradient: call backward first", param.shape()));
        };
        grads.push(grad);
    }
    // All of it without recording: no interrupt comes between two parameters.
    no_grad(|| {
        for (param, grad) in params.iter().zip(&grads) {
            param.add_scaled_(grad, -lr / batch_size as Real);
            param.zero_grad();
        }
    });
}
