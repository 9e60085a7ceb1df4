//! Loops of a reader's own, without the crate: what a notebook's cell makes of them must not be slower. Mark: in a cell
//! (`cargo xtask bench loops --in-cell`) at most a tenth more.

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

/// Integers and branches: the longest Collatz sequence below `limit`.
fn collatz(limit: u64) -> u64 {
    let length = |start: u64| {
        let (mut n, mut steps) = (start, 0_u64);
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        steps
    };
    (1..limit).max_by_key(|start| length(*start)).unwrap_or(1)
}

/// A closure over floats, as in a numerical integral.
fn integral(steps: u32) -> f64 {
    let f = |x: f64| (x.sin() * x.exp()).sqrt();
    let width = 1.0 / f64::from(steps);
    (0..steps).map(|i| f((f64::from(i) + 0.5) * width) * width).sum()
}

/// Indices into vectors: a product of matrices by three loops.
#[allow(clippy::needless_range_loop)] // by indices, as a reader writes it
fn product(n: usize) -> f64 {
    let a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| (i * j) as f64 % 7.0).collect()).collect();
    let mut c = vec![vec![0.0; n]; n];
    for i in 0..n {
        for k in 0..n {
            for j in 0..n {
                c[i][j] += a[i][k] * a[k][j];
            }
        }
    }
    c.iter().flatten().sum()
}

/// Allocation and the standard library's generic code: words counted in a map.
fn words(lines: usize) -> usize {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for line in 0..lines {
        for word in format!("the {line} of {}", line % 97).split(' ') {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts.values().max().copied().unwrap_or(0)
}

fn loops(c: &mut Criterion) {
    let mut group = c.benchmark_group("loops");
    group.sample_size(20);
    group.bench_function("Collatz", |b| b.iter(|| collatz(black_box(100_000))));
    group.bench_function("closure", |b| b.iter(|| integral(black_box(1_000_000))));
    group.bench_function("matrices", |b| b.iter(|| product(black_box(200))));
    group.bench_function("words", |b| b.iter(|| words(black_box(50_000))));
    group.finish();
}

criterion_group!(benches, loops);
criterion_main!(benches);
