//! How good a model is, without training it.

use crate::Real;
use crate::data::Batches;
use crate::nn::{Eval, Module, PerSample};
use crate::tensor::Tensor;
use crate::tensor::error::fail;
use crate::tensor::grad_mode::Restore;

/// How many samples are classified right: the largest of their scores `[n, classes]` stands at their label `[n]`.
///
/// ```
/// use dlnotes::prelude::*;
/// let scores = Tensor::from([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]);
/// assert_eq!(accuracy(&scores, &Tensor::from([0.0, 2.0])), 1);
/// ```
///
/// # Panics
/// If the shapes are others.
#[track_caller]
pub fn accuracy(scores: &Tensor, labels: &Tensor) -> usize {
    if scores.rank() != 2 || labels.shape() != &scores.shape()[..1] || scores.shape()[1] == 0 {
        let (x, y) = (scores.shape(), labels.shape());
        fail("accuracy", format!("scores of shape {x:?} and labels of shape {y:?}: [n, classes] and [n] are needed"));
    }
    let classes = scores.shape()[1];
    scores.with_data(|scores| {
        labels.with_data(|labels| {
            let best = |row: &[Real]| (1..classes).fold(0, |best, i| if row[i] > row[best] { i } else { best });
            scores.chunks_exact(classes).zip(labels).filter(|(row, label)| best(row) as Real == **label).count()
        })
    })
}

/// The share of samples that `net` classifies right, in evaluation mode.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new((&Tensor::eye(3), &Tensor::from([0.0, 1.0, 0.0])), 2);
/// assert!((evaluate_accuracy(&|x: &Tensor| x.clone(), &data) - 2.0 / 3.0).abs() < 1e-6);
/// ```
///
/// # Panics
/// If the model's outputs are not scores `[n, classes]`.
#[track_caller]
pub fn evaluate_accuracy(net: &dyn Module, data: &Batches) -> Real {
    let _eval = Eval::of(net);
    let _off_the_record = Restore::no_grad();
    let mut right = 0;
    for (x, y) in data {
        right += accuracy(&net.forward(&x), &y);
    }
    right as Real / data.data().len() as Real
}

/// The mean loss over all samples of `data`, in evaluation mode.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Batches::new((&Tensor::ones([3, 1]), &Tensor::zeros([3, 1])), 2);
/// assert_eq!(evaluate_loss(&|x: &Tensor| x * 2.0, &data, &MseLoss::none()), 4.0);
/// ```
///
/// # Panics
/// If outputs and labels don't fit the loss.
#[track_caller]
pub fn evaluate_loss(net: &dyn Module, data: &Batches, loss: &dyn PerSample) -> Real {
    let _eval = Eval::of(net);
    let mut sum = 0.0;
    let mut count = 0;
    let _off_the_record = Restore::no_grad();
    for (x, y) in data {
        let losses = loss.forward(&net.forward(&x), &y);
        sum += f64::from(losses.sum().item());
        count += losses.len();
    }
    (sum / count as f64) as Real
}
