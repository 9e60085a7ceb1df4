//! Sums, means, variances: over all elements or along dimensions.

use smallvec::SmallVec;

use super::broadcast::combine;
use crate::real::Real;
use crate::tensor::error::{OrFail, fail};
use crate::tensor::graph::{self, one};
use crate::tensor::index::Dim;
use crate::tensor::layout::{Dims, Layout, resolve_dim};
use crate::tensor::{Tensor, kernels, moments, pool};

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

/// Records `y`, the sums of `x` over `plan` divided by `divisor`; the derivative is the gradient, stretched, over the same.
fn record_sum(name: &'static str, x: &Tensor, plan: Plan, y: Tensor, divisor: Real) -> Tensor {
    if !graph::tracks(&[x]) {
        return y;
    }
    let kept = plan.kept;
    graph::record(name, &[x], y, &[], move |ctx, grad| {
        let shape = ctx.shape(0);
        if grad.len() == 1 {
            let value = grad.item() / divisor;
            return one(Tensor::from_buffer(pool::filled(shape.iter().product(), value), shape));
        }
        let grad = if divisor == 1.0 { grad } else { grad.apply_once(|g| g / divisor) };
        one(grad.reshape(&kept[..]).broadcast_to(shape))
    })
}

// Apart from the methods, which are compiled again for each kind of argument; `dims` are taken, so that the methods have
// nothing to drop.

#[track_caller]
fn sum_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    let plan = plan("sum", x, &dims, keepdim);
    let y = Tensor::from_buffer(sum_over(x, &plan.dims), &plan.result);
    record_sum("sum", x, plan, y, 1.0)
}

#[track_caller]
fn mean_along(x: &Tensor, dims: Vec<isize>, keepdim: bool) -> Tensor {
    let plan = plan("mean", x, &dims, keepdim);
    let (lines, sizes) = arranged(x, &plan.dims);
    let means = lines.with_data(|data| moments::means(data, sizes));
    let y = Tensor::from_buffer(means.into_iter().map(|mean| mean as Real).collect::<Vec<_>>(), &plan.result);
    let count = plan.count as Real;
    record_sum("mean", x, plan, y, count)
}

/// Variances over dims, or standard deviations: in two passes, so that a large mean cancels nothing.
#[track_caller]
fn spread(name: &'static str, x: &Tensor, dims: Vec<isize>, correction: usize, keepdim: bool) -> Tensor {
    let is_std = name == "std";
    let plan = plan(name, x, &dims, keepdim);
    let (lines, sizes) = arranged(x, &plan.dims);
    let n = plan.count.saturating_sub(correction) as f64;
    let (means, variances) = lines.with_data(|data| {
        let means = moments::means(data, sizes);
        let squares = moments::squares(data, sizes, &means);
        (means, squares.into_iter().map(|sum| sum / n))
    });
    let tensor = |values: &mut dyn Iterator<Item = f64>, shape: &[usize]| {
        Tensor::from_buffer(values.map(|v| v as Real).collect::<Vec<_>>(), shape)
    };
    // The root before rounding: the deviation of numbers near 1e-30 or 1e30 has a place in single precision, their
    // variance has none.
    let y = tensor(&mut variances.map(|v| if is_std { v.sqrt() } else { v }), &plan.result);
    if !graph::tracks(&[x]) {
        return y;
    }
    // The means in two parts: in one, a large mean would be rounded by more than the numbers differ.
    let high = tensor(&mut means.iter().copied(), &plan.kept);
    let rest = |&mean: &f64| if mean.is_finite() { mean - f64::from(mean as Real) } else { 0.0 };
    let low = tensor(&mut means.iter().map(rest), &plan.kept);
    let std = is_std.then(|| y.detach());
    let kept = plan.kept;
    graph::record_some(name, &[x], y, &[Some(x), std.as_ref()], move |ctx, grad| {
        // dx = 2 (x − mean) dy / n for the variance; over 2·std for its root, whose slope at 0 is taken as 0.
        let slope = if is_std {
            grad.apply_with(ctx.saved(1), |g, std| if std == 0.0 { 0.0 } else { (f64::from(g / std) / n) as Real })
        } else {
            grad.apply_once(|g| (2.0 / n * f64::from(g)) as Real)
        };
        let centred = combine(name, &combine(name, ctx.saved(0), &high, |x, high| x - high), &low, |x, low| x - low);
        one(combine(name, &centred, &slope.reshape(&kept[..]), |x, slope| x * slope))
    })
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
    /// The sum is taken in double precision and divided by n: the mean of equal numbers is exactly that number.
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
    /// of the elements themselves. Where n ≤ correction the sum is divided by 0: one number has no unbiased variance (NaN).
    ///
    /// The mean is taken first, and everything in double precision: equal numbers have the variance 0, exactly.
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
        spread("var", self, dim.dims(), correction, keepdim)
    }

    /// The standard deviation of all elements, as a scalar: the square root of the [`var`](Self::var)iance. Its
    /// derivative (x − mean)/((n − 1)·std) is taken as 0 where all elements are equal, as in PyTorch.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 3.0, 5.0]);
    /// assert_eq!(x.std().item(), 2.0);
    /// ```
    #[must_use]
    pub fn std(&self) -> Self {
        spread("std", self, all_dims(self), 1, false)
    }
}
