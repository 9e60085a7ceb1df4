//! Linear data with noise (notes, 权重衰减).

use crate::Real;
use crate::tensor::Tensor;

/// X with entries from N(0, 1) and y = X·w + b + ε, ε from N(0, 0.01²), for `n` samples: X is `[n, len of w]`, y `[n, 1]`.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, y) = synthetic_data(&(Tensor::ones([200, 1]) * 0.01), 0.05, 20);
/// assert_eq!((x.shape(), y.shape()), (&[20, 200][..], &[20, 1][..]));
/// ```
#[must_use]
pub fn synthetic_data(w: &Tensor, b: Real, n: usize) -> (Tensor, Tensor) {
    let w = w.detach().reshape([w.len(), 1]);
    let x = Tensor::randn([n, w.len()]);
    let y = x.matmul(&w) + b + Tensor::normal(0.0, 0.01, [n, 1]);
    (x, y)
}
