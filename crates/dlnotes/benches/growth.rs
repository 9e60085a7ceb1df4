//! How the time of a training step grows with batch, width and depth.
//!
//! Each name ends in the floating-point operations of the step; `examples/growth.rs` draws the results against them. The
//! peers in `growth.py` do the same work under the same names.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dlnotes::prelude::*;

/// The middle of every series.
const BATCH: usize = 256;
const WIDTH: usize = 256;
const DEPTH: usize = 4;

/// Forward, backward and a step of an MLP of `depth` layers of `width` units with ReLU.
fn step(c: &mut Criterion, series: &str, batch: usize, width: usize, depth: usize) {
    seed(0);
    let net = (0..depth).fold(nn::Sequential::new(), |net, _| net.add(Linear::new(width, width)).add(Relu));
    let x = Tensor::randn([batch, width]);
    let mut trainer = Sgd::new(net.parameters(), 1e-3);
    // A product a layer forward, two backward; the first layer's input needs no gradient.
    let operations = 2 * batch * width * width * (3 * depth - 1);
    let mut group = c.benchmark_group("growth");
    group.sample_size(20).measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(300));
    group.bench_function(format!("{series} {batch}×{width}×{depth}: {operations} flop"), |b| {
        b.iter(|| {
            net.forward(&x).mean().backward();
            trainer.step();
            trainer.zero_grad();
        });
    });
    group.finish();
}

fn growth(c: &mut Criterion) {
    for batch in [16, 32, 64, 128, 256, 512, 1024] {
        step(c, "batch", batch, WIDTH, DEPTH);
    }
    for width in [32, 64, 128, 256, 512, 1024] {
        step(c, "width", BATCH, width, DEPTH);
    }
    for depth in [1, 2, 4, 8, 16] {
        step(c, "depth", BATCH, WIDTH, depth);
    }
}

criterion_group!(benches, growth);
criterion_main!(benches);
