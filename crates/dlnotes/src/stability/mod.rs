//! Numerical stability and initialization (notes, 数值稳定和模型初始化): what deep products do to numbers, and what keeps
//! them in range.
//!
//! ```
//! use dlnotes::prelude::*;
//! seed(1);
//! let he = DeepNet::new(Activation::Relu, Init::He).depth(20).width(64).flow();
//! let small = DeepNet::new(Activation::Relu, Init::Normal(0.01)).depth(20).width(64).flow();
//! assert!(he.gradient[0].abs() < 2.0 && small.gradient[0] < -10.0);      // log₁₀ ‖∂L/∂W⁽¹⁾‖
//! ```

mod coadaptation;
mod dead_relu;
mod deep_net;
mod gradient_map;
mod init;
mod overflow;
mod product;
mod symmetry;

pub use coadaptation::{coadaptation, sensitivity};
pub use dead_relu::{DeadRelus, dead_relus};
pub use deep_net::{DeepNet, Flow, gradient_norms};
pub use gradient_map::{GradientMap, gradient_map};
pub use init::Init;
pub use overflow::{
    PrecisionTable, log_product, naive_softmax, naive_variance, precision_table, product, stable_softmax,
    two_pass_variance,
};
pub use product::{MatrixProduct, growth_per_factor, matrix_product};
pub use symmetry::{symmetry, unit_spread};
