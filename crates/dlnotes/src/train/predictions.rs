//! What a classifier sees in pictures of clothes.

use dlnotes_display::words::{say, tell};

use crate::data::{Batches, Dataset, FashionMnist};
use crate::nn::{Eval, Module};
use crate::plot::{Figure, images};
use crate::tensor::grad_mode::Restore;

/// The samples that `net` classifies wrong, in evaluation mode.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Dataset::from((Tensor::eye(3), Tensor::from([0.0, 1.0, 0.0])));
/// assert_eq!(mistakes(&|x: &Tensor| x.clone(), &data), [2]);
/// ```
///
/// # Panics
/// If the model's outputs are not scores `[n, classes]`.
#[must_use]
#[track_caller]
pub fn mistakes(net: &dyn Module, data: &Dataset) -> Vec<usize> {
    let _eval = Eval::of(net);
    let _off_the_record = Restore::no_grad();
    let (mut wrong, mut first) = (Vec::new(), 0);
    for (x, y) in &Batches::new(data, 500) {
        let right = net.forward(&x).argmax_dim(1).eq(&y).to_vec();
        wrong.extend((0..right.len()).filter(|&i| right[i] == 0.0).map(|i| first + i));
        first += right.len();
    }
    wrong
}

/// These pictures of Fashion-MNIST, in rows of `columns`, each with the class that `net` sees in it; where that is wrong, the
/// right one stands in brackets.
///
/// ```
/// use dlnotes::prelude::*;
/// let fashion = FashionMnist::embedded();
/// let always_a_shirt = |x: &Tensor| Tensor::eye(10).i(6..7).broadcast_to([x.shape()[0], 10]);
/// let figure = show_predictions(&always_a_shirt, &fashion.train, &[0, 18], 2);
/// assert!(figure.summary().contains("shirt (ankle boot), shirt"));
/// ```
///
/// # Panics
/// If an index is out of range, `columns` is 0, or the model's outputs are not scores of the ten classes.
#[must_use]
#[track_caller]
pub fn show_predictions(net: &dyn Module, data: &Dataset, indices: &[usize], columns: usize) -> Figure {
    let _eval = Eval::of(net);
    let _off_the_record = Restore::no_grad();
    let (pictures, labels) = data.select(indices);
    let seen = FashionMnist::names(&net.forward(&pictures).argmax_dim(1));
    let names = seen.into_iter().zip(FashionMnist::names(&labels));
    let names: Vec<String> = names
        .map(|(seen, truth)| if seen == truth { seen.to_owned() } else { tell("{} ({})", &[&say(seen), &say(truth)]) })
        .collect();
    images(pictures.to_vec(), [28, 28], columns).labels(&names).title(data.note().unwrap_or_default())
}
