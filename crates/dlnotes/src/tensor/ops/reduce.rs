//! Sums, means, variances: over all elements or along dimensions.

use smallvec::SmallVec;

use crate::real::Real;
use crate::tensor::error::{OrFail, fail};
use crate::tensor::graph::{self, one};
use crate::tensor::index::Dim;
use crate::tensor::layout::{Dims, Layout, resolve_dim};
use crate::tensor::{Tensor, kernels, pool};

/// Which dimensions go, and what the shape is afterwards.
pub(super) struct Plan {
    pub(super) dims: Vec<usize>,
    /// With sizes of 1 where dimensions were reduced.
    pub(super) kept: Dims,
    pub(super) result: Dims,
    /// How many elements become one.
    pub(super) count: usize,
}

#[track_caller]
pub(super) fn plan(op: &'static str, x: &Tensor, dims: &[isize], keepdim: bool) -> Plan {
    let reduced: Result<Vec<usize>, _> = dims.iter().map(|&d| resolve_dim(op, d, x.shape())).collect();
    // Not inside the closure: the panic would name this file instead of the caller's.
    let mut reduced = reduced.or_fail();
    reduced.sort_unstable();
    if reduced.windows(2).any(|w| w[0] == w[1]) {
        fail(op, format!("dimensions {dims:?} name one of shape {:?} twice", x.shape()));
    }
    let mut kept: Dims = x.shape().into();
    let mut count = 1;
    for &d in &reduced {
        count *= kept[d];
        kept[d] = 1;
    }
    let result = if keepdim {
        kept.clone()
    } else {
        (0..x.rank()).filter(|d| !reduced.contains(d)).map(|d| x.shape()[d]).collect()
    };
    Plan { dims: reduced, kept, result, count }
}

/// The elements as [outer, reduced, inner] in row-major order: without moving any where the reduced dimensions lie
/// side by side.
pub(super) fn arranged(x: &Tensor, dims: &[usize]) -> (Tensor, [usize; 3]) {
    let product = |sizes: &[usize]| sizes.iter().product::<usize>();
    let shape = x.shape();
    if dims.is_empty() {
        return (x.packed(), [x.len(), 1, 1]);
    }
    let (first, last) = (dims[0], dims[dims.len() - 1]);
    if last - first + 1 == dims.len() {
        return (x.packed(), [product(&shape[..first]), product(&shape[first..=last]), product(&shape[last + 1..])]);
    }
    let order: SmallVec<[usize; 4]> = (0..x.rank()).filter(|d| !dims.contains(d)).chain(dims.iter().copied()).collect();
    let pick = |values: &[usize]| order.iter().map(|&d| values[d]).collect::<Dims>();
    let moved = x.view(Layout::view(pick(shape), pick(x.layout.strides()), x.layout.offset())).packed();
    let outer = product(&moved.shape()[..x.rank() - dims.len()]);
    let reduced = product(&moved.shape()[x.rank() - dims.len()..]);
    (moved, [outer, reduced, 1])
}

/// Sums over `dims` (sorted), as a row-major buffer of the other dimensions.
pub(super) fn sum_over(x: &Tensor, dims: &[usize]) -> Vec<Real> {
    let (x, [outer, reduced, inner]) = arranged(x, dims);
    let mut out = pool::filled(outer * inner, 0.0);
    x.with_data(|data| {
        if inner == 1 {
            for (o, line) in out.iter_mut().zip(data.chunks_exact(reduced.max(1))) {
                *o = kernels::sum(line);
            }
        } else if reduced > 0 {
            for (o, block) in out.chunks_exact_mut(inner.max(1)).zip(data.chunks_exact(reduced * inner.max(1))) {
                kernels::sum_rows(block, o);
            }
        }
    });
    out
}

pub(super) fn all_dims(x: &Tensor) -> Vec<isize> {
    (0..x.rank() as isize).collect()
}

/// Σ x over dims, and the derivative: the gradient, stretched, times `scale`.
#[track_caller]
fn sum_scaled(name: &'static str, x: &Tensor, plan: Plan, scale: Real) -> Tensor {
    let mut values = sum_over(x, &plan.dims);
    if scale != 1.0 {
        kernels::map_in_place(&mut values, |v| v * scale);
    }
    let y = Tensor::from_buffer(values, &plan.result);
    if !graph::tracks(&[x]) {
        return y;
    }
    let kept = plan.kept;
    graph::record(name, &[x], y, &[], move |ctx, grad| {
        let shape = ctx.shape(0);
        if grad.len() == 1 {
            let value = grad.item() * scale;
            return one(Tensor::from_buffer(pool::filled(shape.iter().product(), value), shape));
        }
        let grad = if scale == 1.0 { grad } else { grad.apply_once(|g| g * scale) };
        one(grad.reshape(&kept[..]).broadcast_to(shape))
    })
}

// Apart from the methods, which are compiled again for each kind of argument.

#[track_caller]
fn sum_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    sum_scaled("sum", x, plan("sum", x, &dims, keepdim), 1.0)
}

#[track_caller]
fn mean_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    let plan = plan("mean", x, &dims, keepdim);
    let scale = 1.0 / plan.count as Real;
    sum_scaled("mean", x, plan, scale)
}

#[track_caller]
fn var_along(x: &Tensor, dims: Vec<isize>, correction: usize, keepdim: bool) -> Tensor {
    let plan = plan("var", x, &dims, keepdim);
    // Composed of recorded operations: the mean first, so that large means don't cancel.
    let centred = x.sub(&x.mean_dim(&dims[..], true));
    let n = plan.count.saturating_sub(correction);
    let scale = if n == 0 { Real::NAN } else { 1.0 / n as Real };
    sum_scaled("var", &centred.square(), plan, scale)
}

impl Tensor {
    /// The sum of all elements, as a scalar; the derivative is 1 everywhere.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).requires_grad();
    /// let total = x.sum();
    /// assert_eq!(total.item(), 10.0);
    /// total.backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [1.0, 1.0, 1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn sum(&self) -> Self {
        self.sum_dim(&all_dims(self)[..], false)
    }

    /// Sums along `dim` (one dimension, or several as an array); `keepdim` leaves sizes of 1 in their place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]);
    /// assert_eq!(x.sum_dim(0, false).to_vec(), [3.0, 5.0, 7.0]);
    /// assert_eq!(x.sum_dim(-1, true).shape(), [2, 1]);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice; as do all reductions here.
    #[must_use]
    #[track_caller]
    pub fn sum_dim(&self, dim: impl Dim, keepdim: bool) -> Self {
        sum_along(self, dim.dims(), keepdim)
    }

    /// The mean of all n elements, as a scalar; the derivative is 1/n everywhere. NaN for an empty tensor.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0, 3.0, 6.0]).requires_grad();
    /// let mean = x.mean();
    /// assert_eq!(mean.item(), 3.0);
    /// mean.backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.25, 0.25, 0.25, 0.25]);
    /// ```
    #[must_use]
    pub fn mean(&self) -> Self {
        self.mean_dim(&all_dims(self)[..], false)
    }

    /// Means along `dim` (one dimension, or several as an array); `keepdim` leaves sizes of 1 in their place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 6.0]]);
    /// assert_eq!(x.mean_dim(0, false).to_vec(), [2.0, 4.0]);        // over the samples
    /// assert_eq!(x.mean_dim(1, true).shape(), [2, 1]);
    /// assert_eq!(x.mean_dim([0, 1], false).item(), x.mean().item());
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[must_use]
    #[track_caller]
    pub fn mean_dim(&self, dim: impl Dim, keepdim: bool) -> Self {
        mean_along(self, dim.dims(), keepdim)
    }

    /// The variance of all elements, as a scalar: Σ(x − mean)² / (n − 1), as PyTorch's default (Bessel's correction).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0, 3.0, 4.0, 5.0]);
    /// assert_eq!(x.var().item(), 10.0 / 4.0);
    /// ```
    #[must_use]
    pub fn var(&self) -> Self {
        self.var_dim(&all_dims(self)[..], 1, false)
    }

    /// Variances along `dim`: Σ(x − mean)² / (n − `correction`); correction 1 is the unbiased estimate, 0 the variance
    /// of the elements themselves. NaN where n ≤ correction.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from_vec(vec![1.0, 3.0], [2]);
    /// assert_eq!(x.var().item(), 2.0);
    /// assert_eq!(x.var_dim(0, 0, false).item(), 1.0);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[must_use]
    #[track_caller]
    pub fn var_dim(&self, dim: impl Dim, correction: usize, keepdim: bool) -> Self {
        var_along(self, dim.dims(), correction, keepdim)
    }

    /// The standard deviation of all elements, as a scalar: the square root of the [`var`](Self::var)iance.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 3.0, 5.0]);
    /// assert_eq!(x.std().item(), 2.0);
    /// ```
    #[must_use]
    pub fn std(&self) -> Self {
        self.var().sqrt()
    }
}
