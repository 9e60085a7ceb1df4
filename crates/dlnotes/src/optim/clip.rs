//! Limits on gradients (notes, 梯度裁剪).

use std::borrow::Borrow;

use super::group::tensors;
use crate::Real;
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// g ← min(1, θ/(‖g‖ + 1e-6))·g with ‖g‖ the norm of all gradients together; returns the norm before.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::zeros([2]).requires_grad();
/// (&w * Tensor::from([3.0, 4.0])).sum().backward();
/// assert_eq!(clip_grad_norm([&w], 1.0), 5.0);
/// assert!((w.grad().unwrap().norm().item() - 1.0).abs() < 1e-5);
/// ```
///
/// # Panics
/// If the limit is not above 0.
#[track_caller]
pub fn clip_grad_norm(params: impl IntoIterator<Item: Borrow<Tensor>>, limit: Real) -> Real {
    let mut params = params.into_iter();
    clip_norm(&mut || params.next().map(|p| p.borrow().clone()), limit)
}

#[track_caller]
fn clip_norm(next: &mut dyn FnMut() -> Option<Tensor>, limit: Real) -> Real {
    check("clip_grad_norm", limit);
    let grads: Vec<Tensor> = tensors(next).iter().filter_map(Tensor::grad).collect();
    let squares = grads.iter().map(|g| f64::from(g.norm().item()).powi(2));
    let norm = squares.sum::<f64>().sqrt() as Real;
    let factor = limit / (norm + 1e-6);
    if factor < 1.0 {
        no_grad(|| grads.iter().for_each(|g| g.scale_(factor)));
    }
    norm
}

/// g ← g limited to −θ..=θ, element by element.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::zeros([3]).requires_grad();
/// (&w * Tensor::from([0.5, -7.0, 100.0])).sum().backward();
/// clip_grad_value([&w], 1.0);
/// assert_eq!(w.grad().unwrap().to_vec(), [0.5, -1.0, 1.0]);            // the direction changes, too
/// ```
///
/// # Panics
/// If the limit is not above 0.
#[track_caller]
pub fn clip_grad_value(params: impl IntoIterator<Item: Borrow<Tensor>>, limit: Real) {
    let mut params = params.into_iter();
    clip_value(&mut || params.next().map(|p| p.borrow().clone()), limit);
}

#[track_caller]
fn clip_value(next: &mut dyn FnMut() -> Option<Tensor>, limit: Real) {
    check("clip_grad_value", limit);
    for grad in tensors(next).iter().filter_map(Tensor::grad) {
        no_grad(|| grad.copy_(&grad.clamp(-limit, limit)));
    }
}

#[track_caller]
fn check(op: &'static str, limit: Real) {
    if limit.is_nan() || limit <= 0.0 {
        fail(op, format!("the limit is {limit}: it must be above 0"));
    }
}
