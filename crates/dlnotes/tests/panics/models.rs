//! Layers, optimizers, training.

use dlnotes::nn::init;
use dlnotes::prelude::*;
use dlnotes::train::{
    WeightDecay, load_checkpoint, save_checkpoint, train_dropout, train_polynomial, try_train_epoch, try_train_epochs,
};

use super::told;

const NOWHERE: &str = "no-such-folder/file.safetensors";

fn leaf() -> Tensor {
    Tensor::ones([2]).requires_grad()
}

fn net() -> Sequential {
    sequential![Linear::new(2, 1)]
}

fn sgd_of(net: &Sequential) -> Sgd {
    Sgd::new(net.parameters(), 0.1)
}

/// Labels that no single-precision loss can hold.
fn diverging() -> Batches {
    Batches::new((&Tensor::ones([4, 2]), &Tensor::full([4, 1], 1e30)), 2)
}

fn images() -> Batches {
    Batches::new((&Tensor::full([2, 1, 28, 28], f32::NAN), &Tensor::zeros([2])), 2)
}

fn four_by_two() -> Batches {
    Batches::new((&Tensor::ones([4, 2]), &Tensor::zeros([4])), 2)
}

super::cases! {
    "optim/adam.rs new": ["learning rate", "-1"] => Adam::new([&leaf()], -1.0);
    "optim/adam.rs new": ["[2]", "requires_grad"] => Adam::new([&Tensor::ones([2])], 0.1);
    "optim/adam.rs adamw": ["learning rate", "NaN"] => Adam::adamw([&leaf()], f32::NAN);
    "optim/adam.rs betas": ["betas", "0.9 and 1"] => Adam::new([&leaf()], 0.1).betas(0.9, 1.0);
    "optim/adam.rs eps": ["ε", "-1"] => Adam::new([&leaf()], 0.1).eps(-1.0);
    "optim/clip.rs clip_grad_norm": ["clip_grad_norm", "limit is 0"] => clip_grad_norm([&leaf()], 0.0);
    "optim/clip.rs clip_grad_value": ["clip_grad_value", "NaN"] => clip_grad_value([&leaf()], f32::NAN);
    "optim/group.rs lr": ["learning rate", "-1"] => ParamGroup::new([&leaf()]).lr(-1.0);
    "optim/group.rs weight_decay": ["weight decay", "-1"] => ParamGroup::new([&leaf()]).weight_decay(-1.0);
    "optim/group.rs weight_decay": ["weight decay", "inf"] => Sgd::new([&leaf()], 0.1).weight_decay(f32::INFINITY);
    "optim/group.rs momentum": ["momentum", "-1"] => ParamGroup::new([&leaf()]).momentum(-1.0);
    "optim/scratch.rs sgd": ["sgd", "[2]", "backward"] => sgd([&leaf()], 0.1, 1);
    "optim/scratch.rs sgd": ["sgd", "batch size is 0"] => sgd([&leaf()], 0.1, 0);
    "optim/sgd.rs new": ["no parameters"] => Sgd::new(Vec::<Tensor>::new(), 0.1);
    "optim/sgd.rs new": ["[2]", "twice"] => { let w = leaf(); Sgd::new([&w, &w], 0.1) };
    "optim/sgd.rs momentum": ["momentum", "NaN"] => Sgd::new([&leaf()], 0.1).momentum(f32::NAN);
    "optim/sgd.rs dampening": ["dampening", "-1"] => Sgd::new([&leaf()], 0.1).dampening(-1.0);
    "optim/sgd.rs dampening": ["0.5 and 0.25"] => Sgd::new([&leaf()], 0.1).momentum(0.5).nesterov().dampening(0.25);
    "optim/sgd.rs nesterov": ["0 and 0"] => Sgd::new([&leaf()], 0.1).nesterov();
    "nn/batch_norm.rs new": ["BatchNorm1d", "0 features"] => BatchNorm1d::new(0);
    "nn/batch_norm.rs eps": ["BatchNorm1d", "eps is -1"] => BatchNorm1d::new(2).eps(-1.0);
    "nn/batch_norm.rs momentum": ["BatchNorm1d", "1.5"] => BatchNorm1d::new(2).momentum(1.5);
    "nn/dropout.rs new": ["Dropout", "p is NaN"] => Dropout::new(f32::NAN);
    "nn/init.rs normal_": ["normal", "-1"] => init::normal_(&leaf(), 0.0, -1.0);
    "nn/init.rs uniform_": ["uniform", "from 1 to 0"] => init::uniform_(&leaf(), 1.0, 0.0);
    "nn/init.rs xavier_uniform_": ["xavier_uniform_", "[2]"] => init::xavier_uniform_(&leaf());
    "nn/init.rs xavier_normal_": ["xavier_normal_", "[2]"] => init::xavier_normal_(&leaf());
    "nn/init.rs he_normal_": ["he_normal_", "[2]"] => init::he_normal_(&leaf());
    "nn/init.rs he_uniform_": ["he_uniform_", "[2]"] => init::he_uniform_(&leaf());
    "nn/linear.rs new": ["Linear", "from 0 to 3"] => Linear::new(0, 3);
    "nn/linear.rs without_bias": ["Linear", "from 3 to 0"] => Linear::without_bias(3, 0);
    "nn/loss.rs squared_loss": ["squared_loss", "3", "2"] => squared_loss(&Tensor::ones([3]), &Tensor::ones([2]));
    "nn/mlp.rs mlp": ["mlp", "[4]"] => mlp([4], Relu);
    "nn/mod.rs linreg": ["[2]", "[3]"] => linreg(&leaf(), &Tensor::ones([3]), &Tensor::ones([1]));
    "nn/mlp.rs mlp": ["mlp", "[3]"] => mlp([3], Relu);
    "nn/mlp.rs mlp": ["Linear", "from 3 to 0"] => mlp([3, 0], Relu);
    "nn/noise.rs new": ["GaussianNoise", "σ is -1"] => GaussianNoise::new(-1.0);
    "nn/sequential.rs get": ["Sequential::get", "layer 3 of 1"] => net().get::<Linear>(3).weight.clone();
    "nn/sequential.rs get": ["Linear(2 → 1)", "Dropout"] => net().get::<Dropout>(0).describe();
    "nn/summary.rs summary": ["[1, 5]", "[1, 2]"] => summary(&net(), [1, 5]);
    "nn/safetensors/mod.rs save_parameters": ["no-such-folder"] => told(save_parameters(&net(), NOWHERE));
    "nn/safetensors/mod.rs load_parameters": ["no-such-folder"] => told(load_parameters(&net(), NOWHERE));
    "train/checkpoint.rs save_checkpoint": ["no-such-folder"] => { let net = net(); told(save_checkpoint(NOWHERE, &net, &sgd_of(&net), 1)) };
    "train/checkpoint.rs load_checkpoint": ["no-such-folder"] => { let net = net(); told(load_checkpoint(NOWHERE, &net, &mut sgd_of(&net))) };
    "train/decision_map.rs decision_map": ["decision_map", "[1]"] => decision_map(&|x: &Tensor| x.sum_dim(1, false), (0.0, 1.0), (0.0, 1.0));
    "train/decision_map.rs decision_map": ["linear", "[1, 2]", "[1, 5]"] => decision_map(&Linear::new(5, 1), (0.0, 1.0), (0.0, 1.0));
    "train/experiments/playground/mod.rs new": ["points", "circles", "rings"] => Playground::new("circles");
    "train/experiments/playground/mod.rs points": ["points", "circles", "rings"] => Playground::new("rings").points("circles");
    "train/experiments/playground/mod.rs layers": ["layers", "0"] => Playground::new("rings").layers(0, 4);
    "train/experiments/playground/mod.rs layers": ["layers", "0"] => Playground::new("rings").layers(1, 0);
    "train/predictions.rs mistakes": ["argmax"] => mistakes(&|x: &Tensor| x.sum_dim(1, false), four_by_two().data());
    "train/predictions.rs show_predictions": ["9"] => show_predictions(&Relu, &FashionMnist::embedded().train.take(3), &[9], 2);
    "train/predictions.rs show_predictions": ["argmax"] => show_predictions(&|x: &Tensor| x.sum(), &FashionMnist::embedded().train.take(3), &[0], 2);
    "train/epoch.rs train_epochs": ["train_epochs", "0 epochs"] => { let net = net(); train_epochs(0, &net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)) };
    "train/experiments/descent.rs loss_surface": ["loss_surface"] => loss_surface(|_, _| Tensor::ones([3]), (0.0, 1.0), (0.0, 1.0));
    "train/experiments/descent.rs descent": ["[2]"] => descent(|x, _| x.broadcast_to([2]), [1.0, 1.0], 0.1, 1);
    "train/experiments/dropout.rs train_dropout": ["the loss is NaN"] => train_dropout(&sequential![Flatten, Linear::new(784, 10)], &images(), &images(), 1);
    "train/epoch.rs train_epoch": ["the loss is inf"] => { let net = net(); train_epoch(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)) };
    "train/epoch.rs try_train_epochs": ["train_epochs", "0 epochs"] => { let net = net(); try_train_epochs(0, &net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)) };
    "train/epoch.rs try_train_epochs": ["the loss is inf"] => { let net = net(); told(try_train_epochs(9, &net, &diverging(), &MseLoss::none(), &mut sgd_of(&net))) };
    "train/epoch.rs try_train_epoch": ["the loss is inf"] => { let net = net(); told(try_train_epoch(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net))) };
    "train/epoch.rs train_epochs": ["the loss is inf"] => { let net = net(); train_epochs(9, &net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)) };
    "train/decision_map.rs decision_map": ["1 to 0"] => decision_map(&net(), (1.0, 0.0), (0.0, 1.0));
    "train/predictions.rs show_predictions": ["names", "10"] => show_predictions(&|_: &Tensor| Tensor::eye(11).i(10..), &FashionMnist::embedded().test, &[0], 1);
    "train/evaluate.rs accuracy": ["accuracy", "[2]"] => accuracy(&leaf(), &leaf());
    "train/evaluate.rs evaluate_accuracy": ["accuracy", "[2]"] => evaluate_accuracy(&|x: &Tensor| x.sum_dim(1, false), &four_by_two());
    "train/evaluate.rs evaluate_loss": ["cross_entropy", "[3, 2, 2]"] => evaluate_loss(&|x: &Tensor| x.broadcast_to([3, 2, 2]), &four_by_two(), &CrossEntropyLoss::none());
    "train/fit.rs fit": ["the loss is inf"] => { let net = net(); fit(&net, &diverging(), &diverging(), &MseLoss::none(), 1, &mut sgd_of(&net)) };
    "train/fit.rs fit": ["linear", "[2, 2]", "[1, 5]"] => { let net = sequential![Linear::new(5, 1)]; fit(&net, &diverging(), &diverging(), &MseLoss::none(), 1, &mut sgd_of(&net)) };
    "train/epoch.rs train_epoch": ["linear", "[2, 2]", "[1, 5]"] => { let net = sequential![Linear::new(5, 1)]; train_epoch(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)) };
    "train/fit.rs patience": ["Fit::patience", "0 epochs"] => { let net = net(); Fit::new(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)).patience(0).epochs(1).run() };
    "train/fit.rs clip_norm": ["Fit::clip_norm", "limit is 0"] => { let net = net(); Fit::new(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)).clip_norm(0.0).run() };
    "train/fit.rs run": ["the loss is inf"] => { let net = net(); told(Fit::new(&net, &diverging(), &MseLoss::none(), &mut sgd_of(&net)).run()) };
    "train/experiments/polynomial.rs train_polynomial": ["[4, 2]", "[3, 1]"] => train_polynomial(&Tensor::ones([4, 2]), &Tensor::ones([4, 2]), &Tensor::ones([3]), &Tensor::ones([3]), 1);
    "train/experiments/pretrain.rs pretrain": ["pretrain", "1 linear"] => pretrain(&net(), &four_by_two(), 1, 0.1);
    "train/experiments/weight_decay.rs train": ["the loss is"] => WeightDecay::new().train(1e6);
    "train/experiments/weight_decay.rs train_concise": ["weight decay", "-1"] => WeightDecay::new().train_concise(-1.0);
    "parallel.rs parallel": ["piece 1"] => parallel(1, 2, |piece| assert!(piece != 1, "piece 1"));
    "optim/mod.rs set_state": ["Optimizer::set_state", "`9.step`"] => told(sgd_of(&net()).set_state(&[("9.step".into(), leaf())]));
}
