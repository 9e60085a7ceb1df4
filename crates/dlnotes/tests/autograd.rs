//! Autograd behaves as PyTorch's: accumulation, freed graphs, detach, versions, modes; and it does not leak.
//!
//! The tests that count graph nodes must not run beside others of this file: all hold one lock.

use std::sync::{Mutex, MutexGuard};

use dlnotes::prelude::*;

static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn vector(values: &[f32]) -> Tensor {
    Tensor::from(values.to_vec())
}

/// The text of the error of a backward that must fail.
#[track_caller]
fn backward_error(y: &Tensor) -> String {
    y.try_backward(None, false).expect_err("backward should have failed").to_string()
}

#[test]
fn gradients_add_up_until_they_are_zeroed() {
    let _alone = alone();
    let x = vector(&[1.0, 2.0]).requires_grad();
    (&x * 3.0).sum().backward();
    (&x * 3.0).sum().backward();
    assert_eq!(x.grad().unwrap().to_vec(), [6.0, 6.0]);
    x.zero_grad();
    assert!(x.grad().is_none());
    (&x * &x).sum().backward();
    assert_eq!(x.grad().unwrap().to_vec(), [2.0, 4.0]);
}

#[test]
fn a_gradient_given_from_outside_stays_the_callers() {
    let _alone = alone();
    let x = vector(&[1.0, 2.0]).requires_grad();
    let gradient = vector(&[1.0, 10.0]);
    for _ in 0..2 {
        (&x + 0.0).backward_with(&gradient);
        x.relu().backward_with(&gradient);
    }
    assert_eq!(gradient.to_vec(), [1.0, 10.0]);
    assert_eq!(x.grad().unwrap().to_vec(), [4.0, 40.0]);
}

#[test]
fn backward_frees_the_graph_unless_it_is_retained() {
    let _alone = alone();
    let x = vector(&[2.0]).requires_grad();
    let y = (&x * &x).sum();
    y.backward_retain();
    y.backward();
    assert_eq!(x.grad().unwrap().to_vec(), [8.0]);
    let error = backward_error(&y);
    assert!(error.contains("second time") && error.contains("retain"), "{error}");
}

#[test]
fn backward_says_what_is_wrong() {
    let _alone = alone();
    let error = backward_error(&vector(&[1.0]));
    assert!(error.contains("does not require grad"), "{error}");
    let x = vector(&[1.0, 2.0]).requires_grad();
    let error = backward_error(&(&x * 2.0));
    assert!(error.contains("scalar") && error.contains("[2]") && error.contains(".sum()"), "{error}");
    let error = (&x * 2.0).try_backward(Some(&Tensor::ones([3])), false).unwrap_err().to_string();
    assert!(error.contains("[3]") && error.contains("[2]"), "{error}");
    let error = backward_error(&no_grad(|| x.sum()));
    assert!(error.contains("no_grad"), "{error}");
    let error = backward_error(&x.detach().sum());
    assert!(error.contains("detach"), "{error}");
}

/// The notes say that editing a detached tensor always breaks backward; it does only where the value is needed.
#[test]
fn an_edit_in_place_breaks_backward_only_where_the_value_was_saved() {
    let _alone = alone();
    let x = vector(&[0.5, 1.0]).requires_grad();
    let y = x.sigmoid();
    y.detach().zero_();
    let error = backward_error(&y.sum());
    for word in ["sigmoid", "version 0", "version 1", "in-place"] {
        assert!(error.contains(word), "{word}: {error}");
    }

    let total = x.sum();
    total.detach().zero_();
    total.backward();
    assert_eq!(x.grad().unwrap().to_vec(), [1.0, 1.0]);
}

#[test]
fn an_edit_between_forward_and_backward_is_found_through_views() {
    let _alone = alone();
    let data = vector(&[1.0, 2.0, 3.0, 4.0]);
    let x = vector(&[1.0, 1.0]).requires_grad();
    let y = (&x * data.i(..2)).sum();
    data.i(3..).fill_(9.0); // another part of the same storage: counts as PyTorch counts it
    assert!(backward_error(&y).contains("mul"));
}

#[test]
fn a_detached_tensor_leaves_the_graph_unharmed() {
    let _alone = alone();
    let x = vector(&[1.0, -1.0]).requires_grad();
    let y = x.relu();
    let d = y.detach();
    assert!(d.shares_storage(&y) && !d.is_tracked() && d.is_leaf());
    assert!(backward_error(&d.sum()).contains("does not require grad"));
    y.sum().backward();
    assert_eq!(x.grad().unwrap().to_vec(), [1.0, 0.0]);
}

#[test]
fn only_untracked_tensors_and_leaves_under_no_grad_can_be_edited() {
    let _alone = alone();
    let message = |f: &dyn Fn()| {
        let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("should have panicked");
        payload.downcast_ref::<String>().expect("our own text").clone()
    };
    let w = vector(&[1.0, 2.0]).requires_grad();
    assert!(message(&|| w.zero_()).contains("leaf"));
    assert!(message(&|| (&w * 2.0).fill_(0.0)).contains("would not be recorded"));
    assert!(message(&|| vector(&[1.0, 1.0]).add_(&w)).contains("right side is recorded"));
    no_grad(|| w.sub_(&vector(&[1.0, 1.0])));
    assert_eq!(w.to_vec(), [0.0, 1.0]);
    assert_eq!(w.version(), 1);
}

#[test]
fn the_mode_is_restored_also_by_a_panic() {
    let _alone = alone();
    assert!(is_grad_enabled());
    let _ = std::panic::catch_unwind(|| no_grad(|| panic!("in the middle")));
    assert!(is_grad_enabled());
    no_grad(|| {
        assert!(!is_grad_enabled());
        enable_grad(|| assert!(is_grad_enabled()));
        assert!(!is_grad_enabled());
    });
}

#[test]
fn a_result_keeps_its_gradient_if_asked() {
    let _alone = alone();
    let x = vector(&[3.0]).requires_grad();
    let h = x.square();
    let y = &h * 2.0;
    h.retain_grad();
    y.sum().backward();
    assert_eq!(h.grad().unwrap().to_vec(), [2.0]);
    assert!(y.grad().is_none());
    assert_eq!(h.grad_fn(), Some("square"));
}

#[test]
fn dropping_the_loss_frees_the_graph() {
    let _alone = alone();
    let x = Tensor::ones([10]).requires_grad();
    let before = live_graph_nodes();
    for _ in 0..3 {
        let h = (&x * 2.0).tanh();
        let loss = (&h * &h).mean() + h.exp().sum();
        assert_eq!(live_graph_nodes(), before + 7);
        drop(h);
        loss.backward_retain();
        drop(loss);
        assert_eq!(live_graph_nodes(), before);
    }
    let y = x.sigmoid();
    y.sum().backward();
    drop(y);
    assert_eq!(live_graph_nodes(), before);
}

/// What a node keeps for backward is let go when backward has passed, though the graph itself is still held.
#[test]
fn what_is_saved_is_freed_by_backward() {
    let _alone = alone();
    let x = Tensor::ones([4]).requires_grad();
    let factor = Tensor::ones([4]);
    let loss = (&x * &factor).sum();
    loss.backward();
    // With the saved value gone the handle is the only one, and an edit breaks nothing.
    factor.fill_(5.0);
    assert!(backward_error(&loss).contains("freed"));
}

#[test]
fn a_graph_of_100_000_operations_on_a_small_stack() {
    let _alone = alone();
    let before = live_graph_nodes();
    let run = || {
        let x = vector(&[1.0, 2.0]).requires_grad();
        let mut y = x.clone();
        for _ in 0..100_000 {
            y = &y + 1.0;
        }
        assert_eq!(y.to_vec(), [100_001.0, 100_002.0]);
        y.sum().backward();
        assert_eq!(x.grad().unwrap().to_vec(), [1.0, 1.0]);
        let mut z = x.clone();
        for _ in 0..100_000 {
            z = &z * 1.0;
        }
        drop(z); // never run backward
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    assert_eq!(live_graph_nodes(), before);
}

#[test]
fn tensors_go_to_other_threads() {
    let _alone = alone();
    let w = vector(&[1.0, 2.0]).requires_grad();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    (&w * &w).sum().backward();
                }
            });
        }
    });
    assert_eq!(w.grad().unwrap().to_vec(), [800.0, 1600.0]);
}

#[test]
fn empty_tensors_and_high_ranks_work() {
    let _alone = alone();
    let x = Tensor::zeros([0, 3]).requires_grad();
    let y = (&x * 2.0).relu().matmul(&Tensor::ones([3, 4]));
    assert_eq!(y.shape(), [0, 4]);
    y.sum().backward();
    assert_eq!(x.grad().unwrap().shape(), [0, 3]);
    assert_eq!(x.sum().item(), 0.0);
    assert!(x.mean().item().is_nan());
    assert_eq!(Tensor::ones([3, 0]).matmul(&Tensor::ones([0, 2])).to_vec(), [0.0; 6]);
    let x = Tensor::ones([2, 1, 2, 1, 2, 1, 2]).requires_grad();
    let y = x.transpose(0, -1).reshape([4, -1]).sum_dim(1, true);
    y.sum().backward();
    assert_eq!(x.grad().unwrap().to_vec(), [1.0; 16]);
}
