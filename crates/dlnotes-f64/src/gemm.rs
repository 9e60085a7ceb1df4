//! The counterpart of `dlnotes/src/gemm.rs` with f64: matrix products by ndarray.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

use crate::real::Real;

/// A matrix in a slice, as in `dlnotes/src/gemm.rs`.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a>(ArrayView2<'a, Real>);

impl<'a> Mat<'a> {
    pub(crate) fn new(data: &'a [Real], size: [usize; 2], strides: [usize; 2]) -> Self {
        Self(ArrayView2::from_shape(size.strides(strides), data).expect("a matrix must lie inside its buffer"))
    }

    pub(crate) fn t(self) -> Self {
        Self(self.0.reversed_axes())
    }
}

/// A product that is to be written, as in `dlnotes/src/gemm.rs`.
pub(crate) struct Product<'a>(Mat<'a>, Mat<'a>, ArrayViewMut2<'a, Real>);

impl<'a> Product<'a> {
    pub(crate) fn new(a: Mat<'a>, b: Mat<'a>, out: &'a mut [Real]) -> Self {
        let size = (a.0.nrows(), b.0.ncols());
        Self(a, b, ArrayViewMut2::from_shape(size, out).expect("size of a product"))
    }
}

/// out ← A·B for each.
pub(crate) fn gemm<const N: usize>(products: [Product<'_>; N]) {
    for Product(a, b, mut out) in products {
        general_mat_mul(1.0, &a.0, &b.0, 0.0, &mut out);
    }
}
