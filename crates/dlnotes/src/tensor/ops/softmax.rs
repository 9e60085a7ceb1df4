//! Softmax and its logarithm, stable for any finite input.

use crate::real::{self, Real};
use crate::tensor::error::OrFail;
use crate::tensor::graph::{self, one};
use crate::tensor::layout::resolve_dim;
use crate::tensor::{Tensor, kernels, pool};

impl Tensor {
    /// softmax(x)ᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) along `dim`. The largest xⱼ is subtracted first, so that nothing overflows.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let p = Tensor::from_vec(vec![1e4, 0.0], [2]).softmax(0);
    /// assert_eq!(p.to_vec(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[must_use]
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Self {
        along("softmax", self, dim, softmax_line, |y, g, out| {
            // dxᵢ = yᵢ (gᵢ − Σⱼ gⱼ yⱼ)
            for ((o, &y), &g) in out.iter_mut().zip(y).zip(g) {
                *o = y * g;
            }
            let dot = kernels::sum(out);
            for (o, &y) in out.iter_mut().zip(y) {
                *o -= y * dot;
            }
        })
    }

    /// log softmax(x)ᵢ = xᵢ − log Σⱼ e^(xⱼ) along `dim`, exact where softmax itself would round to 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from_vec(vec![1e4, 0.0], [2]).log_softmax(0);
    /// assert_eq!(y.to_vec(), [0.0, -1e4]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[must_use]
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Self {
        along("log_softmax", self, dim, log_softmax_line, |y, g, out| {
            // dxᵢ = gᵢ − softmax(x)ᵢ Σⱼ gⱼ
            let total = kernels::sum(g);
            for ((o, &y), &g) in out.iter_mut().zip(y).zip(g) {
                *o = g - real::exp(y) * total;
            }
        })
    }
}

/// A function of each line along `dim`, and its derivative from (y, dy).
#[track_caller]
fn along(
    name: &'static str,
    x: &Tensor,
    dim: isize,
    f: fn(&mut [Real]),
    d: fn(&[Real], &[Real], &mut [Real]),
) -> Tensor {
    let axis = resolve_dim(name, dim, x.shape()).or_fail();
    if axis + 1 != x.rank() {
        // Lines are computed where they lie in order; the other dimensions trade places for it.
        let (axis, last) = (axis as isize, -1);
        return along(name, &x.transpose(axis, last), last, f, d).transpose(axis, last);
    }
    let width = x.shape()[axis].max(1);
    let mut out = pool::take(x.len());
    x.with_data(|data| out.copy_from_slice(data));
    kernels::simd(|| out.chunks_exact_mut(width).for_each(f));
    let y = Tensor::from_buffer(out, x.shape());
    if !graph::tracks(&[x]) {
        return y;
    }
    let kept = y.detach();
    graph::record(name, &[x], y, &[&kept], move |ctx, grad| {
        let y = ctx.saved(0);
        let mut out = pool::take(y.len());
        y.with_both(&grad, |y, g| {
            let lines = out.chunks_exact_mut(width).zip(y.chunks_exact(width)).zip(g.chunks_exact(width));
            lines.for_each(|((out, y), g)| d(y, g, out));
        });
        one(Tensor::from_buffer(out, y.shape()))
    })
}

/// The largest element; NaN if there is one.
pub(super) fn peak(line: &[Real]) -> Real {
    line.iter().copied().fold(Real::NEG_INFINITY, |m, x| if x > m || x.is_nan() { x } else { m })
}

fn softmax_line(line: &mut [Real]) {
    let peak = peak(line);
    line.iter_mut().for_each(|x| *x = real::exp(*x - peak));
    let total = kernels::sum(line);
    line.iter_mut().for_each(|x| *x /= total);
}

fn log_softmax_line(line: &mut [Real]) {
    let peak = peak(line);
    let total: Real = line.iter().map(|&x| real::exp(x - peak)).sum();
    let log = total.ln();
    line.iter_mut().for_each(|x| *x = (*x - peak) - log);
}
