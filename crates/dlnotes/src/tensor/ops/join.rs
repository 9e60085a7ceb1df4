//! Several tensors as one, and chosen rows of one.

use std::borrow::Borrow;

use crate::tensor::error::{OrFail, fail};
use crate::tensor::graph::{self, Grads, one};
use crate::tensor::layout::{Dims, Layout, resolve_dim};
use crate::tensor::{Tensor, pool};

/// The tensors one after the other along `dim`; all other sizes must be equal.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = concat(&[Tensor::zeros([1, 2]), Tensor::ones([2, 2])], 0);
/// assert_eq!(x.to_vec(), [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
/// ```
///
/// # Panics
/// If there is no tensor, no such dimension, or the other sizes differ.
#[must_use]
#[track_caller]
pub fn concat(tensors: &[impl Borrow<Tensor>], dim: isize) -> Tensor {
    concat_listed(tensors.len(), &|i| tensors[i].borrow(), dim)
}

/// The tensors, all of one shape, along a new dimension `dim`.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(stack(&[Tensor::zeros([3]), Tensor::ones([3])], 0).shape(), [2, 3]);
/// ```
///
/// # Panics
/// If there is no tensor, or the shapes differ.
#[must_use]
#[track_caller]
pub fn stack(tensors: &[impl Borrow<Tensor>], dim: isize) -> Tensor {
    stack_listed(tensors.len(), &|i| tensors[i].borrow(), dim)
}

/// A tensor for each number; what holds it is the caller's affair.
type Get<'a, 'b> = &'b dyn Fn(usize) -> &'a Tensor;

#[track_caller]
fn concat_listed(count: usize, get: Get<'_, '_>, dim: isize) -> Tensor {
    concat_all("concat", &(0..count).map(get).collect::<Vec<_>>(), dim)
}

#[track_caller]
fn stack_listed(count: usize, get: Get<'_, '_>, dim: isize) -> Tensor {
    let tensors: Vec<&Tensor> = (0..count).map(get).collect();
    let first = tensors.first();
    if let Some(other) = tensors.iter().find(|t| Some(t.shape()) != first.map(|t| t.shape())) {
        fail("stack", format!("shapes {:?} and {:?} differ", first.expect("there is one").shape(), other.shape()));
    }
    let wider: Vec<Tensor> = tensors.iter().map(|t| t.unsqueeze(dim)).collect();
    concat_all("stack", &wider.iter().collect::<Vec<_>>(), dim)
}

#[track_caller]
fn concat_all(op: &'static str, tensors: &[&Tensor], dim: isize) -> Tensor {
    let Some(first) = tensors.first() else { fail(op, "no tensors: give at least one") };
    let axis = resolve_dim(op, dim, first.shape()).or_fail();
    let mut shape: Dims = first.shape().into();
    shape[axis] = 0;
    for t in tensors {
        let fits = t.rank() == shape.len() && (0..t.rank()).all(|d| d == axis || t.shape()[d] == shape[d]);
        if !fits {
            fail(op, format!("shapes {:?} and {:?} differ in more than dimension {axis}", first.shape(), t.shape()));
        }
        shape[axis] += t.shape()[axis];
    }
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let line = shape[axis] * inner;
    let mut out = pool::take(outer * line);
    let mut start = 0;
    for t in tensors {
        let width = t.shape()[axis] * inner;
        t.with_data(|data| {
            for o in 0..outer {
                out[o * line + start..][..width].copy_from_slice(&data[o * width..][..width]);
            }
        });
        start += width;
    }
    let y = Tensor::from_buffer(out, &shape);
    if !graph::tracks(tensors) {
        return y;
    }
    let sizes: Vec<usize> = tensors.iter().map(|t| t.shape()[axis]).collect();
    graph::record(op, tensors, y, &[], move |ctx, grad| {
        let mut start = 0;
        sizes
            .iter()
            .enumerate()
            .map(|(i, &size)| {
                let part = ctx.needs(i).then(|| grad.narrow(axis as isize, start, size));
                start += size;
                part
            })
            .collect::<Grads>()
    })
}

impl Tensor {
    /// The chosen elements along `dim`, in the order of `indices`, which may repeat.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 6.0, 1.0).reshape([3, 2]);
    /// assert_eq!(x.index_select(0, &[2, 0]).to_vec(), [4.0, 5.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension, or an index is out of range.
    #[must_use]
    #[track_caller]
    pub fn index_select(&self, dim: isize, indices: &[usize]) -> Self {
        let axis = resolve_dim("index_select", dim, self.shape()).or_fail();
        let size = self.shape()[axis];
        if let Some(bad) = indices.iter().find(|&&i| i >= size) {
            fail(
                "index_select",
                format!("index {bad} is out of range for dimension {axis} of shape {:?}", self.shape()),
            );
        }
        let mut shape: Dims = self.shape().into();
        shape[axis] = indices.len();
        let inner: usize = shape[axis + 1..].iter().product();
        let mut out = pool::take(shape.iter().product());
        if !out.is_empty() {
            self.with_data(|data| {
                let lines = out.chunks_exact_mut(indices.len() * inner).zip(data.chunks_exact(size * inner));
                for (out, data) in lines {
                    for (slot, &i) in out.chunks_exact_mut(inner).zip(indices) {
                        slot.copy_from_slice(&data[i * inner..][..inner]);
                    }
                }
            });
        }
        let y = Self::from_buffer(out, &shape);
        if !graph::tracks(&[self]) {
            return y;
        }
        let (whole, indices) = (triomphe::Arc::clone(&self.layout), indices.to_vec());
        graph::record("index_select", &[self], y, &[], move |_, grad| {
            one(Self::from_buffer(scatter(&grad, &whole, axis, &indices, inner), whole.shape()))
        })
    }
}

/// The gradient of a selection: what was chosen twice gets both gradients.
fn scatter(grad: &Tensor, whole: &Layout, axis: usize, indices: &[usize], inner: usize) -> Vec<crate::real::Real> {
    let mut out = pool::filled(whole.len(), 0.0);
    if grad.is_empty() {
        return out;
    }
    grad.with_data(|g| {
        let lines = out.chunks_exact_mut(whole.shape()[axis] * inner).zip(g.chunks_exact(indices.len() * inner));
        for (out, g) in lines {
            for (part, &i) in g.chunks_exact(inner).zip(indices) {
                for (o, &g) in out[i * inner..][..inner].iter_mut().zip(part) {
                    *o += g;
                }
            }
        }
    });
    out
}
