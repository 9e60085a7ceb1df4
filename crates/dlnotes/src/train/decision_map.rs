//! What a classifier thinks of every point of a plane.

use super::loss_surface;
use crate::nn::{Eval, Module};
use crate::plot::Figure;
use crate::tensor::error::fail;
use crate::tensor::grad_mode::Restore;
use crate::tensor::{Tensor, no_grad, stack};

/// The probability of the last class at every point of a rectangle, for a net with two inputs and scores of classes as
/// outputs: softmax(net(x, y)), in evaluation mode.
///
/// ```
/// use dlnotes::prelude::*;
/// let right = |points: &Tensor| stack(&[&points.i((.., 0)).zeros_like(), &points.i((.., 0))], 1);   // scores 0 and x
/// let figure = decision_map(&right, (-4.0, 4.0), (-1.0, 1.0)).points([1.0, 3.0], [0.5, -0.5], "right");
/// assert!(figure.summary().contains("values from 0.01799 to 0.982"));      // sigmoid(±4)
/// ```
///
/// # Panics
/// If a range is empty or not finite, or the net can't take points `[n, 2]` or doesn't return scores `[n, classes]`.
#[must_use]
#[track_caller]
pub fn decision_map(net: &dyn Module, x: (f64, f64), y: (f64, f64)) -> Figure {
    let _eval = Eval::of(net);
    check(net);
    let probability = |x: &Tensor, y: &Tensor| {
        let points = stack(&[x, y], 2).reshape([-1, 2]);
        let probabilities = no_grad(|| net.forward(&points).softmax(1));
        let last = probabilities.shape()[1] - 1;
        probabilities.narrow(1, last, 1).reshape(x.shape())
    };
    loss_surface(probability, x, y).xlabel("x₁").ylabel("x₂")
}

/// One point beforehand, where a mistake is reported at the caller's line.
#[track_caller]
fn check(net: &dyn Module) {
    let _off_the_record = Restore::no_grad();
    let scores = net.forward(&Tensor::zeros([1, 2]));
    if scores.rank() != 2 || scores.shape()[0] != 1 || scores.is_empty() {
        let shape = scores.shape();
        fail("decision_map", format!("the net returned shape {shape:?} for 1 point: scores [n, classes] are needed"));
    }
}
