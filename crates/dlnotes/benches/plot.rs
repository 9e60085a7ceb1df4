//! What drawing costs: a figure of the notes, and a million points. Mark: a line plot takes at most 2 ms.

use criterion::{Criterion, criterion_group, criterion_main};
use dlnotes::plot::plot;
use std::hint::black_box;

fn drawing(criterion: &mut Criterion) {
    let x: Vec<f32> = (0..160).map(|i| -8.0 + 0.1 * i as f32).collect();
    let y: Vec<f32> = x.iter().map(|x| x.tanh()).collect();
    criterion.bench_function("plot: 160 points as SVG", |bencher| {
        bencher.iter(|| plot(black_box(&x), black_box(&y)).xlabel("x").ylabel("tanh(x)").size(5, 2.5).to_svg());
    });
    let epochs: Vec<f32> = (1..=400).map(|i| i as f32).collect();
    let loss: Vec<f32> = epochs.iter().map(|e| 20.0 * (-e / 40.0).exp() + 0.01).collect();
    criterion.bench_function("plot: two curves on a log axis as SVG", |bencher| {
        bencher.iter(|| plot(black_box(&epochs), [&loss, &loss]).ylog().legend(["train", "test"]).to_svg());
    });
    let x: Vec<f32> = (0..1_000_000).map(|i| i as f32).collect();
    criterion.bench_function("plot: 1,000,000 points as SVG", |bencher| {
        bencher.iter(|| plot(black_box(&x), black_box(&x)).to_svg());
    });
}

criterion_group!(benches, drawing);
criterion_main!(benches);
