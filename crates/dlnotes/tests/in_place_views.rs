//! Changes in place through views: once for each element, or refused where several elements share one number.

mod common;

use common::panic_message;
use dlnotes::prelude::*;

/// A kind of view, by name.
type View = (&'static str, fn(&Tensor) -> Tensor);

type Change = (&'static str, Box<dyn Fn(&Tensor)>);

/// Every change in place, each with its name.
fn changes() -> Vec<Change> {
    fn change(name: &'static str, f: impl Fn(&Tensor) + 'static) -> Change {
        (name, Box::new(f))
    }
    vec![
        change("fill_", |x| x.fill_(7.0)),
        change("zero_", Tensor::zero_),
        change("add_", |x| x.add_(&Tensor::scalar(1.0))),
        change("sub_", |x| x.sub_(&Tensor::scalar(1.0))),
        change("mul_", |x| x.mul_(&Tensor::scalar(2.0))),
        change("div_", |x| x.div_(&Tensor::scalar(2.0))),
        change("add_scaled_", |x| x.add_scaled_(&Tensor::scalar(1.0), 0.5)),
        change("update_with_", |x| x.update_with_(&Tensor::scalar(1.0), |a, b| a - 0.25 * b)),
        change("scale_", |x| x.scale_(0.5)),
        change("copy_", |x| x.copy_(&Tensor::scalar(3.0))),
        change("set", |x| x.set(vec![0; x.rank()], 9.0)),
    ]
}

#[test]
fn an_edit_of_numbers_that_several_elements_share_is_refused() {
    let views: [View; 8] = [
        ("a number as a matrix", |x| x.i((0..1, 0..1)).broadcast_to([4, 5])),
        ("rows repeated", |x| x.broadcast_to([2, 3, 4])),
        ("columns repeated", |x| x.i((.., 0..1)).broadcast_to([3, 6])),
        ("transposed", |x| x.i((0..1, ..)).broadcast_to([5, 4]).t()),
        ("permuted", |x| x.broadcast_to([2, 3, 4]).permute([1, 0, 2])),
        ("with a new dimension", |x| x.i((0..1, ..)).broadcast_to([5, 4]).unsqueeze(1)),
        ("a part of it", |x| x.broadcast_to([5, 3, 4]).i((1..3, 0..1, 2..4))),
        ("detached", |x| x.broadcast_to([2, 3, 4]).detach()),
    ];
    for (what, view) in views {
        for (name, change) in changes() {
            let x = Tensor::arange(0.0, 12.0, 1.0).reshape([3, 4]);
            let view = view(&x);
            let message = panic_message(|| change(&view));
            assert!(message.starts_with(name), "{what}: {message}");
            assert!(message.contains("share one number in memory") && message.contains("clone_data"), "{message}");
            assert_eq!(x.to_vec(), Tensor::arange(0.0, 12.0, 1.0).to_vec(), "{name} of {what}");
        }
    }
}

#[test]
fn other_views_are_changed_once_in_every_element() {
    let views: [View; 9] = [
        ("itself", Clone::clone),
        ("another shape", |x| x.reshape([2, 6])),
        ("transposed", Tensor::t),
        ("a column", |x| x.i((.., 1))),
        ("a row", |x| x.i(1)),
        ("a block", |x| x.i((1..3, 1..3))),
        ("one element", |x| x.i((1, 2))),
        ("nothing", |x| x.i((0..0, ..)).broadcast_to([5, 0, 4])),
        ("broadcast to its own shape", |x| x.broadcast_to([3, 4])),
    ];
    for (what, view) in views {
        for (name, change) in changes() {
            let x = Tensor::arange(0.0, 12.0, 1.0).reshape([3, 4]);
            let view = view(&x);
            if view.is_empty() && name == "set" {
                continue;
            }
            let (before, copy) = (x.sum().item(), view.clone_data());
            let inside = copy.sum().item();
            change(&view);
            change(&copy);
            assert_eq!(view.to_vec(), copy.to_vec(), "{name} of {what}");
            assert_eq!(
                x.sum().item(),
                before - inside + copy.sum().item(),
                "{name} of {what} changed what lies beside"
            );
        }
    }
}

#[test]
fn a_gradient_has_a_memory_of_its_own() {
    // The gradient of a sum is one number stretched: who changes it must not change it several times.
    let x = Tensor::ones([2, 3]).requires_grad();
    x.sum_dim(0, false).backward_with(&Tensor::from([1.0, 2.0, 3.0]));
    let grad = x.grad().unwrap();
    grad.scale_(0.5);
    assert_eq!(grad.to_vec(), [0.5, 1.0, 1.5, 0.5, 1.0, 1.5]);
    let weights = Tensor::ones([1, 3]).requires_grad();
    let y = weights.broadcast_to([4, 3]);
    y.retain_grad();
    y.sum_dim(1, false).backward_with(&Tensor::ones([4]));
    y.grad().unwrap().add_(&Tensor::scalar(1.0));
    assert_eq!(y.grad().unwrap().to_vec(), [2.0; 12]);
}
