//! Polynomial regression (notes, 多项式回归).

use std::time::Instant;

use crate::data::Batches;
use crate::nn::{Linear, Module, MseLoss};
use crate::optim::Sgd;
use crate::plot::Animator;
use crate::sequential;
use crate::tensor::Tensor;
use crate::train::history::over_epochs;
use crate::train::{History, evaluate_loss, train_epoch};

/// Fits a linear model without bias to the given columns by SGD (rate 0.01, batches of 10) and draws both losses: the
/// notes' `train`. Returns the weights and the curves.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::train_polynomial;
/// seed(1);
/// let data = polynomial_data(200);
/// let (x, y) = (data.poly_features, data.labels);
/// let (weight, history) = train_polynomial(&x.i((..100, ..4)), &x.i((100.., ..4)), &y.i(..100), &y.i(100..), 400);
/// assert!((weight.i((0, 0)).item() - 5.0).abs() < 0.1);
/// assert!(history.last("train") < 0.04);
/// ```
///
/// # Panics
/// If features and labels differ in number, or the loss becomes infinite or NaN.
#[track_caller]
pub fn train_polynomial(
    train_features: &Tensor,
    test_features: &Tensor,
    train_labels: &Tensor,
    test_labels: &Tensor,
    num_epochs: usize,
) -> (Tensor, History) {
    let start = Instant::now();
    let loss = MseLoss::none();
    let net = sequential![Linear::without_bias(train_features.shape()[1], 1)];
    let batch_size = train_labels.len().min(10);
    let train_iter = Batches::new((train_features, &train_labels.reshape([-1, 1])), batch_size).shuffled();
    let test_iter = Batches::new((test_features, &test_labels.reshape([-1, 1])), batch_size);
    let mut trainer = Sgd::new(net.parameters(), 0.01);
    let animator = Animator::new().xlabel("epoch").ylabel("loss").ylog().ylim(1e-3, 1e2);
    let mut history = History::new(over_epochs(animator, 1, num_epochs));
    for epoch in 1..=num_epochs {
        train_epoch(&net, &train_iter, &loss, &mut trainer);
        if epoch == 1 || epoch % 20 == 0 {
            history.push("train", epoch, evaluate_loss(&net, &train_iter, &loss));
            history.push("test", epoch, evaluate_loss(&net, &test_iter, &loss));
        }
    }
    history.time = start.elapsed();
    (net.get::<Linear>(0).weight.detach(), history)
}
