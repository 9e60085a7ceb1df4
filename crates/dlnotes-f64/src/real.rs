//! The counterpart of `dlnotes/src/real.rs` with f64: what depends on the number type.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

/// The number type of every tensor here.
pub type Real = f64;

pub(crate) fn exp(x: Real) -> Real {
    x.exp()
}

pub(crate) fn tanh(x: Real) -> Real {
    x.tanh()
}

pub(crate) fn erf(x: Real) -> Real {
    libm::erf(x)
}

/// A matrix in a slice, as in `dlnotes/src/gemm.rs`.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a>(ArrayView2<'a, Real>);

impl<'a> Mat<'a> {
    pub(crate) fn new(data: &'a [Real], size: [usize; 2], strides: [usize; 2]) -> Self {
        Self(ArrayView2::from_shape(size.strides(strides), data).expect("a matrix must lie inside its buffer"))
    }
}

/// out ← A·B, or out ← out + A·B.
pub(crate) fn gemm(a: Mat<'_>, b: Mat<'_>, out: &mut [Real], add: bool) {
    let size = (a.0.nrows(), b.0.ncols());
    let mut out = ArrayViewMut2::from_shape(size, out).expect("size of a product");
    general_mat_mul(1.0, &a.0, &b.0, if add { 1.0 } else { 0.0 }, &mut out);
}
