//! Deep-learning notes that run: tensors with reverse-mode autograd, activations with their derivatives, and plots that
//! show themselves in a notebook.
//!
//! ```
//! use dlnotes::prelude::*;
//!
//! let x = Tensor::arange(-8.0, 8.0, 0.1).requires_grad();
//! let y = x.relu();
//! y.backward_with(&y.ones_like());
//! let slope = x.grad().unwrap();
//! assert_eq!(slope.to_vec(), Activation::Relu.derivative(&x).to_vec());
//! ```

pub mod data;
mod gemm;
mod interrupt;
pub mod nn;
pub mod notebook;
pub mod optim;
mod parallel;
pub mod plot;
mod real;
pub mod tensor;
pub mod train;

#[doc(hidden)]
pub use dlnotes_display; // the kernel's hidden first cell sets it up
pub use parallel::parallel;
pub use real::Real;
pub use tensor::{Error, Tensor};

/// Everything that a notebook cell needs.
pub mod prelude {
    pub use crate::data::{
        self, Batches, Dataset, FashionMnist, load_fashion_mnist, polynomial_data, polynomial_features, synthetic_data,
    };
    pub use crate::nn::{
        self, CrossEntropyLoss, Dropout, Elu, Eval, Flatten, Gelu, LeakyRelu, Linear, Loss, Module, MseLoss, PRelu,
        PerSample, Relu, Sequential, Sigmoid, Softplus, Tanh, init, l1_penalty, l2_penalty, linreg, load_parameters,
        save_parameters, squared_loss, summary,
    };
    pub use crate::notebook::NotebookValue;
    pub use crate::optim::{self, Adam, Optimizer, ParamGroup, Schedule, Sgd, clip_grad_norm, clip_grad_value, sgd};
    pub use crate::parallel;
    pub use crate::plot::{Animator, Figure, Grid, bar, heatmap, histogram, images, plot, scatter, step};
    pub use crate::sequential;
    pub use crate::tensor::{
        Activation, Error, Tensor, concat, dropout_layer, elu, enable_grad, gelu, generator, is_grad_enabled,
        leaky_relu, live_graph_nodes, no_grad, permutation, prelu, relu, seed, sigmoid, softplus, stack, tanh,
        with_stream,
    };
    pub use crate::train::{self, Fit, History, accuracy, evaluate_accuracy, evaluate_loss, fit, train_epoch};
}
