//! Penalties on weights (notes, 权重衰减).

use crate::tensor::Tensor;

/// ‖w‖₂² / 2 as in the notes; its derivative is w.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([3.0, -4.0]).requires_grad();
/// l2_penalty(&w).backward();
/// assert_eq!(w.grad().unwrap().to_vec(), [3.0, -4.0]);
/// ```
#[must_use]
pub fn l2_penalty(w: &Tensor) -> Tensor {
    w.square().sum().div_scalar(2.0)
}

/// ‖w‖₁ = Σ|wᵢ|; its derivative is the sign of w.
#[must_use]
pub fn l1_penalty(w: &Tensor) -> Tensor {
    w.norm_l1()
}
