//! The operations, a file per family: forward and derivative side by side.
//!
//! To add one, see `docs/adding-an-op.md`: compute the value, return it where [`tracks`](super::graph::tracks) says no,
//! else [`record`](super::graph::record) it with what the derivative reads.

pub(crate) mod activation;
mod arithmetic;
mod batch_norm;
mod broadcast;
pub(super) mod compare;
pub(super) mod dropout;
mod elementwise;
mod extreme;
mod in_place;
pub(super) mod join;
mod linear;
mod loss;
mod matmul;
mod norm;
mod operators;
mod part;
mod reduce;
mod scalar;
mod softmax;
mod view;

use triomphe::Arc;

use super::graph::{self, one};
use super::{Tensor, kernels};
use crate::real::Real;

/// Which value an element-wise derivative reads.
enum Keep {
    Input,
    Output,
}

impl Tensor {
    /// f of every element, off the record.
    pub(super) fn apply(&self, f: impl Fn(Real) -> Real + Sync) -> Self {
        Self::new(self.with_data(|data| kernels::map(data, f)), self.result_layout())
    }

    /// f of every element of a tensor that is no longer needed: in place where nobody else holds its storage.
    pub(super) fn apply_once(mut self, f: impl Fn(Real) -> Real + Sync) -> Self {
        let range = self.layout.range();
        match Arc::get_mut(&mut self.storage) {
            Some(storage) if self.layout.is_contiguous() => {
                kernels::map_in_place(&mut storage.exclusive()[range], f);
                *self.node = None;
                self
            }
            _ => self.apply(f),
        }
    }

    /// f of every pair of elements of two tensors of one shape, off the record; in place as [`apply_once`].
    pub(super) fn apply_with(mut self, other: &Self, f: impl Fn(Real, Real) -> Real + Sync) -> Self {
        debug_assert_eq!(self.shape(), other.shape());
        let range = self.layout.range();
        match Arc::get_mut(&mut self.storage) {
            Some(storage) if self.layout.is_contiguous() => {
                other.with_data(|b| kernels::zip_in_place(&mut storage.exclusive()[range], b, f));
                *self.node = None;
                self
            }
            _ => Self::new(self.with_both(other, |a, b| kernels::zip(a, b, f)), self.result_layout()),
        }
    }

    /// The sum of two gradients.
    pub(super) fn accumulate(self, other: Self) -> Self {
        self.apply_with(&other, |a, b| a + b)
    }
}

/// An element-wise operation on one tensor: y = f(x), and dx = d(dy, kept).
fn elementwise(
    name: &'static str,
    x: &Tensor,
    f: impl Fn(Real) -> Real + Sync,
    keep: Keep,
    d: impl Fn(Real, Real) -> Real + Send + Sync + 'static,
) -> Tensor {
    let y = x.apply(f);
    if !graph::tracks(&[x]) {
        return y;
    }
    let kept = match keep {
        Keep::Input => x.detach(),
        Keep::Output => y.detach(),
    };
    graph::record(name, &[x], y, &[&kept], move |ctx, grad| one(grad.apply_with(ctx.saved(0), &d)))
}
