//! Times of the notes' trainings in this program, smallest of several runs: `cargo run --release --example train_times`.
//!
//! Quicker than the benchmarks, and the place to look when a number there surprises: it also prints the peak memory.
//! With the argument `f32` the images are held as numbers, not as bytes.

use std::time::Instant;

use dlnotes::prelude::*;
use dlnotes::train::{WeightDecay, dropout_mlp, train_polynomial};

/// Runs `f` so often, prints and returns the smallest time in seconds.
fn smallest<R>(name: &str, runs: usize, mut f: impl FnMut() -> R) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name:<28} {:>9.2} ms", best * 1e3);
    best
}

fn main() {
    seed(0);
    let data = polynomial_data(200);
    let (x, y) = (data.poly_features, data.labels);
    for (name, columns, epochs) in [("cubic fit", 4, 400), ("20 columns", 20, 1500)] {
        let (train_x, test_x) = (x.i((..100, ..columns)), x.i((100.., ..columns)));
        smallest(name, 10, || train_polynomial(&train_x, &test_x, &y.i(..100), &y.i(100..), epochs));
    }
    let experiment = WeightDecay::new();
    smallest("weight decay from scratch", 20, || experiment.train(3.0));
    smallest("weight decay concise", 20, || experiment.train_concise(3.0));
    smallest("load Fashion-MNIST", 5, || FashionMnist::load().expect("the data set"));
    let mut data = FashionMnist::load().expect("the data set");
    if std::env::args().any(|argument| argument == "f32") {
        for set in [&mut data.train, &mut data.test] {
            *set = data::Dataset::new(set.features(), set.labels().clone());
        }
    }
    println!("data: {} MB", (data.train.bytes() + data.test.bytes()) / 1_000_000);
    let (train_iter, test_iter) = data.batches(256);
    smallest("batches alone", 3, || train_iter.iter().count());
    let net = dropout_mlp(0.2, 0.5);
    let mut trainer = Sgd::new(net.parameters(), 0.5);
    let mut last = None;
    let epoch = smallest("dropout MLP, one epoch", 6, || {
        last = Some(train_epoch(&net, &train_iter, &CrossEntropyLoss::none(), &mut trainer));
    });
    // Forward a product a layer; backward two, but one for the first.
    let layers = [784.0 * 256.0, 256.0 * 256.0, 256.0 * 10.0];
    let operations = 2.0 * 60_000.0 * (3.0 * layers.iter().sum::<f64>() - layers[0]);
    let (x, w) = (Tensor::randn([256, 784]), Tensor::randn([256, 784]));
    let alone = smallest("product 256×784×256", 200, || x.linear(&w, None));
    let product = 2.0 * 256.0 * 784.0 * 256.0 / alone / 1e9;
    let reached = operations / epoch / 1e9;
    println!("{:.1} GFLOP an epoch: {reached:.0} GFLOP/s; that product alone {product:.0}", operations / 1e9);
    smallest("evaluation", 3, || evaluate_accuracy(&net, &test_iter));
    println!("after 6 epochs: {:?}, test accuracy {:.3}", last.expect("six"), evaluate_accuracy(&net, &test_iter));
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
}
