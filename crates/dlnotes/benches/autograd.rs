//! What autograd costs: bookkeeping on tiny tensors, memory traffic on large ones.
//!
//! The peers in `autograd.py` do the same work under the same names.

use criterion::{Criterion, criterion_group, criterion_main};
use dlnotes::prelude::*;

/// 1,000 multiplications of 4 elements, forward and backward; an operation costs a thousandth of the time shown.
fn chain(c: &mut Criterion) {
    let x = Tensor::ones([4]).requires_grad();
    let factor = Tensor::full([4], 1.000_1);
    c.bench_function("autograd/chain of 1000 mul", |b| {
        b.iter(|| {
            let mut y = x.clone();
            for _ in 0..1000 {
                y = &y * &factor;
            }
            y.sum().backward();
            x.zero_grad();
        });
    });
}

/// An activation on a million elements, forward and backward.
fn activations(c: &mut Criterion) {
    seed(0);
    let x = Tensor::randn([1_000_000]).requires_grad();
    let ones = x.ones_like();
    for activation in [Activation::Relu, Activation::Sigmoid, Activation::Tanh] {
        c.bench_function(&format!("autograd/{} of 1M", activation.name()), |b| {
            b.iter(|| {
                activation.forward(&x).backward_with(&ones);
                x.zero_grad();
            });
        });
    }
}

criterion_group!(benches, chain, activations);
criterion_main!(benches);
