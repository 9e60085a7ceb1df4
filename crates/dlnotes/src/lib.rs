//! Deep learning small enough to read: tensors with reverse-mode autograd, layers, optimizers, data sets, training loops,
//! and figures that show themselves in a notebook. The notebooks of this project are written with nothing else, and every
//! function works the same in an ordinary Rust program. Names and semantics are PyTorch's.
//!
//! Everything that the examples need comes with one line:
//!
//! ```
//! use dlnotes::prelude::*;
//! ```
//!
//! # A derivative
//!
//! A [`Tensor`] holds numbers in single precision and has any shape. From one that
//! [`requires_grad`](Tensor::requires_grad), what is computed is recorded; [`backward`](Tensor::backward) goes back through the
//! record and leaves the derivative in [`grad`](Tensor::grad).
//!
//! ```
//! # use dlnotes::prelude::*;
//! let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();
//! let y = (&x * &x).sum();                                    // y = Σ xᵢ²
//! y.backward();
//! assert_eq!(x.grad().unwrap().to_vec(), [2.0, 4.0, 6.0]);    // ∂y/∂xᵢ = 2xᵢ
//! ```
//!
//! Operators take references, so that `x` can be used again. Gradients add up until
//! [`zero_grad`](Tensor::zero_grad); inside [`no_grad`](tensor::no_grad) nothing is recorded.
//!
//! # A model that learns
//!
//! Gradient descent by hand takes three lines in a loop:
//!
//! ```
//! # use dlnotes::prelude::*;
//! seed(1);
//! let x = Tensor::randn([100, 1]);
//! let y = 3.0 * &x - 1.0;
//! let (w, b) = (Tensor::zeros([1, 1]).requires_grad(), Tensor::zeros([1]).requires_grad());
//! for _ in 0..100 {
//!     squared_loss(&linreg(&x, &w, &b), &y).mean().backward();
//!     sgd([&w, &b], 0.3, 1);
//! }
//! assert!((w.item() - 3.0).abs() < 1e-3 && (b.item() + 1.0).abs() < 1e-3);
//! ```
//!
//! The same with layers, an optimizer and a training loop that keeps its curves, on a problem that no straight line can
//! solve: points inside a circle against points outside.
//!
//! ```
//! # use dlnotes::prelude::*;
//! seed(1);
//! let x = Tensor::uniform(-1.0, 1.0, [400, 2]);
//! let inside = x.square().sum_dim(1, false).lt(0.6);                 // the class of each point, 0 or 1
//! let train_iter = Batches::new((&x, &inside), 20).shuffled();
//!
//! let net = sequential![Linear::new(2, 16), Relu, Linear::new(16, 2)];
//! let mut trainer = Sgd::new(net.parameters(), 0.5);
//! let history = fit(&net, &train_iter, &train_iter, &CrossEntropyLoss::none(), 60, &mut trainer);
//! assert!(history.last("test acc") > 0.95);
//! ```
//!
//! # A figure
//!
//! [`plot`](plot::plot) and its sisters take tensors, vectors, arrays and ranges. A [`Figure`](plot::Figure) is a value: a
//! notebook shows the one that ends a cell, a program saves it.
//!
//! ```
//! # use dlnotes::prelude::*;
//! let x = Tensor::arange(-8.0, 8.0, 0.1);
//! let figure = plot(&x, [&sigmoid(&x), &tanh(&x)]).legend(["sigmoid", "tanh"]).xlabel("x");
//! assert!(figure.to_svg().contains("sigmoid"));               // figure.save("activations.svg")?
//! ```
//!
//! # Where things are
//!
//! | module | what it holds | notes |
//! |---|---|---|
//! | [`tensor`] | tensors, operations with their derivatives, random numbers | 激活函数 · activation functions |
//! | [`nn`] | layers, losses, initialization, parameter files | 多层感知机, 暂退法 · perceptrons, dropout |
//! | [`optim`] | SGD, Adam, AdamW, schedules, clipping | 权重衰减 · weight decay |
//! | [`data`] | batches, the notes' synthetic data, Fashion-MNIST | 生成数据集 · data sets |
//! | [`train`] | an epoch, many epochs, evaluation, the notes' experiments | 训练和测试 · training |
//! | [`select`] | exact fits, cross-validation, sweeps, curves of error, bias and variance | 模型选择 · model selection |
//! | [`stability`] | deep products, gradients by layer, initialization | 数值稳定 · numerical stability |
//! | [`mod@plot`] | figures, also ones that grow while something trains | every figure |
//! | [`controls`] | sliders and switches that move a figure | |
//! | [`notebook`] | how values look below a cell; a reader's answers ([`check!`]) | |
//!
//! # What to rely on
//!
//! - **Mistakes are reported.** A wrong shape or range panics at *your* line, with the operation, the values and the remedy;
//!   `try_…` methods and everything that reads or writes files return a [`Result`] with an [`Error`].
//! - **The same seed gives the same bits** with [`seed`](tensor::seed), whatever the number of threads; across processors, results agree
//!   within rounding.
//! - **Single precision.** [`Real`] is `f32`; the same sources in `f64` prove every derivative against finite differences.
//! - **ndarray goes in and out**: `Tensor::from(array)`, `ArrayD::from(tensor)`.

pub mod controls;
pub mod data;
mod dropped;
mod gemm;
mod interrupt;
mod json;
mod linalg;
pub mod nn;
pub mod notebook;
pub mod optim;
mod parallel;
pub mod plot;
mod real;
pub mod select;
mod share;
pub mod stability;
pub mod tensor;
pub mod train;

#[doc(hidden)]
pub use dlnotes_display; // cells and their crates show things with the same copy of it
/// The arrays that tensors are made of and give: a notebook that has them in a variable needs no `:dep ndarray`.
pub use ndarray;
/// The distributions that [`Tensor::random`] draws from.
pub use ndarray_rand;
pub use parallel::parallel;
pub use real::Real;
pub use tensor::{Error, Tensor};

/// Everything that a notebook cell needs.
pub mod prelude {
    pub use crate::check;
    pub use crate::controls::{choice, frames, interact, log_slider, play, slider, toggle};
    pub use crate::data::{
        self, Augment, Batches, Dataset, FashionMnist, KFold, TestSet, augment, load_fashion_mnist, polynomial_data,
        polynomial_features, random_split, synthetic_data,
    };
    pub use crate::interact;
    pub use crate::nn::activation::*;
    pub use crate::nn::{
        self, BatchNorm1d, CrossEntropyLoss, Dropout, Eval, Flatten, GaussianNoise, Linear, Loss, Module, MseLoss,
        PRelu, PerSample, Sequential, init, l1_penalty, l2_penalty, linreg, load_parameters, mlp, save_parameters,
        squared_loss, summary,
    };
    pub use crate::notebook::NotebookValue;
    pub use crate::optim::{self, Adam, Optimizer, ParamGroup, Schedule, Sgd, clip_grad_norm, clip_grad_value, sgd};
    pub use crate::parallel;
    pub use crate::plot::{
        Animator, Figure, Grid, backward_steps, bar, graph, heatmap, histogram, images, network, parallel_coordinates,
        plot, scatter, step, surface,
    };
    pub use crate::select::{
        self, GridSearch, Sweep, SweepResult, Truth, bias_variance, bias_variance_curve, capacity_curve,
        cross_validate, error_curve, lasso, learning_curve, least_squares, min_norm_least_squares, polynomial_fit,
        principal_components, repeat, ridge, select_features, soft_threshold,
    };
    pub use crate::sequential;
    pub use crate::stability::{
        self, DeepNet, Init, coadaptation, dead_relus, gradient_map, gradient_norms, growth_per_factor, log_product,
        matrix_product, naive_softmax, naive_variance, precision_table, product, sensitivity, stable_softmax, symmetry,
        two_pass_variance, unit_spread,
    };
    pub use crate::tensor::ops::activation::functions::*;
    pub use crate::tensor::{
        Activation, Error, Tensor, concat, dropout_layer, enable_grad, generator, is_grad_enabled, live_graph_nodes,
        no_grad, permutation, prelu, seed, stack, with_stream,
    };
    pub use crate::train::{
        self, Fit, History, Playground, accuracy, decision_map, descent, evaluate_accuracy, evaluate_loss, fit,
        loss_surface, mistakes, pretrain, show_predictions, train_epoch, train_epochs,
    };
}

/// The examples of the read-me, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
