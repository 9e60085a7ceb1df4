//! How parameters start. Names end in `_`, as they change the tensor in place; no step is recorded.

use crate::Real;
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// N(mean, std²), in a parameter of any shape.
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

/// U(low, high), in a parameter of any shape.
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(100, 10);
/// init::uniform_(&layer.weight, -0.5, 0.5);
/// assert!(layer.weight.abs().max().item() <= 0.5);
/// ```
///
/// # Panics
/// If `low` is not below `high` or one is not finite.
#[track_caller]
pub fn uniform_(parameter: &Tensor, low: Real, high: Real) {
    set(parameter, &Tensor::uniform(low, high, parameter.shape()));
}

/// The same value everywhere: usual for a bias; weights that are all equal stay equal while they train (notes,
/// 数值稳定和模型初始化).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(3, 2);
/// init::constant_(layer.bias.as_ref().unwrap(), 0.0);
/// assert_eq!(layer.bias.unwrap().to_vec(), [0.0, 0.0]);
/// ```
pub fn constant_(parameter: &Tensor, value: Real) {
    no_grad(|| parameter.fill_(value));
}

/// Xavier (Glorot), uniform: U(±√(6/(in + out))), so that the variance is 2/(in + out) (notes, 数值稳定和模型初始化).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(300, 100);
/// init::xavier_uniform_(&layer.weight);
/// let bound = (6.0_f32 / 400.0).sqrt();
/// assert!(layer.weight.abs().max().item() <= bound);
/// assert!((layer.weight.var().item() - 2.0 / 400.0).abs() < 0.0005);
/// ```
///
/// # Panics
/// If the parameter isn't a matrix `[out, in]`.
#[track_caller]
pub fn xavier_uniform_(weight: &Tensor) {
    let [outputs, inputs] = fans("xavier_uniform_", weight);
    let bound = (6.0 / (inputs + outputs)).sqrt();
    uniform_(weight, -bound, bound);
}

/// Xavier (Glorot), normal: N(0, 2/(in + out)) (notes, 数值稳定和模型初始化).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(300, 100);
/// init::xavier_normal_(&layer.weight);
/// assert!((layer.weight.var().item() - 2.0 / 400.0).abs() < 0.0005);
/// ```
///
/// # Panics
/// If the parameter isn't a matrix `[out, in]`.
#[track_caller]
pub fn xavier_normal_(weight: &Tensor) {
    let [outputs, inputs] = fans("xavier_normal_", weight);
    normal_(weight, 0.0, (2.0 / (inputs + outputs)).sqrt());
}

/// He (Kaiming) for ReLU, normal: N(0, 2/in) (notes, 数值稳定和模型初始化).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(200, 100);
/// init::he_normal_(&layer.weight);
/// let x = Tensor::randn([100, 200]);
/// let scale = x.linear_relu(&layer.weight, None).square().mean().item();
/// assert!((scale - 1.0).abs() < 0.2);                                  // ReLU's output is as large as its input
/// ```
///
/// # Panics
/// If the parameter isn't a matrix `[out, in]`.
#[track_caller]
pub fn he_normal_(weight: &Tensor) {
    let [_, inputs] = fans("he_normal_", weight);
    normal_(weight, 0.0, (2.0 / inputs).sqrt());
}

/// He (Kaiming) for ReLU, uniform: U(±√(6/in)), so that the variance is 2/in.
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(200, 100);
/// init::he_uniform_(&layer.weight);
/// assert!((layer.weight.var().item() - 2.0 / 200.0).abs() < 0.001);
/// ```
///
/// # Panics
/// If the parameter isn't a matrix `[out, in]`.
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
