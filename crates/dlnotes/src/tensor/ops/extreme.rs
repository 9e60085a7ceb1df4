//! The largest and smallest elements, and where they are: over all elements or along dimensions.

use super::broadcast::combine;
use super::reduce::{all_dims, arranged, plan};
use crate::real::Real;
use crate::tensor::error::fail;
use crate::tensor::graph::{self, one};
use crate::tensor::index::Dim;
use crate::tensor::{Tensor, pool};

// Apart from the methods, which are compiled again for each kind of argument.

#[track_caller]
fn max_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    extreme("max", x, &dims, keepdim, |a, b| a > b)
}

#[track_caller]
fn min_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    extreme("min", x, &dims, keepdim, |a, b| a < b)
}

impl Tensor {
    /// The largest element, as a scalar. Where several are largest, the gradient is shared evenly. NaN wins.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([2.0, 7.0, 7.0]).requires_grad();
    /// let top = x.max();
    /// assert_eq!(top.item(), 7.0);
    /// top.backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.0, 0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[must_use]
    #[track_caller]
    pub fn max(&self) -> Self {
        self.max_dim(&all_dims(self)[..], false)
    }

    /// The smallest element, as a scalar. Where several are smallest, the gradient is shared evenly. NaN wins.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from([[2.0, 7.0], [-1.0, 3.0]]).min().item(), -1.0);
    /// assert!(Tensor::from([1.0, f32::NAN]).min().item().is_nan());   // a NaN does not get lost
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[must_use]
    #[track_caller]
    pub fn min(&self) -> Self {
        self.min_dim(&all_dims(self)[..], false)
    }

    /// The largest elements along `dim`, one dimension or several (PyTorch's `amax`); `keepdim` leaves sizes of 1 in
    /// their place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 9.0, 2.0], [8.0, 3.0, 4.0]]);
    /// assert_eq!(x.max_dim(1, false).to_vec(), [9.0, 8.0]);          // of each row
    /// assert_eq!(x.max_dim(0, true).shape(), [1, 3]);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist, is named twice, or is empty.
    #[must_use]
    #[track_caller]
    pub fn max_dim(&self, dim: impl Dim, keepdim: bool) -> Self {
        max_along(self, dim.dims(), keepdim)
    }

    /// The smallest elements along `dim`, one dimension or several (PyTorch's `amin`); `keepdim` leaves sizes of 1 in
    /// their place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 9.0, 2.0], [8.0, 3.0, 4.0]]);
    /// let (low, high) = (x.min_dim(0, true), x.max_dim(0, true));
    /// let scaled = (&x - &low) / (&high - &low);                     // each column into 0..1
    /// assert_eq!(scaled.to_vec(), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist, is named twice, or is empty.
    #[must_use]
    #[track_caller]
    pub fn min_dim(&self, dim: impl Dim, keepdim: bool) -> Self {
        min_along(self, dim.dims(), keepdim)
    }

    /// The row-major position of the (first) largest element. NaN counts as largest.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from([0.1, 0.7, 0.2]).argmax(), 1);
    /// assert_eq!(Tensor::from([[0.1, 0.2], [0.9, 0.9]]).argmax(), 2);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn argmax(&self) -> usize {
        not_empty("argmax", self, self.len());
        best_over(self, &(0..self.rank()).collect::<Vec<_>>(), |a, b| a > b).1[0]
    }

    /// The position of the (first) largest element along `dim`, as numbers in a tensor (exact below 2²⁴).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = Tensor::from_vec(vec![0.1, 0.9, 0.7, 0.2], [2, 2]);
    /// assert_eq!(scores.argmax_dim(1).to_vec(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension, or it is empty.
    #[must_use]
    #[track_caller]
    pub fn argmax_dim(&self, dim: isize) -> Self {
        let plan = plan("argmax", self, &[dim], false);
        not_empty("argmax", self, plan.count);
        let places = best_over(self, &plan.dims, |a, b| a > b).1;
        Self::from_buffer(places.into_iter().map(|p| p as Real).collect::<Vec<_>>(), &plan.result)
    }
}

/// The best element along `dims` by `better`, with its place in the reduced dimension. NaN is better than anything.
fn best_over(x: &Tensor, dims: &[usize], better: impl Fn(Real, Real) -> bool) -> (Vec<Real>, Vec<usize>) {
    let (x, [outer, reduced, inner]) = arranged(x, dims);
    let mut values = pool::take(outer * inner);
    let mut places = vec![0; outer * inner];
    x.with_data(|data| {
        for o in 0..outer {
            for i in 0..inner {
                let at = |r: usize| data[(o * reduced + r) * inner + i];
                let best = (1..reduced).fold(0, |best, r| {
                    let (a, b) = (at(r), at(best));
                    if !b.is_nan() && (a.is_nan() || better(a, b)) { r } else { best }
                });
                values[o * inner + i] = at(best);
                places[o * inner + i] = best;
            }
        }
    });
    (values, places)
}

#[track_caller]
fn not_empty(op: &'static str, x: &Tensor, count: usize) {
    if count == 0 {
        fail(op, format!("shape {:?} leaves nothing to choose from: an empty set has no extreme", x.shape()));
    }
}

#[track_caller]
fn extreme(
    name: &'static str,
    x: &Tensor,
    dims: &[isize],
    keepdim: bool,
    better: impl Fn(Real, Real) -> bool,
) -> Tensor {
    let plan = plan(name, x, dims, keepdim);
    not_empty(name, x, plan.count);
    let y = Tensor::from_buffer(best_over(x, &plan.dims, better).0, &plan.result);
    if !graph::tracks(&[x]) {
        return y;
    }
    let best = y.detach();
    graph::record(name, &[x], y, &[x, &best], move |ctx, grad| {
        let x = ctx.saved(0);
        let ties = combine(name, x, &ctx.saved(1).reshape(&plan.kept[..]), |x, best| {
            if x == best || (x.is_nan() && best.is_nan()) { 1.0 } else { 0.0 }
        });
        let share = grad.reshape(&plan.kept[..]).div(&ties.sum_dim(&plan.dims[..], true));
        one(ties.mul(&share))
    })
}
