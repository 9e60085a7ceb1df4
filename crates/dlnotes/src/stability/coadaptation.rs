//! What dropout is meant to improve (notes, 重新审视过拟合): units that lean on each other, outputs that start at noise.

use crate::Real;
use crate::nn::{Eval, Module};
use crate::tensor::error::{counted, fail};
use crate::tensor::{Tensor, no_grad};

/// How much the units of a layer say the same: the mean |correlation| of pairs of different units over the samples of
/// their outputs `[n, units]`. Units that never change say nothing and are left out.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let a = Tensor::randn([1000, 1]);
/// assert!(coadaptation(&concat(&[&a, &(&a * -2.0)], 1)) > 0.999);
/// assert!(coadaptation(&Tensor::randn([1000, 2])) < 0.2);
/// ```
///
/// # Panics
/// If there are fewer than 2 samples, or it isn't a matrix.
#[must_use]
#[track_caller]
pub fn coadaptation(outputs: &Tensor) -> f64 {
    let [n, units] = *outputs.shape() else {
        fail("coadaptation", format!("outputs of shape {:?}: [n, units] is needed", outputs.shape()));
    };
    if n < 2 {
        fail("coadaptation", format!("{}: a correlation needs at least 2", counted(n, "sample")));
    }
    let columns: Vec<Vec<f64>> = outputs.with_data(|data| {
        let column = |j: usize| -> Vec<f64> { (0..n).map(|i| f64::from(data[i * units + j])).collect() };
        (0..units).map(column).collect()
    });
    let standard = |mut column: Vec<f64>| {
        let mean = column.iter().sum::<f64>() / n as f64;
        column.iter_mut().for_each(|x| *x -= mean);
        let length = crate::linalg::norm(&column);
        column.iter_mut().for_each(|x| *x /= length);
        (length > 0.0).then_some(column)
    };
    let units: Vec<Vec<f64>> = columns.into_iter().filter_map(standard).collect();
    let (mut sum, mut pairs) = (0.0, 0);
    for (i, a) in units.iter().enumerate() {
        for b in &units[i + 1..] {
            sum += crate::linalg::dot(a, b).abs();
            pairs += 1;
        }
    }
    if pairs == 0 { 0.0 } else { sum / f64::from(pairs) }
}

/// How much the output of a model moves for noise on its input: the mean of ‖f(x + ε) − f(x)‖/‖ε‖ over samples, ε from
/// N(0, σ²), in evaluation mode. A smooth function has a small one.
///
/// ```
/// use dlnotes::prelude::*;
/// let steep = sensitivity(&|x: &Tensor| x * 3.0, &Tensor::randn([20, 5]), 0.1);
/// assert!((steep - 3.0).abs() < 1e-3);
/// ```
///
/// # Panics
/// If σ is not above 0 and finite, or the model can't take the samples.
#[must_use]
#[track_caller]
pub fn sensitivity(net: &dyn Module, x: &Tensor, sigma: Real) -> f64 {
    if !(sigma.is_finite() && sigma > 0.0) {
        fail("sensitivity", format!("σ is {sigma}: noise of a finite size above 0 is needed"));
    }
    let _eval = Eval::of(net);
    no_grad(|| {
        let noise = Tensor::normal(0.0, sigma, x.shape());
        let n = x.shape().first().copied().unwrap_or(1);
        let moved = net.forward(&(x + &noise)) - net.forward(x);
        let lengths = |t: &Tensor| t.reshape([n as isize, -1]).square().sum_dim(1, false).sqrt();
        f64::from((lengths(&moved) / lengths(&noise)).mean().item())
    })
}
