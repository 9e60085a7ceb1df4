//! Optimizers step for step against PyTorch, and the mistakes that they refuse.

mod common;

use common::{assert_close, golden, numbers, panic_message};
use dlnotes::prelude::*;
use serde_json::Value;

/// Parameters w [3, 2] and b [2] with the golden starting values.
fn parameters(golden: &Value) -> [Tensor; 2] {
    let start = |i: usize, shape: &[usize]| Tensor::from_vec(numbers(&golden["start"][i]), shape).requires_grad();
    [start(0, &[3, 2]), start(1, &[2])]
}

fn set_grad(param: &Tensor, grad: &Value) {
    param.zero_grad();
    (param * Tensor::from_vec(numbers(grad), param.shape())).sum().backward();
}

#[track_caller]
fn check<O: Optimizer>(name: &str, make: impl Fn(&[Tensor; 2]) -> O) {
    let golden = golden("optim");
    let params = parameters(&golden);
    let mut optimizer = make(&params);
    for (i, grads) in golden["grads"].as_array().unwrap().iter().enumerate() {
        params.iter().zip(grads.as_array().unwrap()).for_each(|(param, grad)| set_grad(param, grad));
        optimizer.step();
        for (j, param) in params.iter().enumerate() {
            let theirs = numbers(&golden["cases"][name]["after"][i][j]);
            assert_close(&format!("{name}, step {i}, parameter {j}"), &param.to_vec(), &theirs);
        }
    }
}

#[test]
fn sgd_steps_as_pytorch_does() {
    let new = |[w, b]: &[Tensor; 2]| Sgd::new([w, b], 0.1);
    check("sgd", new);
    check("decay", |p| new(p).weight_decay(0.3));
    check("momentum", |p| new(p).momentum(0.9));
    check("momentum_decay", |p| new(p).momentum(0.9).weight_decay(0.3));
    check("dampening", |p| new(p).momentum(0.9).dampening(0.4));
    check("nesterov", |p| new(p).momentum(0.9).weight_decay(0.1).nesterov());
    check("groups", |[w, b]| {
        Sgd::new([ParamGroup::new([w]).weight_decay(3.0), ParamGroup::new([b]).lr(0.01).momentum(0.5)], 0.003)
    });
}

#[test]
fn adam_and_adamw_step_as_pytorch_does() {
    check("adam", |[w, b]| Adam::new([w, b], 0.05));
    check("adam_decay", |[w, b]| Adam::new([w, b], 0.05).betas(0.8, 0.99).eps(1e-6).weight_decay(0.3));
    check("adamw", |[w, b]| Adam::adamw([w, b], 0.05));
    check("adamw_decay", |[w, b]| Adam::adamw([w, b], 0.05).weight_decay(0.3));
}

/// SGD that treats the gradients before each step.
struct Clipped<F>(Sgd, F);

impl<F: FnMut(&[Tensor])> Optimizer for Clipped<F> {
    fn step(&mut self) {
        (self.1)(&self.0.groups().iter().flat_map(ParamGroup::params).cloned().collect::<Vec<_>>());
        self.0.step();
    }

    fn groups(&self) -> &[ParamGroup] {
        self.0.groups()
    }

    fn set_lr_factor(&mut self, factor: f32) {
        self.0.set_lr_factor(factor);
    }
}

#[test]
fn clipping_by_norm_and_by_value_as_pytorch_does() {
    let golden = golden("optim");
    let mut norms = numbers(&golden["cases"]["clip_norm"]["norms"]).into_iter();
    let by_norm = std::cell::RefCell::new(|params: &[Tensor]| {
        assert_close("norm before", &[clip_grad_norm(params, 1.5)], &[norms.next().unwrap()]);
    });
    check("clip_norm", |[w, b]| Clipped(Sgd::new([w, b], 0.1), |params: &[Tensor]| (by_norm.borrow_mut())(params)));
    check("clip_value", |[w, b]| Clipped(Sgd::new([w, b], 0.1), |params: &[Tensor]| clip_grad_value(params, 0.5)));
    let w = Tensor::ones([1]).requires_grad();
    assert!(panic_message(|| clip_grad_norm([&w], 0.0)).contains("above 0"));
}

#[test]
fn schedules_follow_their_formulas() {
    let at = |schedule: Schedule, epochs: [usize; 4]| epochs.map(|epoch| schedule.factor(epoch)).to_vec();
    assert_close("step", &at(Schedule::Step { every: 2, factor: 0.5 }, [0, 1, 2, 5]), &[1.0, 1.0, 0.5, 0.25]);
    assert_close("exponential", &at(Schedule::Exponential { factor: 0.9 }, [0, 1, 2, 3]), &[1.0, 0.9, 0.81, 0.729]);
    assert_close("cosine", &at(Schedule::Cosine { epochs: 4 }, [0, 2, 4, 9]), &[1.0, 0.5, 0.0, 0.0]);
    assert_close("warmup", &at(Schedule::Warmup { epochs: 4 }, [0, 1, 3, 9]), &[0.25, 0.5, 1.0, 1.0]);
    assert_eq!(at(Schedule::Constant, [0, 1, 2, 3]), [1.0; 4]);
}

#[test]
fn without_a_gradient_a_parameter_stays_and_with_a_zero_one_it_decays() {
    let w = Tensor::ones([2]).requires_grad();
    let mut optimizer = Sgd::new([&w], 0.1).weight_decay(0.5);
    optimizer.step();
    assert_eq!(w.to_vec(), [1.0, 1.0]);
    (&w * 0.0).sum().backward();
    optimizer.step();
    assert_eq!(w.to_vec(), [0.95, 0.95]);
    optimizer.zero_grad();
    assert!(w.grad().is_none());
}

#[test]
fn a_factor_scales_the_rates_of_all_groups() {
    let (v, w) = (Tensor::ones([1]).requires_grad(), Tensor::ones([1]).requires_grad());
    let mut optimizer = Sgd::new([ParamGroup::new([&v]), ParamGroup::new([&w]).lr(0.2)], 0.1);
    optimizer.set_lr_factor(0.5);
    (&v + &w).sum().backward();
    optimizer.step();
    assert_eq!((v.item(), w.item()), (0.95, 0.9));
}

#[test]
fn settings_and_parameters_that_make_no_sense_are_named() {
    let w = Tensor::ones([2]).requires_grad();
    for lr in [f32::NAN, -0.1, f32::INFINITY] {
        assert!(panic_message(|| Sgd::new([&w], lr)).contains(&format!("the learning rate is {lr}")));
        assert!(panic_message(|| sgd([&w], lr, 1)).contains(&format!("the learning rate is {lr}")));
    }
    assert!(panic_message(|| Sgd::new([&w], 0.1).weight_decay(-1.0)).contains("the weight decay is -1"));
    assert!(panic_message(|| Sgd::new([&w], 0.1).nesterov()).contains("momentum"));
    assert!(panic_message(|| Sgd::new([&w, &w], 0.1)).contains("twice"));
    assert!(panic_message(|| Sgd::new([&Tensor::ones([2])], 0.1)).contains("requires_grad"));
    assert!(panic_message(|| Sgd::new(Vec::<Tensor>::new(), 0.1)).contains("no parameters"));
    assert!(panic_message(|| sgd([&w], 0.1, 1)).contains("no gradient"));
    assert!(panic_message(|| sgd([&w], 0.1, 0)).contains("batch size"));
}
