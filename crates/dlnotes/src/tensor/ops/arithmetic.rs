//! Functions of two tensors, element by element, with broadcasting.

use super::broadcast::combine;
use super::reduce::sum_over;
use crate::real::Real;
use crate::tensor::Tensor;
use crate::tensor::graph::{self, two};

/// The gradient of a broadcast input: summed over the dimensions along which it was stretched.
pub(super) fn sum_to(grad: Tensor, shape: &[usize]) -> Tensor {
    if grad.shape() == shape {
        return grad;
    }
    let extra = grad.rank() - shape.len();
    let dims: Vec<usize> =
        (0..grad.rank()).filter(|&d| d < extra || (shape[d - extra] == 1 && grad.shape()[d] != 1)).collect();
    let summed = sum_over(&grad, &dims);
    Tensor::from_buffer(summed, shape)
}

impl Tensor {
    /// a + b, shapes broadcast. The operator `+` does the same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 3]) + Tensor::arange(0.0, 3.0, 1.0);
    /// assert_eq!(x.to_vec(), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast; as do all functions of two tensors here.
    #[must_use]
    #[track_caller]
    pub fn add(&self, other: &Self) -> Self {
        let y = combine("add", self, other, |a, b| a + b);
        if !graph::tracks(&[self, other]) {
            return y;
        }
        graph::record("add", &[self, other], y, &[], |ctx, grad| {
            let right = ctx.needs(1).then(|| sum_to(grad.clone(), ctx.shape(1)));
            two(ctx.needs(0).then(|| sum_to(grad, ctx.shape(0))), right)
        })
    }

    /// a − b, shapes broadcast. The operator `-` does the same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 10.0], [3.0, 30.0]]);
    /// let centred = &x - &x.mean_dim(0, true);          // [2, 2] − [1, 2]: each column's mean taken off
    /// assert_eq!(centred.to_vec(), [-1.0, -10.0, 1.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn sub(&self, other: &Self) -> Self {
        let y = combine("sub", self, other, |a, b| a - b);
        if !graph::tracks(&[self, other]) {
            return y;
        }
        graph::record("sub", &[self, other], y, &[], |ctx, grad| {
            let right = ctx.needs(1).then(|| sum_to(grad.clone(), ctx.shape(1)).apply_once(|g| -g));
            two(ctx.needs(0).then(|| sum_to(grad, ctx.shape(0))), right)
        })
    }

    /// a · b, element by element, shapes broadcast (for matrix products see [`matmul`](Self::matmul)). The operator `*`
    /// does the same; the derivatives are b and a.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mask = Tensor::from([1.0, 0.0]);
    /// let x = Tensor::from([3.0, 4.0]).requires_grad();
    /// (&x * &mask).sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [1.0, 0.0]);   // what is masked gets no gradient
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn mul(&self, other: &Self) -> Self {
        let y = combine("mul", self, other, |a, b| a * b);
        if !graph::tracks(&[self, other]) {
            return y;
        }
        let saved = [other.node.as_ref().map(|_| self), self.node.as_ref().map(|_| other)];
        graph::record_some("mul", &[self, other], y, &saved, |ctx, grad| {
            let right = ctx.needs(1).then(|| product(grad.clone(), ctx.saved(0), ctx.shape(1)));
            two(ctx.needs(0).then(|| product(grad, ctx.saved(1), ctx.shape(0))), right)
        })
    }

    /// a / b, shapes broadcast. The operator `/` does the same; the derivatives are 1/b and −a/b².
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let counts = Tensor::from([[1.0, 3.0], [2.0, 2.0]]);
    /// let shares = &counts / &counts.sum_dim(1, true);      // [2, 2] / [2, 1]: each row adds up to 1
    /// assert_eq!(shares.to_vec(), [0.25, 0.75, 0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn div(&self, other: &Self) -> Self {
        let y = combine("div", self, other, |a, b| a / b);
        if !graph::tracks(&[self, other]) {
            return y;
        }
        let saved = [other.node.as_ref().map(|_| self), Some(other)];
        graph::record_some("div", &[self, other], y, &saved, |ctx, grad| {
            let b = ctx.saved(1);
            let right = ctx.needs(1).then(|| {
                let ratio = combine("div", ctx.saved(0), &b.apply(|b| b * b), |a, bb| -a / bb);
                product(grad.clone(), &ratio, b.shape())
            });
            two(ctx.needs(0).then(|| sum_to(combine("div", &grad, b, |g, b| g / b), ctx.shape(0))), right)
        })
    }

    /// aᵇ for a tensor of exponents, shapes broadcast; derivatives b·a^(b−1) and aᵇ·ln a.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0], [2.0], [3.0]]);
    /// let powers = x.pow_tensor(&Tensor::arange(0.0, 3.0, 1.0));   // [3, 1] to [3]: 1, x, x² side by side
    /// assert_eq!(powers.shape(), [3, 3]);
    /// assert_eq!(powers.i(2).to_vec(), [1.0, 3.0, 9.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn pow_tensor(&self, exponent: &Self) -> Self {
        let y = combine("pow", self, exponent, Real::powf);
        if !graph::tracks(&[self, exponent]) {
            return y;
        }
        graph::record("pow", &[self, exponent], y, &[self, exponent], |ctx, grad| {
            let (a, b) = (ctx.saved(0), ctx.saved(1));
            let right = ctx.needs(1).then(|| {
                // 0ᵇ · ln 0 is 0 · −∞; the derivative there is 0 for b ≥ 0, as PyTorch has it.
                let d = combine("pow", a, b, |a, b| if a == 0.0 && b >= 0.0 { 0.0 } else { a.powf(b) * a.ln() });
                product(grad.clone(), &d, b.shape())
            });
            let left = ctx.needs(0).then(|| {
                let d = combine("pow", a, b, |a, b| if b == 0.0 { 0.0 } else { b * a.powf(b - 1.0) });
                product(grad, &d, a.shape())
            });
            two(left, right)
        })
    }

    /// The larger of each pair, shapes broadcast; where they are equal, each gets half the gradient. NaN wins.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (a, b) = (Tensor::from([1.0, 5.0]), Tensor::from([2.0, 3.0]));
    /// assert_eq!(a.maximum(&b).to_vec(), [2.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn maximum(&self, other: &Self) -> Self {
        extreme("maximum", self, other, |a, b| a > b)
    }

    /// The smaller of each pair, shapes broadcast; where they are equal, each gets half the gradient. NaN wins.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]).requires_grad();
    /// let y = x.minimum(&Tensor::from([1.0, 9.0]));
    /// assert_eq!(y.to_vec(), [1.0, 2.0]);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.5, 1.0]);   // at the tie, half of it
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn minimum(&self, other: &Self) -> Self {
        extreme("minimum", self, other, |a, b| a < b)
    }
}

/// grad · factor, summed to `shape`.
fn product(grad: Tensor, factor: &Tensor, shape: &[usize]) -> Tensor {
    let full = if grad.same_shape(factor) {
        grad.apply_with(factor, |g, x| g * x)
    } else {
        combine("mul", &grad, factor, |g, x| g * x)
    };
    sum_to(full, shape)
}

#[track_caller]
fn extreme(
    name: &'static str,
    a: &Tensor,
    b: &Tensor,
    wins: impl Fn(Real, Real) -> bool + Send + Sync + Copy + 'static,
) -> Tensor {
    let y = combine(name, a, b, |a, b| if wins(a, b) || a.is_nan() { a } else { b });
    if !graph::tracks(&[a, b]) {
        return y;
    }
    graph::record(name, &[a, b], y, &[a, b], move |ctx, grad| {
        let (a, b) = (ctx.saved(0), ctx.saved(1));
        let share = move |mine: Real, other: Real| {
            if mine == other {
                0.5
            } else if wins(mine, other) || mine.is_nan() {
                1.0
            } else {
                0.0
            }
        };
        let right = ctx.needs(1).then(|| product(grad.clone(), &combine(name, b, a, share), b.shape()));
        two(ctx.needs(0).then(|| product(grad, &combine(name, a, b, share), a.shape())), right)
    })
}
