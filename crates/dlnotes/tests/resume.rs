//! Training that is stopped and resumed equals training straight through, bit for bit.

mod common;

use std::path::PathBuf;

use common::{panic_message, seeded};
use dlnotes::optim::Optimizer;
use dlnotes::prelude::*;
use dlnotes::train::{load_checkpoint, save_checkpoint};

struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("dlnotes-{name}-{}.safetensors", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn net() -> Sequential {
    sequential![Linear::new(3, 8), Tanh, Dropout::new(0.2), Linear::new(8, 1)]
}

fn data() -> (Batches, Batches) {
    with_stream(1, 0, || {
        let w = Tensor::ones([3, 1]);
        (Batches::new(synthetic_data(&w, 0.5, 64), 10).shuffled(), Batches::new(synthetic_data(&w, 0.5, 32), 10))
    })
}

/// Weights and curves after stopping at each of `stops` and starting again with nothing but the file.
fn run<O: Optimizer>(name: &str, stops: &[usize], make: impl Fn(&Sequential) -> O) -> (Vec<f32>, Vec<Vec<f32>>) {
    let _alone = seeded(4);
    let ((train, valid), loss, file) = (data(), MseLoss::none(), File::new(name));
    let mut last = None;
    for (i, &epochs) in stops.iter().enumerate() {
        let net = net();
        let mut trainer = make(&net);
        let fit = Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).epochs(epochs).checkpoint(&file.0);
        let fit = fit.schedule(Schedule::Cosine { epochs: 6 }).patience(100);
        let history = if i == 0 { fit } else { fit.resume(&file.0) }.run().unwrap();
        let curves = history.curves().iter().map(|curve| curve.values.clone()).collect();
        last = Some((net.parameters().iter().flat_map(Tensor::to_vec).collect(), curves));
        seed(99); // what the next session draws before it resumes must not matter
    }
    last.unwrap()
}

#[test]
fn stopped_and_resumed_equals_straight_through() {
    let check = |name: &str, make: &dyn Fn(&Sequential) -> Box<dyn Optimizer>| {
        let straight = run(name, &[6], |net| Boxed(make(net)));
        assert_eq!(straight.1[0].len(), 6, "{name}");
        assert_eq!(run(name, &[1, 6], |net| Boxed(make(net))), straight, "{name}");
        assert_eq!(run(name, &[2, 3, 6], |net| Boxed(make(net))), straight, "{name}");
    };
    check("sgd", &|net| Box::new(Sgd::new(net.parameters(), 0.05)));
    check("momentum", &|net| Box::new(Sgd::new(net.parameters(), 0.02).momentum(0.9).nesterov()));
    check("adam", &|net| Box::new(Adam::new(net.parameters(), 0.01)));
    check("adamw", &|net| Box::new(Adam::adamw(net.parameters(), 0.01)));
}

/// An optimizer of any type.
struct Boxed(Box<dyn Optimizer>);

impl Optimizer for Boxed {
    fn step(&mut self) {
        self.0.step();
    }
    fn groups(&self) -> &[ParamGroup] {
        self.0.groups()
    }
    fn set_lr_factor(&mut self, factor: f32) {
        self.0.set_lr_factor(factor);
    }
    fn state(&self) -> Vec<(String, Tensor)> {
        self.0.state()
    }
    fn set_state(&mut self, state: &[(String, Tensor)]) -> Result<(), Error> {
        self.0.set_state(state)
    }
}

#[test]
fn a_loop_of_ones_own_resumes_too() {
    let _alone = seeded(4);
    let ((train, _), loss, file) = (data(), MseLoss::none(), File::new("own"));
    let net = net();
    let mut trainer = Adam::new(net.parameters(), 0.01);
    let epochs = |trainer: &mut Adam, n: usize| {
        for _ in 0..n {
            train_epoch(&net, &train, &loss, trainer);
        }
        net.parameters().iter().flat_map(Tensor::to_vec).collect::<Vec<_>>()
    };
    epochs(&mut trainer, 2);
    save_checkpoint(&file.0, &net, &trainer, 2).unwrap();
    let straight = epochs(&mut trainer, 3);
    assert_eq!(load_checkpoint(&file.0, &net, &mut trainer).unwrap(), 2);
    assert_eq!(epochs(&mut trainer, 3), straight);
}

#[test]
fn early_stopping_remembers_the_best_epoch_across_a_stop() {
    let run = |stops: &[usize]| {
        let _alone = seeded(2);
        // Random labels: the validation loss soon rises.
        let set = |n| (Tensor::randn([n, 20]), Tensor::randn([n, 1]));
        let (train, valid) = (Batches::new(set(20), 5).shuffled(), Batches::new(set(50), 10));
        let (loss, file) = (MseLoss::none(), File::new("patience"));
        let net = sequential![Linear::new(20, 64), Relu, Linear::new(64, 1)];
        let mut trainer = Sgd::new(net.parameters(), 0.05);
        let mut stopped_at = 0;
        for (i, &epochs) in stops.iter().enumerate() {
            let fit = Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).epochs(epochs).patience(5);
            let fit = fit.checkpoint(&file.0);
            let history = if i == 0 { fit } else { fit.resume(&file.0) }.run().unwrap();
            stopped_at = history.values("validation loss").len();
            assert_eq!(history.stopped_early(), i == stops.len() - 1);
        }
        (stopped_at, net.parameters().iter().flat_map(Tensor::to_vec).collect::<Vec<_>>())
    };
    let straight = run(&[500]);
    assert!(straight.0 > 6, "the best epoch is not the first: {}", straight.0);
    assert_eq!(run(&[straight.0 - 2, 500]), straight);
}

#[test]
fn patience_that_begins_with_the_resumption_counts_from_there() {
    let _alone = seeded(2);
    // Random labels: the validation loss soon rises.
    let set = |n| (Tensor::randn([n, 20]), Tensor::randn([n, 1]));
    let (train, valid) = (Batches::new(set(20), 5).shuffled(), Batches::new(set(50), 10));
    let (loss, file) = (MseLoss::none(), File::new("late-patience"));
    let net = sequential![Linear::new(20, 64), Relu, Linear::new(64, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.05);
    let own = File::new("own-patience");
    Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).epochs(30).checkpoint(&file.0).run().unwrap();
    save_checkpoint(&own.0, &net, &trainer, 30).unwrap();
    for path in [&file.0, &own.0] {
        let fit = Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).epochs(500).patience(5).resume(path);
        let history = fit.run().unwrap();
        assert!(history.stopped_early());
        let curve = history.curves().iter().find(|curve| curve.name == "validation loss").unwrap();
        let after: Vec<f32> =
            curve.epochs.iter().zip(&curve.values).filter(|(epoch, _)| **epoch > 30).map(|(_, &loss)| loss).collect();
        let best = after.iter().copied().fold(f32::INFINITY, f32::min);
        let last = after.iter().position(|&loss| loss == best).unwrap();
        assert_eq!(after.len(), last + 1 + 5, "five epochs without a new low since the resumption");
        assert_eq!(evaluate_loss(&net, &valid, &loss), best, "back to the best of them");
    }
}

#[test]
fn the_best_epoch_is_measured_on_the_data_that_this_run_has() {
    let _alone = seeded(4);
    let (data, loss) = (data(), MseLoss::none());
    let (file, best) = (File::new("other-data"), File::new("other-best"));
    let net = net();
    let mut trainer = Sgd::new(net.parameters(), 0.05);
    // A training loss that no validation loss will reach.
    let easy = Batches::new((&Tensor::zeros([8, 3]), &net.forward(&Tensor::zeros([8, 3])).detach()), 8);
    net.eval();
    Fit::new(&net, &easy, &loss, &mut trainer).epochs(1).checkpoint(&file.0).run().unwrap();
    let fit =
        Fit::new(&net, &data.0, &loss, &mut trainer).validate(&data.1).epochs(3).resume(&file.0).save_best(&best.0);
    let history = fit.run().unwrap();
    load_parameters(&net, &best.0).unwrap();
    let lowest = history.values("validation loss").iter().copied().fold(f32::INFINITY, f32::min);
    assert_eq!(evaluate_loss(&net, &data.1, &loss), lowest);
}

#[test]
fn a_finished_run_has_nothing_left_to_do() {
    let _alone = seeded(4);
    let ((train, _), loss, file) = (data(), MseLoss::none(), File::new("finished"));
    let net = net();
    let mut trainer = Sgd::new(net.parameters(), 0.05);
    Fit::new(&net, &train, &loss, &mut trainer).epochs(2).checkpoint(&file.0).run().unwrap();
    let before: Vec<_> = net.parameters().iter().map(Tensor::to_vec).collect();
    let history = Fit::new(&net, &train, &loss, &mut trainer).epochs(2).resume(&file.0).run().unwrap();
    assert_eq!(history.values("train loss").len(), 2);
    assert_eq!(before, net.parameters().iter().map(Tensor::to_vec).collect::<Vec<_>>());
}

#[test]
fn state_that_does_not_fit_is_refused_and_nothing_changes() {
    let _alone = seeded(4);
    let ((train, _), loss, file) = (data(), MseLoss::none(), File::new("foreign"));
    let ours = net();
    let mut adam = Adam::new(ours.parameters(), 0.01);
    train_epoch(&ours, &train, &loss, &mut adam);
    save_checkpoint(&file.0, &ours, &adam, 1).unwrap();

    let mut sgd = Sgd::new(ours.parameters(), 0.01).momentum(0.9);
    let before: Vec<_> = ours.parameters().iter().map(Tensor::to_vec).collect();
    let error = load_checkpoint(&file.0, &ours, &mut sgd).unwrap_err().to_string();
    assert!(error.contains("`0.exp_avg`") && error.contains("momentum_buffer"), "{error}");
    let other = sequential![Linear::new(3, 8), Tanh, Linear::new(8, 1)];
    let error = load_checkpoint(&file.0, &other, &mut adam).unwrap_err().to_string();
    assert!(error.contains("`3.weight`") && error.contains("another model"), "{error}");
    let mut fewer = Adam::new(vec![ours.parameters()[0].clone()], 0.01);
    let error = load_checkpoint(&file.0, &ours, &mut fewer).unwrap_err().to_string();
    assert!(error.contains("it has 1 parameter"), "{error}");
    assert_eq!(before, ours.parameters().iter().map(Tensor::to_vec).collect::<Vec<_>>());

    save_parameters(&ours, &file.0).unwrap();
    let error = load_checkpoint(&file.0, &ours, &mut adam).unwrap_err().to_string();
    assert!(error.contains("no state of a training run"), "{error}");
    let fit = Fit::new(&ours, &train, &loss, &mut adam).epochs(2).resume(file.0.with_extension("gone"));
    let error = fit.run().unwrap_err().to_string();
    assert!(error.contains("No such file"), "{error}");

    let state = |name: &str, shape: &[usize]| vec![(name.to_owned(), Tensor::zeros(shape))];
    let refuse = |sgd: &mut Sgd, state: &[(String, Tensor)], words: &str| {
        let error = sgd.set_state(state).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refuse(&mut sgd, &state("0.momentum_buffer", &[2]), "shape [2], it should be [8, 3]");
    refuse(&mut sgd, &state("9.momentum_buffer", &[2]), "it has 4 parameters");
    let error = adam.set_state(&state("1.exp_avg", &[8])).unwrap_err().to_string();
    assert!(error.contains("not all of exp_avg, exp_avg_sq, step"), "{error}");
    assert!(panic_message(|| Fit::new(&ours, &train, &loss, &mut adam).patience(0)).contains("at least 1"));
}
