//! Changes in place: names end in `_`, as in PyTorch. Each one counts up the version of the storage.
//!
//! They take `&self`, for a tensor is a handle: every view of the storage sees the change. None of them is recorded, so
//! a tensor that is being recorded can't be changed, except a leaf under [`no_grad`](crate::tensor::no_grad). Nor can a
//! view in which several elements stand in one place.

use super::broadcast::stretched;
use crate::real::Real;
use crate::tensor::error::{OrFail, fail};
use crate::tensor::grad_mode;
use crate::tensor::index::IndexArg;
use crate::tensor::layout::broadcast_shape;
use crate::tensor::{Tensor, kernels};

/// Whether `x` may be changed now.
#[track_caller]
fn check(op: &'static str, x: &Tensor) {
    if x.layout.overlaps() {
        fail(
            op,
            format!(
                "several elements of this tensor of shape {:?} share one number in memory (broadcast_to made it), so that \
                 one change would count several times: change the tensor before broadcasting it, or a copy \
                 (.clone_data())",
                x.shape()
            ),
        );
    }
    if x.node.is_none() || !grad_mode::is_enabled() {
        return;
    }
    if x.is_leaf() {
        fail(
            op,
            "a leaf that requires grad can't be changed in place while operations are recorded: use no_grad(|| …)",
        );
    }
    fail(
        op,
        "the change would not be recorded, and the gradient be wrong: compute a new tensor (`let y = &y + …`), \
         or change y.detach()",
    );
}

/// Changes every element of `x`, which may be a strided view.
#[track_caller]
fn edit(op: &'static str, x: &Tensor, f: impl Fn(Real) -> Real + Sync) {
    check(op, x);
    x.storage.edit(|data| {
        if x.layout.is_contiguous() {
            kernels::map_in_place(&mut data[x.layout.range()], f);
        } else {
            x.layout.for_each_position(|p| data[p] = f(data[p]));
        }
    });
}

/// Combines `x` with `other`, broadcast to its shape.
#[track_caller]
fn edit_with(op: &'static str, x: &Tensor, other: &Tensor, f: impl Fn(Real, Real) -> Real + Sync) {
    let other = source(op, x, other);
    let done = x.storage.edit_with(&other.storage, |data, source| {
        let source = &source[other.layout.range()];
        if x.layout.is_contiguous() {
            return kernels::zip_in_place(&mut data[x.layout.range()], source, f);
        }
        let mut values = source.iter();
        x.layout.for_each_position(|p| data[p] = f(data[p], *values.next().expect("same shape")));
    });
    done.expect(COPIED);
}

const COPIED: &str = "the source was copied if it shared the storage";

/// What `x` is to be combined with, if it may be: in the shape of `x`, in row-major order, in a storage of its own.
#[track_caller]
fn source(op: &'static str, x: &Tensor, other: &Tensor) -> Tensor {
    check(op, x);
    if other.node.is_some() && grad_mode::is_enabled() {
        fail(op, "the right side is recorded, but a change in place is not: use other.detach() or no_grad(|| …)");
    }
    let fits = broadcast_shape(op, x.shape(), other.shape()).or_fail();
    if fits[..] != *x.shape() {
        fail(op, format!("shape {:?} can't be changed in place by shape {:?}", x.shape(), other.shape()));
    }
    let mut other = stretched(other, x.shape()).packed();
    if other.shares_storage(x) {
        other = other.clone_data();
    }
    other
}

impl Tensor {
    /// [`update_with_`](Self::update_with_) for this crate's own steps, with the widest SIMD.
    #[track_caller]
    pub(crate) fn step_with_(&self, other: &Self, f: impl Fn(Real, Real) -> Real + Sync) {
        edit_with("update_with_", self, other, f);
    }

    /// Sets every element to `value`, in every view of the storage.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 2]);
    /// x.i(0).fill_(7.0);                                // a view of the first row
    /// assert_eq!(x.to_vec(), [7.0, 7.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If this tensor is recorded (see [`no_grad`](crate::tensor::no_grad)), or several of its elements share one number
    /// in memory ([`broadcast_to`](Tensor::broadcast_to)); as do all changes in place.
    #[track_caller]
    pub fn fill_(&self, value: Real) {
        edit("fill_", self, |_| value);
    }

    /// Sets every element to 0 (notes, 1.7: `x.grad.data.zero_()`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]).requires_grad();
    /// x.square().sum().backward();
    /// x.grad().unwrap().zero_();                        // the gradient's own memory
    /// x.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If this tensor is recorded.
    #[track_caller]
    pub fn zero_(&self) {
        edit("zero_", self, |_| 0.0);
    }

    /// self ← self + other, `other` broadcast.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let count = Tensor::zeros([2]);
    /// for batch in [[1.0, 0.0], [1.0, 1.0]] {
    ///     count.add_(&Tensor::from(batch));
    /// }
    /// assert_eq!(count.to_vec(), [2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn add_(&self, other: &Self) {
        edit_with("add_", self, other, |a, b| a + b);
    }

    /// self ← self − other, `other` broadcast.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0, 2.0]).requires_grad();
    /// w.square().sum().backward();
    /// no_grad(|| w.sub_(&(w.grad().unwrap() * 0.5)));   // a leaf is changed off the record
    /// assert_eq!(w.to_vec(), [0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn sub_(&self, other: &Self) {
        edit_with("sub_", self, other, |a, b| a - b);
    }

    /// self ← self · other, element by element, `other` broadcast.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// x.mul_(&Tensor::from([10.0, 1.0]));
    /// assert_eq!(x.to_vec(), [10.0, 2.0, 30.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn mul_(&self, other: &Self) {
        edit_with("mul_", self, other, |a, b| a * b);
    }

    /// self ← self / other, element by element, `other` broadcast.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let rows = Tensor::from([[3.0, 1.0], [5.0, 5.0]]);
    /// rows.div_(&rows.sum_dim(1, true));
    /// assert_eq!(rows.to_vec(), [0.75, 0.25, 0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn div_(&self, other: &Self) {
        edit_with("div_", self, other, |a, b| a / b);
    }

    /// self ← self + scale · other, `other` broadcast: a step of gradient descent is `w.add_scaled_(&grad, -lr)`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0, -1.0]);
    /// let grad = Tensor::from([4.0, 8.0]);
    /// w.add_scaled_(&grad, -0.25);
    /// assert_eq!(w.to_vec(), [0.0, -3.0]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn add_scaled_(&self, other: &Self, scale: Real) {
        edit_with("add_scaled_", self, other, |a, b| a + scale * b);
    }

    /// selfᵢ ← f(selfᵢ, otherᵢ): an optimizer's step in one pass over memory.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let v = Tensor::ones([2]);
    /// v.update_with_(&Tensor::from([1.0, 2.0]), |v, g| 0.5 * v + g);
    /// assert_eq!(v.to_vec(), [1.5, 2.5]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn update_with_(&self, other: &Self, f: impl Fn(Real, Real) -> Real + Sync) {
        update(self, other, &|out, source| {
            for i in 0..out.len().min(source.len()) {
                out[i] = f(out[i], source[i]);
            }
        });
    }

    /// self ← scale · self.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([2.0, 4.0]);
    /// w.scale_(1.0 - 0.5 * 0.5);                        // weight decay: 1 − ηλ
    /// assert_eq!(w.to_vec(), [1.5, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If this tensor is recorded.
    #[track_caller]
    pub fn scale_(&self, scale: Real) {
        edit("scale_", self, |x| x * scale);
    }

    /// self ← other, broadcast: values move, the storage and whoever looks at it stay.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::zeros([2, 2]);
    /// let view = w.i(1);
    /// w.copy_(&Tensor::from([1.0, 2.0]));
    /// assert_eq!(w.to_vec(), [1.0, 2.0, 1.0, 2.0]);
    /// assert_eq!(view.to_vec(), [1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If one of both is recorded, or the shapes don't fit.
    #[track_caller]
    pub fn copy_(&self, other: &Self) {
        edit_with("copy_", self, other, |_, b| b);
    }

    /// Sets one element.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 2]);
    /// x.set([0, 1], 5.0);
    /// assert_eq!(x.to_vec(), [0.0, 5.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If this tensor is recorded, or the index does not name one element.
    #[track_caller]
    pub fn set(&self, index: impl AsRef<[isize]>, value: Real) {
        set(self, index.as_ref(), value);
    }
}

/// [`Tensor::update_with_`] by stretches of elements: what a notebook's cell compiles of it is the loop over one of them.
#[track_caller]
fn update(x: &Tensor, other: &Tensor, run: &(dyn Fn(&mut [Real], &[Real]) + Sync)) {
    let other = source("update_with_", x, other);
    let done = x.storage.edit_with(&other.storage, |data, source| {
        let source = &source[other.layout.range()];
        if x.layout.is_contiguous() {
            return kernels::in_parts(&mut data[x.layout.range()], source, run);
        }
        let mut values = source.chunks_exact(1);
        x.layout.for_each_position(|p| run(&mut data[p..=p], values.next().expect("same shape")));
    });
    done.expect(COPIED);
}

#[track_caller]
fn set(x: &Tensor, index: &[isize], value: Real) {
    if index.len() != x.rank() {
        let indices = if index.len() == 1 { "1 index".into() } else { format!("{} indices", index.len()) };
        fail("set", format!("{indices} for shape {:?}: one for each dimension", x.shape()));
    }
    let index: Vec<IndexArg> = index.iter().map(|&i| IndexArg::At(i)).collect();
    let element = IndexArg::apply("set", &index, 0, &x.layout).or_fail();
    check("set", x);
    x.storage.edit(|data| data[element.offset()] = value);
}
