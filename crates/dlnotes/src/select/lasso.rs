//! L1: weights that become exactly 0 (notes, L1 正则化).

use super::least_squares::{check_lambda, system, weights};
use crate::Real;
use crate::linalg::{add_scaled, dot};
use crate::tensor::Tensor;
use crate::tensor::error::{OrFail, fail};

/// S(w) = sign(w)·max(|w| − t, 0), element by element: what an L1 penalty does to a weight. It takes the same amount
/// from all and leaves exact zeros, where L2 multiplies all by the same factor.
///
/// A step of SGD followed by `soft_threshold(&w, lr * lambda)` trains with L1 (the gradient λ·sign(w) alone never gets
/// to 0).
///
/// ```
/// use dlnotes::prelude::*;
/// let w = soft_threshold(&Tensor::from([3.0, -0.5, -2.0]), 1.0);
/// assert_eq!(w.to_vec(), [2.0, 0.0, -1.0]);
/// ```
///
/// # Panics
/// If t is negative or NaN.
#[must_use]
#[track_caller]
pub fn soft_threshold(w: &Tensor, t: Real) -> Tensor {
    if t.is_nan() || t < 0.0 {
        fail("soft_threshold", format!("the threshold is {t}: it must be 0 or more"));
    }
    w.detach().map(|w| shrink(f64::from(w), f64::from(t)) as Real)
}

fn shrink(w: f64, t: f64) -> f64 {
    // max first would turn NaN into 0.
    if w.abs() <= t { 0.0 } else { w - t * w.signum() }
}

/// Rounds over all weights before giving up.
const ROUNDS: usize = 100_000;
/// The largest change of a weight in a round, relative to the largest weight, at which it is done.
const SETTLED: f64 = 1e-12;

/// The weights w that minimize ‖X·w − y‖²/(2n) + λ‖w‖₁: X is `[n, d]`, y `[n]` or `[n, 1]`, w `[d]` or `[d, 1]`.
///
/// One weight after the other is set to its best value given the others, which is a soft threshold, until none moves.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let x = Tensor::randn([50, 10]);
/// let y = x.i((.., 0)) * 3.0;                                       // nine features say nothing
/// let w = lasso(&x, &y, 0.1);
/// assert!(w.i(0).item() > 2.5 && w.i(1..).norm_l1().item() == 0.0);  // and get exactly 0
/// ```
///
/// # Panics
/// If the shapes don't fit, λ is negative or not finite, or the weights don't settle (columns that differ by many orders
/// of magnitude do that: scale them).
#[must_use]
#[track_caller]
pub fn lasso(x: &Tensor, y: &Tensor, lambda: Real) -> Tensor {
    check_lambda("lasso", lambda);
    let (a, mut residual) = system("lasso", x, y).or_fail();
    let n = a.rows as f64;
    let squares: Vec<f64> = a.columns.iter().map(|column| dot(column, column) / n).collect();
    let mut w = vec![0.0; a.width()];
    for _ in 0..ROUNDS {
        let (mut moved, mut largest) = (0.0_f64, 0.0_f64);
        for ((w, column), &square) in w.iter_mut().zip(&a.columns).zip(&squares) {
            if square == 0.0 {
                continue;
            }
            let before = *w;
            let pull = dot(column, &residual) / n + square * before;
            *w = shrink(pull, f64::from(lambda)) / square;
            if *w != before {
                add_scaled(&mut residual, column, before - *w);
            }
            moved = moved.max((*w - before).abs());
            largest = largest.max(w.abs());
        }
        if moved <= SETTLED * largest {
            return weights(&w, y);
        }
    }
    fail("lasso", format!("the weights still move after {ROUNDS} rounds: scale the columns of x to similar sizes"))
}
