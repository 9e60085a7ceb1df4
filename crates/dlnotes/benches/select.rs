//! What model selection, graph drawing and the look at gradients cost. Marks on two cores: five folds at least 1.7 times
//! as fast as one after the other; 200 refits at most 3 s; the gradient map of 4 activations × 4 initializations × 50
//! layers at most 2 s; a graph of 60 nodes drawn in at most 20 ms.

use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use dlnotes::prelude::*;

/// A small MLP on 1,000 images in five folds, on one thread and on all.
fn cross_validation(c: &mut Criterion) {
    let data = FashionMnist::embedded().train.take(1000);
    let fit = |train: &Dataset, valid: &Dataset| {
        let (train, valid) = (Batches::new(train, 50).shuffled(), Batches::new(valid, 200));
        let net = sequential![Flatten, Linear::new(784, 64), Relu, Linear::new(64, 10)];
        let mut trainer = Sgd::new(net.parameters(), 0.1);
        let loss = CrossEntropyLoss::none();
        for _ in 0..5 {
            train_epoch(&net, &train, &loss, &mut trainer);
        }
        (evaluate_loss(&net, &train, &loss), evaluate_loss(&net, &valid, &loss))
    };
    let folds = KFold::new(5).shuffled(1);
    let mut group = c.benchmark_group("select");
    group.sampling_mode(SamplingMode::Flat).sample_size(20).measurement_time(Duration::from_secs(10));
    for (name, threads) in [("5 folds one after the other", 1), ("5 folds side by side", rayon::current_num_threads())]
    {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        group.bench_function(name, |b| {
            b.iter(|| {
                seed(1);
                pool.install(|| cross_validate(&data, &folds, fit))
            });
        });
    }
    group.finish();
}

/// Bias, variance and noise of 200 refits of one degree, and of all from 0 to 19.
fn refits(c: &mut Criterion) {
    let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
    let mut group = c.benchmark_group("select");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.bench_function("200 refits, degree 19", |b| {
        b.iter(|| bias_variance(&truth, 100, 200, |train, x| polynomial_fit(train, 19, 0.0).predict(x)));
    });
    group.bench_function("200 refits, degrees 0 to 19", |b| b.iter(|| bias_variance_curve(&truth, 100, 200, 0..=19)));
    group.finish();
}

fn gradients(c: &mut Criterion) {
    let activations = [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::LeakyRelu { slope: 0.01 }];
    let inits = [Init::Normal(1.0), Init::Normal(0.01), Init::Xavier, Init::He];
    let mut group = c.benchmark_group("select");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("gradient map 4 × 4 × 50", |b| b.iter(|| gradient_map(&activations, &inits, 50)));
    group.finish();
}

/// About 60 nodes with connections across many layers.
fn drawing(c: &mut Criterion) {
    let a = Tensor::randn([3]).requires_grad();
    let mut parts = vec![a.clone()];
    for i in 0..14 {
        let last = parts.last().expect("it begins with one");
        parts.push(last.sin() * &parts[i / 2] + &a);
    }
    let end = parts.iter().skip(1).fold(a.exp(), |sum, part| sum + part).sum();
    assert!((55..=65).contains(&end.graph_nodes(1000).len()));
    c.bench_function("select/graph of 60 nodes", |b| b.iter(|| graph(&end).to_svg()));
}

criterion_group!(benches, cross_validation, refits, gradients, drawing);
criterion_main!(benches);
