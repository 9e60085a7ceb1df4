//! Fewer features by choosing them (notes, 降低特征的数量).

use super::least_squares::system;
use crate::linalg::{add_scaled, dot, norm};
use crate::tensor::Tensor;
use crate::tensor::error::{OrFail, counted, fail};

/// The numbers of the `k` features that together explain y best, found one by one: each time the one that lowers the
/// squared error of a linear fit (with a bias) most. Of two that say the same, the second gains nothing and is left.
///
/// X is `[n, d]`, y `[n]` or `[n, 1]`. Fewer than `k` are returned where the others add nothing.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let x = Tensor::randn([100, 8]);
/// let y = x.i((.., 5)) * 2.0 - x.i((.., 2));
/// assert_eq!(select_features(&x, &y, 2), [5, 2]);
/// let fewer = x.index_select(1, &[5, 2]);
/// assert!((least_squares(&fewer, &y) - Tensor::from([2.0, -1.0])).abs().max().item() < 1e-5);
/// ```
///
/// # Panics
/// If the shapes don't fit, or `k` is 0 or above the number of features.
#[must_use]
#[track_caller]
pub fn select_features(x: &Tensor, y: &Tensor, k: usize) -> Vec<usize> {
    let (mut a, mut rest) = system("select_features", x, y).or_fail();
    let d = a.width();
    if k == 0 || k > d {
        fail("select_features", format!("{k} of {}: between 1 and {d} can be selected", counted(d, "feature")));
    }
    a.columns.iter_mut().chain([&mut rest]).for_each(|column| centre(column));
    let lengths: Vec<f64> = a.columns.iter().map(|column| norm(column)).collect();
    let mut chosen = Vec::new();
    while chosen.len() < k {
        // What is left of each column is orthogonal to those chosen, so that its correlation with the rest of y is what
        // it would explain on top of them.
        let gain = |j: usize| {
            let length = norm(&a.columns[j]);
            if length <= 1e-10 * lengths[j] { 0.0 } else { (dot(&a.columns[j], &rest) / length).abs() }
        };
        let candidates = (0..d).filter(|j| !chosen.contains(j)).map(|j| (gain(j), j));
        let Some((_, best)) = candidates.filter(|&(gain, _)| gain > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)) else {
            break;
        };
        chosen.push(best);
        let mut direction = a.columns[best].clone();
        let length = norm(&direction);
        direction.iter_mut().for_each(|x| *x /= length);
        for column in a.columns.iter_mut().chain([&mut rest]) {
            let along = dot(&direction, column);
            add_scaled(column, &direction, -along);
        }
    }
    chosen
}

fn centre(column: &mut [f64]) {
    let mean = column.iter().sum::<f64>() / column.len() as f64;
    column.iter_mut().for_each(|x| *x -= mean);
}
