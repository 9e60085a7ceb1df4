//! Losses against PyTorch, and the mistakes that they refuse.

mod common;

use common::{assert_close, golden, numbers, panic_message, sizes};
use dlnotes::prelude::*;

#[track_caller]
fn check(name: &str, losses: [&dyn Loss; 3]) {
    let all = golden("nn");
    let case = &all["losses"][name];
    let shape = sizes(&case["shape"]);
    let prediction = Tensor::from_vec(numbers(&case["prediction"]), &shape[..]).requires_grad();
    let target = Tensor::from(numbers(&case["target"]));
    let target = if target.len() == prediction.len() { target.reshape(&shape[..]) } else { target };
    let [each, mean, sum] = losses.map(|loss| loss.forward(&prediction, &target));
    assert_close(name, &each.to_vec(), &numbers(&case["each"]));
    let number = |key: &str| [case[key].as_f64().unwrap() as f32];
    assert_close(name, &mean.to_vec(), &number("mean"));
    assert_close(name, &sum.to_vec(), &number("sum"));
    mean.backward();
    assert_close(name, &prediction.grad().unwrap().to_vec(), &numbers(&case["grad_of_mean"]));
}

#[test]
fn losses_compute_what_pytorch_computes() {
    let cross_entropy: [&dyn Loss; 3] =
        [&CrossEntropyLoss::none(), &CrossEntropyLoss::mean(), &CrossEntropyLoss::sum()];
    check("cross_entropy", cross_entropy);
    check("cross_entropy_large", cross_entropy);
    check("mse", [&MseLoss::none(), &MseLoss::mean(), &MseLoss::sum()]);
}

#[test]
fn labels_that_are_no_class_are_named() {
    for bad in [10.0, -1.0, 0.5, f32::NAN] {
        let message = panic_message(|| Tensor::zeros([2, 10]).cross_entropy(&Tensor::from([3.0, bad])));
        assert!(message.contains(&format!("label {bad} of sample 1")) && message.contains("0 to 9"), "{message}");
    }
    assert!(panic_message(|| Tensor::zeros([2, 10]).cross_entropy(&Tensor::zeros([2, 1]))).contains("[2, 1]"));
}

#[test]
fn a_column_against_a_row_is_an_error_not_a_matrix() {
    let message = panic_message(|| MseLoss::none().forward(&Tensor::zeros([3, 1]), &Tensor::zeros([3])));
    assert!(message.contains("[3, 1]") && message.contains("[3]") && message.contains("reshape"), "{message}");
    assert!(panic_message(|| squared_loss(&Tensor::zeros([3, 1]), &Tensor::zeros([4]))).contains("4 targets"));
}

#[test]
fn penalties_have_their_derivatives() {
    let w = Tensor::from([3.0, -4.0, 0.0]).requires_grad();
    let l2 = l2_penalty(&w);
    assert_eq!(l2.item(), 12.5);
    l2.backward();
    assert_eq!(w.grad().unwrap().to_vec(), [3.0, -4.0, 0.0]);
    w.zero_grad();
    let l1 = l1_penalty(&w);
    assert_eq!(l1.item(), 7.0);
    l1.backward();
    assert_eq!(w.grad().unwrap().to_vec(), [1.0, -1.0, 0.0]);
}
