//! Parts of a tensor: by index, by range, by step; views of the same storage.

use crate::tensor::error::{OrFail, fail};
use crate::tensor::graph::{self, one};
use crate::tensor::index::{IndexArg, Indices};
use crate::tensor::layout::{Dims, Layout, resolve_dim};
use crate::tensor::{Tensor, pool};

impl Tensor {
    /// Part of the tensor, by one index or range for each dimension from the left; the rest is kept whole. A range
    /// keeps its dimension, a number drops it; negative numbers count from the end. Shares the storage.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 12.0, 1.0).reshape([3, 4]);
    /// assert_eq!(x.i((.., 1)).to_vec(), [1.0, 5.0, 9.0]);        // a column
    /// assert_eq!(x.i((..2, ..2)).shape(), [2, 2]);               // Python: x[:2, :2]
    /// assert_eq!(x.i(-1).to_vec(), [8.0, 9.0, 10.0, 11.0]);      // the last row
    /// ```
    ///
    /// # Panics
    /// If there are more indices than dimensions, or one is out of range.
    #[must_use]
    #[track_caller]
    pub fn i(&self, index: impl Indices) -> Self {
        at(self, index.indices())
    }

    /// `length` elements along `dim`, from `start` on, as a view: what is left of `[…, size, …]` is `[…, length, …]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 10.0, 1.0).reshape([5, 2]);
    /// assert_eq!(x.narrow(0, 1, 2).to_vec(), [2.0, 3.0, 4.0, 5.0]);     // rows 1 and 2
    /// ```
    ///
    /// # Panics
    /// If the range does not lie inside the dimension.
    #[must_use]
    #[track_caller]
    pub fn narrow(&self, dim: isize, start: usize, length: usize) -> Self {
        let d = resolve_dim("narrow", dim, self.shape()).or_fail();
        let index = IndexArg::from(start..start.saturating_add(length));
        IndexArg::apply("narrow", &[index], d, &self.layout).or_fail();
        part("narrow", self, move |whole| IndexArg::apply("narrow", &[index], d, whole).expect("checked above"))
    }

    /// Every `step`-th element along `dim`, the first one included, as a view (Python: `x[::step]`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 6.0, 1.0);
    /// assert_eq!(x.every(0, 2).to_vec(), [0.0, 2.0, 4.0]);
    /// assert_eq!(x.i(1..).every(0, 2).to_vec(), [1.0, 3.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If `step` is 0 or there is no such dimension.
    #[must_use]
    #[track_caller]
    pub fn every(&self, dim: isize, step: usize) -> Self {
        if step == 0 {
            fail("every", "a step of 0 never moves on: use 1 or more");
        }
        let d = resolve_dim("every", dim, self.shape()).or_fail();
        part("every", self, move |whole| {
            let (mut shape, mut strides): (Dims, Dims) = (whole.shape().into(), whole.strides().into());
            shape[d] = shape[d].div_ceil(step);
            strides[d] *= step;
            Layout::view(shape, strides, whole.offset())
        })
    }
}

/// A view of some of the elements; the others get gradient 0.
#[track_caller]
fn at(x: &Tensor, indices: Vec<IndexArg>) -> Tensor {
    if indices.len() > x.rank() {
        let given = if indices.len() == 1 { "1 index".into() } else { format!("{} indices", indices.len()) };
        fail("i", format!("{given} for shape {:?}: at most one for each dimension", x.shape()));
    }
    IndexArg::apply("i", &indices, 0, &x.layout).or_fail();
    part("i", x, move |whole| IndexArg::apply("i", &indices, 0, whole).expect("checked above"))
}

fn part(name: &'static str, x: &Tensor, select: impl Fn(&Layout) -> Layout + Send + Sync + 'static) -> Tensor {
    let y = x.view(select(&x.layout));
    if !graph::tracks(&[x]) {
        return y;
    }
    graph::record(name, &[x], y, &[], move |ctx, grad| {
        let whole = Layout::contiguous(ctx.shape(0));
        // The gradient is row-major, whatever x was: the same selection there.
        let mut out = pool::filled(whole.len(), 0.0);
        grad.with_data(|g| {
            let mut values = g.iter();
            select(&whole)
                .for_each_position(|p| out[p] = *values.next().expect("as many gradients as elements chosen"));
        });
        one(Tensor::from_buffer(out, whole.shape()))
    })
}
