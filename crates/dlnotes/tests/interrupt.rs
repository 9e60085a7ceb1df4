//! An interrupt at every place where one can take effect: what a reader goes on with is whole.
//!
//! A test binary of its own: the interrupt belongs to the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlnotes::dlnotes_display::{Interrupted, interrupt_after};
use dlnotes::prelude::*;

const EPOCHS: usize = 2;

/// One test at a time: they share the interrupt.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A small training run from a fixed seed.
struct Run {
    net: Sequential,
    data: Batches,
    trainer: Sgd,
}

impl Run {
    fn new() -> Self {
        seed(3);
        let x = Tensor::randn([12, 3]);
        let y = x.narrow(1, 0, 1).squeeze(1).gt(0.0);
        let data = Batches::new((&x, &y), 5).shuffled();
        let net = sequential![Linear::new(3, 4), Relu, Dropout::new(0.5), Linear::new(4, 2)];
        let trainer = Sgd::new(net.parameters(), 0.1).momentum(0.9).weight_decay(0.01);
        Self { net, data, trainer }
    }

    fn parameters(&self) -> Vec<Vec<f32>> {
        self.net.parameters().iter().map(Tensor::to_vec).collect()
    }

    fn fit(&mut self) {
        fit(&self.net, &self.data, &self.data, &CrossEntropyLoss::none(), EPOCHS, &mut self.trainer);
    }

    /// The same, written out; the parameters before the first step and after each one.
    fn steps(&mut self) -> Vec<Vec<Vec<f32>>> {
        let mut steps = vec![self.parameters()];
        for _ in 0..EPOCHS {
            for (x, y) in self.data.iter() {
                let loss = CrossEntropyLoss::none().forward(&self.net.forward(&x), &y).mean();
                self.trainer.zero_grad();
                loss.backward();
                self.trainer.step();
                steps.push(self.parameters());
            }
            evaluate_accuracy(&self.net, &self.data);
        }
        steps
    }

    fn is_training(&self) -> bool {
        let (x, _) = self.data.iter().next().expect("there are samples");
        // Dropout draws again each time.
        self.net.forward(&x).to_vec() != self.net.forward(&x).to_vec()
    }
}

#[test]
fn wherever_an_interrupt_comes_the_session_can_go_on() {
    let _alone = alone();
    let steps = Run::new().steps();
    let mut whole = Run::new();
    interrupt_after(u64::MAX);
    whole.fit();
    let polls = u64::MAX - interrupt_after(0);
    assert_eq!(Some(&whole.parameters()), steps.last(), "the written-out loop is the one of `fit`");
    assert!(polls > 50, "only {polls} places where an interrupt takes effect");
    drop(whole);

    let nodes = live_graph_nodes();
    for poll in 1..=polls {
        let mut run = Run::new();
        let leaves = live_graph_nodes();
        interrupt_after(poll);
        let payload = catch_unwind(AssertUnwindSafe(|| run.fit())).expect_err("interrupted");
        interrupt_after(0);
        assert!(payload.is::<Interrupted>(), "at poll {poll}");
        assert!(steps.contains(&run.parameters()), "at poll {poll} parameters lie between two steps");
        assert!(is_grad_enabled(), "at poll {poll} gradients are off");
        assert!(run.is_training(), "at poll {poll} the network is left in evaluation mode");
        assert_eq!(live_graph_nodes(), leaves, "at poll {poll} part of a graph is left");
        assert!(Tensor::randn([4]).to_vec().iter().all(|v| v.is_finite()), "at poll {poll} no random numbers come");
        run.trainer.zero_grad();
        run.fit();
        drop(run);
        assert_eq!(live_graph_nodes(), nodes, "at poll {poll}");
    }
}

#[test]
fn plain_tensor_work_can_be_interrupted_and_a_step_under_no_grad_not() {
    let _alone = alone();
    let work = |guarded: bool| {
        let step = || (0..10).fold(Tensor::ones([2]), |t, _| &t * 1.5).sum().item();
        if guarded { no_grad(step) } else { step() }
    };
    let polls = |guarded| {
        interrupt_after(u64::MAX);
        work(guarded);
        u64::MAX - interrupt_after(0)
    };
    assert_eq!((polls(true), polls(false)), (0, 11));
}
