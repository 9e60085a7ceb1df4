//! The counterpart of `dlnotes/src/gemm/` with f64: matrix products by ndarray.

use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

use crate::real::Real;

/// A matrix in a slice, as in `dlnotes/src/gemm/`.
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

/// All of a result, as a `Block` in `dlnotes/src/gemm/`.
pub(crate) struct Block<'a> {
    out: &'a mut [Real],
    columns: usize,
}

impl Block<'_> {
    pub(crate) fn each_row(self, mut f: impl FnMut(&mut [Real], usize, Range<usize>)) {
        for (i, row) in self.out.chunks_mut(self.columns.max(1)).enumerate() {
            f(row, i * self.columns, 0..self.columns);
        }
    }
}

pub(crate) type Finish<'a> = &'a (dyn Fn(Block<'_>) + Sync);

/// A product that is to be written, as in `dlnotes/src/gemm/`.
pub(crate) struct Product<'a> {
    a: Mat<'a>,
    b: Mat<'a>,
    out: &'a mut [Real],
    finish: Option<Finish<'a>>,
}

impl<'a> Product<'a> {
    pub(crate) fn new(a: Mat<'a>, b: Mat<'a>, out: &'a mut [Real]) -> Self {
        Self { a, b, out, finish: None }
    }

    pub(crate) fn then(mut self, finish: Finish<'a>) -> Self {
        self.finish = Some(finish);
        self
    }
}

/// out ← A·B for each.
pub(crate) fn gemm<const N: usize>(products: [Product<'_>; N]) {
    for Product { a, b, out, finish } in products {
        let size = (a.0.nrows(), b.0.ncols());
        let mut result = ArrayViewMut2::from_shape(size, &mut *out).expect("size of a product");
        general_mat_mul(1.0, &a.0, &b.0, 0.0, &mut result);
        if let Some(finish) = finish {
            finish(Block { out, columns: size.1 });
        }
    }
}
