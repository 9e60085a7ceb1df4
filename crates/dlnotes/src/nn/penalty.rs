//! Penalties on weights (notes, 权重衰减).

use crate::tensor::Tensor;

/// ‖w‖₂² / 2, as a scalar; its derivative is w (notes, "L2范数").
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

/// ‖w‖₁ = Σ|wᵢ|, as a scalar; its derivative is the sign of w (notes, "L1范数").
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([3.0, -4.0]).requires_grad();
/// let penalty = l1_penalty(&w);
/// assert_eq!(penalty.item(), 7.0);
/// penalty.backward();
/// assert_eq!(w.grad().unwrap().to_vec(), [1.0, -1.0]);                 // the same pull on small weights as on large
/// ```
#[must_use]
pub fn l1_penalty(w: &Tensor) -> Tensor {
    w.norm_l1()
}
