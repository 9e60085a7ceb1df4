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
