//! Batch normalization (notes, 2.4 batchnorm).

use crate::real::Real;
use crate::tensor::error::fail;
use crate::tensor::graph::{self, Context, Grads};
use crate::tensor::{Tensor, pool};

impl Tensor {
    /// Normalizes every feature over the batch: y = γ·(x − m)/√(v + eps) + β, where m and v are the feature's mean and
    /// biased variance in this batch. x is `[n, features]` or `[n, features, length]`, γ = `weight` and β = `bias` are
    /// `[features]`. Returns y, m and v.
    ///
    /// As m and v depend on all samples, so does the derivative: with x̂ = (x − m)/√(v + eps) and N numbers for each
    /// feature, dx = γ/(N·√(v + eps))·(N·dy − Σdy − x̂·Σ(dy·x̂)), dγ = Σ(dy·x̂), dβ = Σdy.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 10.0], [3.0, 30.0]]);
    /// let (y, mean, var) = x.batch_norm(&Tensor::ones([2]), &Tensor::zeros([2]), 0.0);
    /// assert_eq!(y.to_vec(), [-1.0, -1.0, 1.0, 1.0]);
    /// assert_eq!((mean.to_vec(), var.to_vec()), (vec![2.0, 20.0], vec![1.0, 100.0]));
    /// ```
    ///
    /// # Panics
    /// If x has another rank, `weight` or `bias` another shape, or there is only one number for each feature: it has no
    /// variance.
    #[must_use]
    #[track_caller]
    pub fn batch_norm(&self, weight: &Self, bias: &Self, eps: Real) -> (Self, Self, Self) {
        let sizes = sizes(self, weight, bias);
        let [n, c, l] = sizes;
        if n * l < 2 {
            fail(
                "batch_norm",
                format!(
                    "the batch has shape {:?}, one number for each feature, which has no variance: training needs at least \
                     2 samples (is the last batch of the epoch so short?); for a single one switch to evaluation \
                     (net.eval())",
                    self.shape()
                ),
            );
        }
        let x = self.packed();
        let count = (n * l) as f64;
        let (mean, var) = x.with_data(|data| {
            let mean = by_feature(data, sizes, |x, _| f64::from(x)).into_iter().map(|sum| sum / count);
            let mean: Vec<f64> = mean.collect();
            let var = by_feature(data, sizes, |x, j| (f64::from(x) - mean[j]).powi(2));
            (mean, var.into_iter().map(|sum| sum / count).collect::<Vec<_>>())
        });
        let tensor = |values: &mut dyn Iterator<Item = f64>| {
            Self::from_buffer(values.map(|v| v as Real).collect::<Vec<_>>(), &[c])
        };
        let inverse = tensor(&mut var.iter().map(|v| 1.0 / (v + f64::from(eps)).sqrt()));
        let (mean, var) = (tensor(&mut mean.into_iter()), tensor(&mut var.into_iter()));

        let mut out = pool::take(x.len());
        {
            let (m, s, g, b) = (mean.to_vec(), inverse.to_vec(), weight.to_vec(), bias.to_vec());
            x.with_data(|data| fill(&mut out, data, sizes, |x, j| (x - m[j]) * s[j] * g[j] + b[j]));
        }
        let y = Self::from_buffer(out, self.shape());
        if !graph::tracks(&[self, weight, bias]) {
            return (y, mean, var);
        }
        let gamma = self.node.as_ref().map(|_| weight);
        let reads_x = self.is_tracked() || weight.is_tracked();
        let saved = [reads_x.then_some(&x), gamma, reads_x.then_some(&mean), reads_x.then_some(&inverse)];
        let y = graph::record_some("batch_norm", &[self, weight, bias], y, &saved, move |ctx, grad| {
            derivative(ctx, &grad.packed(), sizes)
        });
        (y, mean, var)
    }
}

fn derivative(ctx: &Context<'_>, grad: &Tensor, sizes: [usize; 3]) -> Grads {
    let [n, c, l] = sizes;
    let dy_sum = grad.with_data(|dy| by_feature(dy, sizes, |dy, _| f64::from(dy)));
    let tensor = |sums: &[f64]| Tensor::from_buffer(sums.iter().map(|&s| s as Real).collect::<Vec<_>>(), &[c]);
    let mut grads = Grads::new();
    if ctx.needs(0) || ctx.needs(1) {
        let x = ctx.saved(0);
        let (mean, inverse) = (ctx.saved(2).to_vec(), ctx.saved(3).to_vec());
        let mut normal = pool::take(x.len());
        x.with_data(|data| fill(&mut normal, data, sizes, |x, j| (x - mean[j]) * inverse[j]));
        let product: Vec<Real> = grad.with_data(|dy| dy.iter().zip(&normal).map(|(dy, x)| dy * x).collect());
        let dot = by_feature(&product, sizes, |p, _| f64::from(p));
        grads.push(ctx.needs(0).then(|| {
            let gamma = ctx.saved(1).to_vec();
            let count = (n * l) as f64;
            let scale: Vec<Real> = gamma.iter().zip(&inverse).map(|(g, s)| g * s).collect();
            let centre = |sums: &[f64]| sums.iter().map(|s| (s / count) as Real).collect::<Vec<Real>>();
            let (dy_mean, dot_mean) = (centre(&dy_sum), centre(&dot));
            let mut out = pool::take(x.len());
            // x̂·mean(dy·x̂) first, so that one pass over dy is left.
            fill(&mut out, &normal, sizes, |x, j| x * dot_mean[j] + dy_mean[j]);
            grad.with_data(|dy| out.iter_mut().zip(dy).for_each(|(o, dy)| *o = dy - *o));
            let unscaled = std::mem::replace(&mut out, pool::take(x.len()));
            fill(&mut out, &unscaled, sizes, |x, j| x * scale[j]);
            pool::give(unscaled);
            Tensor::from_buffer(out, ctx.shape(0))
        }));
        grads.push(ctx.needs(1).then(|| tensor(&dot)));
        pool::give(normal);
    } else {
        grads.extend([None, None]);
    }
    grads.push(ctx.needs(2).then(|| tensor(&dy_sum)));
    grads
}

/// Σ f(x, feature) for every feature; in double precision, as there may be many samples.
fn by_feature(data: &[Real], [_, c, l]: [usize; 3], f: impl Fn(Real, usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; c];
    for sample in data.chunks_exact((c * l).max(1)) {
        for (j, (sum, row)) in sums.iter_mut().zip(sample.chunks_exact(l)).enumerate() {
            row.iter().for_each(|&x| *sum += f(x, j));
        }
    }
    sums
}

/// out = f(x, feature), element by element.
fn fill(out: &mut [Real], data: &[Real], [_, c, l]: [usize; 3], f: impl Fn(Real, usize) -> Real) {
    let width = (c * l).max(1);
    for (out, sample) in out.chunks_exact_mut(width).zip(data.chunks_exact(width)) {
        for (j, (out, row)) in out.chunks_exact_mut(l).zip(sample.chunks_exact(l)).enumerate() {
            out.iter_mut().zip(row).for_each(|(o, &x)| *o = f(x, j));
        }
    }
}

/// [samples, features, length].
#[track_caller]
fn sizes(x: &Tensor, weight: &Tensor, bias: &Tensor) -> [usize; 3] {
    let [n, c, l] = match *x.shape() {
        [n, c] if c > 0 => [n, c, 1],
        [n, c, l] if c > 0 && l > 0 => [n, c, l],
        _ => fail(
            "batch_norm",
            format!("the input has shape {:?}: [n, features] or [n, features, length] is needed", x.shape()),
        ),
    };
    for (what, parameter) in [("weight", weight), ("bias", bias)] {
        if parameter.shape() != [c] {
            fail(
                "batch_norm",
                format!("the {what} has shape {:?}, the input {:?}: it must be [{c}]", parameter.shape(), x.shape()),
            );
        }
    }
    [n, c, l]
}
