//! What the documentation promises to refuse is refused, with a message that names the thing.

mod common;

use common::panic_message;
use dlnotes::prelude::*;
use dlnotes::train::WeightDecay;

fn leaf() -> Tensor {
    Tensor::ones([2]).requires_grad()
}

#[track_caller]
fn refused<R>(words: &str, f: impl FnOnce() -> R) {
    let message = panic_message(f);
    assert!(message.contains(words), "{message:?} does not say {words:?}");
}

#[test]
fn optimizers_refuse_settings_that_are_none() {
    for bad in [-1.0, f32::NAN, f32::INFINITY] {
        refused("learning rate", || Sgd::new([&leaf()], bad));
        refused("learning rate", || Adam::new([&leaf()], bad));
        refused("learning rate", || Adam::adamw([&leaf()], bad));
        refused("learning rate", || ParamGroup::new([&leaf()]).lr(bad));
        refused("weight decay", || Sgd::new([&leaf()], 0.1).weight_decay(bad));
        refused("weight decay", || Adam::new([&leaf()], 0.1).weight_decay(bad));
        refused("weight decay", || ParamGroup::new([&leaf()]).weight_decay(bad));
        refused("momentum", || Sgd::new([&leaf()], 0.1).momentum(bad));
        refused("momentum", || ParamGroup::new([&leaf()]).momentum(bad));
        refused("dampening", || Sgd::new([&leaf()], 0.1).momentum(0.5).dampening(bad));
        refused("ε", || Adam::new([&leaf()], 0.1).eps(bad));
        refused("betas", || Adam::new([&leaf()], 0.1).betas(f64::from(bad), 0.9));
        refused("weight decay", || WeightDecay::new().train_concise(bad));
    }
    refused("betas", || Adam::new([&leaf()], 0.1).betas(0.9, 1.0));
    refused("a leaf", || Sgd::new([&Tensor::ones([2])], 0.1));
    refused("a leaf", || Sgd::new([&(leaf() * 2.0)], 0.1));
    refused("twice", || {
        let w = leaf();
        Sgd::new([&w, &w], 0.1)
    });
    refused("no parameters", || Sgd::new(Vec::<Tensor>::new(), 0.1));
    refused("they are 0 and 0", || Sgd::new([&leaf()], 0.1).nesterov());
    let nesterov = || Sgd::new([&leaf()], 0.1).momentum(0.5).nesterov();
    refused("they are 0.5 and 0.25", || Sgd::new([&leaf()], 0.1).momentum(0.5).dampening(0.25).nesterov());
    refused("they are 0.5 and 0.25", || nesterov().dampening(0.25));
    refused("they are 0 and 0", || nesterov().momentum(0.0));
    for limit in [0.0, -1.0, f32::NAN] {
        refused("above 0", || clip_grad_norm([&leaf()], limit));
        refused("above 0", || clip_grad_value([&leaf()], limit));
    }
}

#[test]
fn the_step_from_scratch_needs_gradients_and_samples() {
    let with_grad = || {
        let w = leaf();
        w.sum().backward();
        w
    };
    refused("gradient", || sgd([&leaf()], 0.1, 1));
    refused("sgd", || sgd([&with_grad()], 0.1, 0));
    refused("learning rate", || sgd([&with_grad()], f32::NAN, 1));
    refused("learning rate", || sgd([&with_grad()], -0.1, 1));
}

#[test]
fn training_that_diverges_is_told() {
    seed(1);
    refused("the loss is", || WeightDecay::new().train(1e6));
    refused("the loss is", || WeightDecay::new().train_concise(1e9));
    refused("gradient", || descent(|x, _| x.square(), [1.0, 1.0], 0.1, 2));
    refused("", || descent(|_, _| Tensor::ones([]), [1.0, 1.0], 0.1, 2));
}

#[test]
fn layers_refuse_sizes_that_are_none() {
    refused("at least 1", || Linear::new(0, 3));
    refused("at least 1", || Linear::without_bias(3, 0));
    for p in [-0.1, 1.1, f32::NAN] {
        refused("0..=1", || Dropout::new(p));
    }
    for std in [-1.0, f32::NAN, f32::INFINITY] {
        refused("normal", || init::normal_(&Tensor::zeros([2]), 0.0, std));
    }
    for (low, high) in [(1.0, 0.0), (1.0, 1.0), (f32::NAN, 1.0), (0.0, f32::INFINITY)] {
        refused("uniform", || init::uniform_(&Tensor::zeros([2]), low, high));
    }
    for fill in [init::xavier_uniform_, init::xavier_normal_, init::he_normal_, init::he_uniform_] {
        refused("[out, in]", || fill(&Tensor::zeros([3])));
    }
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let (x, y) = (Tensor::zeros([4, 2]), Tensor::zeros([4]));
    refused("batch size", || Batches::new((&x, &y), 0));
    refused("no samples", || Batches::new((&Tensor::zeros([0, 2]), &Tensor::zeros([0])), 1));
    refused("", || Batches::new((&x, &Tensor::zeros([3])), 1));
    let (net, loss) = (sequential![Linear::new(2, 1)], MseLoss::none());
    let data = Batches::new((&x, &Tensor::zeros([4, 1])), 2);
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    refused("at least 1", || Fit::new(&net, &data, &loss, &mut trainer).patience(0));
}

#[test]
fn figures_refuse_what_makes_no_picture() {
    refused("0 bins", || dlnotes::plot::histogram([1.0], 0));
    refused("0 columns", || dlnotes::plot::images([1.0], [1, 1], 0));
    refused("whole pictures", || dlnotes::plot::images([1.0, 2.0, 3.0], [2, 2], 1));
    refused("same length", || dlnotes::plot::heatmap(vec![vec![1.0], vec![1.0, 2.0]]));
    refused("2 × 2", || dlnotes::plot::surface([[1.0, 2.0]], (0.0, 1.0), (0.0, 1.0)));
    refused("a range", || dlnotes::plot::surface([[1.0, 2.0], [1.0, 2.0]], (0.0, 0.0), (0.0, 1.0)));
    refused("same length", || dlnotes::plot::plot([1.0], [1.0, 2.0]));
    refused("same length", || dlnotes::plot::Figure::new().band([1.0], [1.0, 2.0], [1.0], ""));
    refused("above 0", || dlnotes::plot::plot([1.0], [1.0]).xlim(-1, 1).xlog());
    refused("a range", || dlnotes::plot::plot([1.0], [1.0]).ylim(1, 1));
    refused("0.5 and 50", || dlnotes::plot::plot([1.0], [1.0]).size(0.1, 1.0));
    refused("names for", || dlnotes::plot::plot([1.0], [1.0]).legend(["a", "b"]));
}
