//! How parameters start. Names end in `_`, as they change the tensor in place; no step is recorded.

use crate::Real;
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// N(mean, std²).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(100, 100);
/// init::normal_(&layer.weight, 0.0, 0.01);
/// assert!((layer.weight.std().item() - 0.01).abs() < 0.001);
/// ```
///
/// # Panics
/// If `std` is negative or not finite.
#[track_caller]
pub fn normal_(parameter: &Tensor, mean: Real, std: Real) {
    set(parameter, &Tensor::normal(mean, std, parameter.shape()));
}

/// U(low, high).
///
/// # Panics
/// If `low` is not below `high` or one is not finite.
#[track_caller]
pub fn uniform_(parameter: &Tensor, low: Real, high: Real) {
    set(parameter, &Tensor::uniform(low, high, parameter.shape()));
}

/// The same value everywhere.
pub fn constant_(parameter: &Tensor, value: Real) {
    no_grad(|| parameter.fill_(value));
}

/// Xavier (Glorot), uniform: U(±√(6/(in + out))), so that the variance is 2/(in + out).
///
/// # Panics
/// If the parameter is no matrix `[out, in]`.
#[track_caller]
pub fn xavier_uniform_(weight: &Tensor) {
    let [outputs, inputs] = fans("xavier_uniform_", weight);
    let bound = (6.0 / (inputs + outputs)).sqrt();
    uniform_(weight, -bound, bound);
}

/// Xavier (Glorot), normal: N(0, 2/(in + out)).
///
/// # Panics
/// If the parameter is no matrix `[out, in]`.
#[track_caller]
pub fn xavier_normal_(weight: &Tensor) {
    let [outputs, inputs] = fans("xavier_normal_", weight);
    normal_(weight, 0.0, (2.0 / (inputs + outputs)).sqrt());
}

/// He (Kaiming) for ReLU, normal: N(0, 2/in).
///
/// # Panics
/// If the parameter is no matrix `[out, in]`.
#[track_caller]
pub fn he_normal_(weight: &Tensor) {
    let [_, inputs] = fans("he_normal_", weight);
    normal_(weight, 0.0, (2.0 / inputs).sqrt());
}

/// He (Kaiming) for ReLU, uniform: U(±√(6/in)), so that the variance is 2/in.
///
/// # Panics
/// If the parameter is no matrix `[out, in]`.
#[track_caller]
pub fn he_uniform_(weight: &Tensor) {
    let [_, inputs] = fans("he_uniform_", weight);
    let bound = (6.0 / inputs).sqrt();
    uniform_(weight, -bound, bound);
}

fn set(parameter: &Tensor, values: &Tensor) {
    no_grad(|| parameter.copy_(values));
}

#[track_caller]
fn fans(op: &'static str, weight: &Tensor) -> [Real; 2] {
    match *weight.shape() {
        [outputs, inputs] => [outputs as Real, inputs as Real],
        ref shape => fail(op, format!("shape {shape:?}: a weight matrix [out, in] is needed")),
    }
}
