//! The notes' own trainings, through the functions that their notebooks call.
//!
//! The peers in `train.py` do the same work under the same names.

use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use dlnotes::prelude::*;
use dlnotes::train::{WeightDecay, dropout_mlp, evaluate_loss, train_polynomial};

/// 400 epochs of 4 columns, 1,500 of 20, with the evaluations that the figures show.
fn polynomial(c: &mut Criterion) {
    seed(0);
    let data = polynomial_data(200);
    let (x, y) = (data.poly_features, data.labels);
    for (name, columns, epochs) in [("cubic fit, 400 epochs", 4, 400), ("20 columns, 1500 epochs", 20, 1500)] {
        let (train_x, test_x) = (x.i((..100, ..columns)), x.i((100.., ..columns)));
        c.bench_function(&format!("train/{name}"), |b| {
            b.iter(|| train_polynomial(&train_x, &test_x, &y.i(..100), &y.i(100..), epochs));
        });
    }
}

fn weight_decay(c: &mut Criterion) {
    seed(0);
    let experiment = WeightDecay::new();
    c.bench_function("train/weight decay from scratch", |b| b.iter(|| experiment.train(3.0)));
    c.bench_function("train/weight decay concise", |b| b.iter(|| experiment.train_concise(3.0)));
    c.bench_function("train/weight decay without curves", |b| b.iter(|| without_curves(&experiment)));
}

/// The concise version but for its curves, which a notebook draws and a program doesn't.
fn without_curves(experiment: &WeightDecay) {
    let net = sequential![Linear::new(200, 1)];
    let layer = net.get::<Linear>(0);
    let groups = [ParamGroup::new([&layer.weight]).weight_decay(3.0), ParamGroup::new(&layer.bias)];
    let (loss, mut trainer) = (MseLoss::none(), Sgd::new(groups, 0.003));
    for epoch in 1..=100 {
        for (x, y) in &experiment.train_iter {
            trainer.zero_grad();
            loss.forward(&net.forward(&x), &y).mean().backward();
            trainer.step();
        }
        if epoch % 5 == 0 {
            evaluate_loss(&net, &experiment.train_iter, &loss);
            evaluate_loss(&net, &experiment.test_iter, &loss);
        }
    }
}

/// One epoch of the dropout MLP, and loading the data set. Without the installed files there is nothing to compare: the
/// embedded subset is a tenth of them.
fn fashion_mnist(c: &mut Criterion) {
    let data = FashionMnist::load().expect("the data set");
    if data.is_subset() {
        eprintln!("what loads Fashion-MNIST is left out");
        return;
    }
    let mut group = c.benchmark_group("train");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).warm_up_time(Duration::from_secs(1));
    group.bench_function("load Fashion-MNIST", |b| b.iter(|| FashionMnist::load().expect("the data set")));
    seed(0);
    let (train_iter, _) = data.batches(256);
    let net = dropout_mlp(0.2, 0.5);
    let mut trainer = Sgd::new(net.parameters(), 0.5);
    group.bench_function("dropout MLP, one epoch", |b| {
        b.iter(|| train_epoch(&net, &train_iter, &CrossEntropyLoss::none(), &mut trainer));
    });
    group.finish();
}

criterion_group!(benches, polynomial, weight_decay, fashion_mnist);
criterion_main!(benches);
