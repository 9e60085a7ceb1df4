//! A reader's interrupt of work in parallel and of a schedule: in a program of its own, as the flag belongs to the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use dlnotes::dlnotes_display::{Interrupted, forget_interrupt, poll_interrupt, request_interrupt};
use dlnotes::prelude::*;

// One test after the other: each polls the same flag.
#[test]
fn an_interrupt_takes_effect_between_steps_and_leaves_everything_whole() {
    parallel_pieces_stop_all();
    a_sweep_stops();
    training_stops_and_goes_on();
}

fn parallel_pieces_stop_all() {
    let started = AtomicUsize::new(0);
    let work = |_| {
        if started.fetch_add(1, Ordering::SeqCst) == 2 {
            request_interrupt();
        }
        loop {
            poll_interrupt();
            std::thread::yield_now();
        }
    };
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| three.install(|| parallel::<()>(1, 40, work)))).unwrap_err();
    assert!(payload.is::<Interrupted>());
    // Three threads; on a machine with no more cores, three pieces for each.
    assert!((3..=9).contains(&started.load(Ordering::SeqCst)), "{started:?} began, where no further piece may");
    forget_interrupt();
}

fn a_sweep_stops() {
    let started = AtomicUsize::new(0);
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    // Nothing in a trial polls: the sweep does, between two of them.
    let sweep = Sweep::new().over("i", 0..1000);
    let trial = |p: &select::Trial| {
        if started.fetch_add(1, Ordering::SeqCst) == 4 {
            request_interrupt();
        }
        p["i"]
    };
    let payload = catch_unwind(AssertUnwindSafe(|| three.install(|| sweep.run(trial)))).unwrap_err();
    assert!(payload.is::<Interrupted>());
    assert!((5..=14).contains(&started.load(Ordering::SeqCst)), "{started:?} began, where no further one may");
    forget_interrupt();
    assert_eq!(sweep.run(|p| p["i"]).best()["i"], 0.0);
}

fn training_stops_and_goes_on() {
    seed(1);
    let data = Batches::new((&Tensor::randn([40, 2]), &Tensor::zeros([40, 1])), 4).shuffled();
    let net = sequential![Linear::new(2, 1)];
    let loss = |prediction: &Tensor, target: &Tensor| {
        request_interrupt();
        prediction.squared_error(target)
    };
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    let run = |trainer: &mut Sgd| {
        Fit::new(&net, &data, &loss, trainer).epochs(2).schedule(Schedule::Exponential { factor: 0.5 }).run().is_ok()
    };
    let payload = catch_unwind(AssertUnwindSafe(|| run(&mut trainer))).unwrap_err();
    forget_interrupt();
    assert!(payload.is::<Interrupted>());
    assert!(is_grad_enabled());
    let before = net.parameters()[1].item();
    (&net.parameters()[1] * 1.0).sum().backward();
    trainer.step();
    let moved = before - net.parameters()[1].item();
    assert!((moved - 0.1).abs() < 1e-6, "the learning rate is its own again: {moved}");
}
