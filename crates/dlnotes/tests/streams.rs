//! Random streams and work in parallel: the same numbers in whatever order and on however many threads.

mod common;

use common::{panic_message, seeded};
use dlnotes::prelude::*;

/// A small training run, whose every number comes from the stream that it runs in.
fn train_a_little(index: usize) -> Vec<f32> {
    let data = Batches::new(synthetic_data(&Tensor::ones([3, 1]), 0.5, 40), 8).shuffled();
    let net = sequential![Linear::new(3, 16), Relu, Dropout::new(0.2), Linear::new(16, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.01 * (index + 1) as f32).momentum(0.9);
    for _ in 0..5 {
        train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
    }
    net.parameters().iter().flat_map(Tensor::to_vec).collect()
}

fn with_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(f)
}

#[test]
fn parallel_equals_sequential_whatever_the_number_of_threads() {
    let one_by_one: Vec<_> = (0..6).map(|i| with_stream(7, i, || train_a_little(i as usize))).collect();
    for threads in [1, 2, 5] {
        assert_eq!(with_threads(threads, || parallel(7, 6, train_a_little)), one_by_one, "{threads} threads");
    }
    assert_ne!(one_by_one[0], one_by_one[1]);
    assert_ne!(parallel(8, 1, train_a_little)[0], one_by_one[0]);
}

#[test]
fn training_gives_the_same_bits_on_any_number_of_threads() {
    // Large enough that products, loops and sums are shared out.
    let train = || {
        let data = Batches::new((&Tensor::randn([700, 300]), &Tensor::zeros([700])), 256).shuffled();
        let net = sequential![Linear::new(300, 256), Relu, Dropout::new(0.2), Linear::new(256, 10)];
        let mut trainer = Sgd::new(net.parameters(), 0.1).momentum(0.9);
        let metrics = train_epoch(&net, &data, &CrossEntropyLoss::none(), &mut trainer);
        (metrics, net.parameters().iter().flat_map(Tensor::to_vec).collect::<Vec<_>>())
    };
    let one = with_threads(1, || with_stream(5, 0, train));
    for threads in [2, 3, 8] {
        assert!(with_threads(threads, || with_stream(5, 0, train)) == one, "{threads} threads");
    }
}

#[test]
fn a_stream_leaves_the_generator_outside_alone() {
    let _alone = seeded(3);
    let expected = (Tensor::randn([2]).to_vec(), Tensor::randn([2]).to_vec());
    seed(3);
    let before = Tensor::randn([2]).to_vec();
    let inner = with_stream(3, 0, || {
        let first = Tensor::randn([2]).to_vec();
        let nested = with_stream(3, 0, || Tensor::randn([2]).to_vec());
        assert_eq!(nested, first);
        seed(5);
        let reseeded = Tensor::randn([2]).to_vec();
        assert_ne!(reseeded, first);
        first
    });
    assert_eq!((before, Tensor::randn([2]).to_vec()), expected);
    assert_ne!(inner, expected.0, "a stream is not the seed's own sequence");
}

#[test]
fn the_generator_outside_returns_when_a_piece_panics() {
    let _alone = seeded(3);
    let message = panic_message(|| parallel(1, 4, |i| assert_ne!(i, 2, "piece {i} fails")));
    assert!(message.contains("piece 2 fails"), "{message}");
    let message = panic_message(|| with_stream(1, 0, || panic!("inside")));
    assert!(message.contains("inside"));
    assert_eq!(Tensor::randn([2]).to_vec(), {
        seed(3);
        Tensor::randn([2]).to_vec()
    });
}

#[test]
fn a_generator_that_is_held_is_not_lent_twice() {
    let message = panic_message(|| {
        with_stream(1, 0, || {
            let _held = generator();
            Tensor::randn([2])
        })
    });
    assert!(message.contains("holds the generator already"), "{message}");
    // Outside of a stream the lock would be waited for without an end: a notebook's variable can hold it.
    let _alone = seeded(1);
    let held = generator();
    for _ in 0..2 {
        let message = panic_message(|| Tensor::randn([2]));
        assert!(message.contains("holds the generator already"), "{message}");
    }
    // A stream has numbers of its own, and what is dropped in it is given back.
    with_stream(1, 0, || {
        Tensor::randn([2]);
        drop(held);
    });
    Tensor::randn([2]);
}

#[test]
fn pieces_record_as_the_caller_does() {
    let tracked = |i: usize| (Tensor::ones([1]).requires_grad() * i as f32).is_tracked();
    assert_eq!(parallel(1, 2, tracked), [true, true]);
    assert_eq!(no_grad(|| parallel(1, 2, tracked)), [false, false]);
    assert!(parallel(1, 0, tracked).is_empty());
}
