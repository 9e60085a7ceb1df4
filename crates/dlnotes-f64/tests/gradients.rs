//! Every derivative against central differences in double precision.

use std::sync::{Mutex, MutexGuard, PoisonError};

use dlnotes_f64::tensor::{Activation, Tensor, concat, seed, stack, with_stream};

/// The derivative of a weighted sum of `f`'s output by every element of every input: by autograd and by
/// (L(x + h) − L(x − h)) / 2h. They must agree to 1e-8 · max(1, |g|).
#[track_caller]
fn check(name: &str, inputs: &[Tensor], f: impl Fn(&[Tensor]) -> Tensor) {
    let leaves: Vec<Tensor> = inputs.iter().map(Tensor::requires_grad).collect();
    let y = f(&leaves);
    assert!(y.is_tracked(), "{name}: not recorded");
    // Different weights, so that gradients that are mixed up don't cancel out.
    let weights = Tensor::from_vec((0..y.len()).map(|i| 0.5 + (i as f64 * 0.7).sin()).collect(), y.shape());
    y.backward_with(&weights);
    let loss = |inputs: &[Tensor]| (f(inputs) * &weights).sum().item();
    for (k, leaf) in leaves.iter().enumerate() {
        let grad = leaf.grad().unwrap_or_else(|| panic!("{name}: input {k} got no gradient"));
        assert_eq!(grad.shape(), leaf.shape(), "{name}: shape of the gradient of input {k}");
        let grad = grad.to_vec();
        for (i, &g) in grad.iter().enumerate() {
            let shifted = |h: f64| {
                let mut moved: Vec<Tensor> = inputs.to_vec();
                let mut values = inputs[k].to_vec();
                values[i] += h;
                moved[k] = Tensor::from_vec(values, inputs[k].shape());
                loss(&moved)
            };
            let h = 1e-5;
            let difference = (shifted(h) - shifted(-h)) / (2.0 * h);
            assert!(
                (g - difference).abs() <= 1e-8 * g.abs().max(1.0),
                "{name}: input {k}, element {i}: autograd {g}, differences {difference}"
            );
        }
    }
}

/// Seeds the generator and keeps the other tests away from it: each test's inputs are the same at every run.
fn seeded(number: u64) -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    seed(number);
    guard
}

fn randn<const N: usize>(shape: [usize; N]) -> Tensor {
    Tensor::randn(shape)
}

/// Away from 0 and positive, where logarithms and roots live.
fn positive<const N: usize>(shape: [usize; N]) -> Tensor {
    Tensor::uniform(0.5, 2.0, shape)
}

#[test]
fn functions_of_one_element() {
    let _alone = seeded(1);
    let x = [randn([3, 4])];
    check("neg", &x, |t| -&t[0]);
    check("exp", &x, |t| t[0].exp());
    check("abs", &x, |t| t[0].abs());
    check("square", &x, |t| t[0].square());
    check("sin", &x, |t| t[0].sin());
    check("cos", &x, |t| t[0].cos());
    check("clamp", &x, |t| t[0].clamp(-0.5, 0.7));
    check("pow 3", &x, |t| t[0].pow(3.0));
    check("pow 2", &x, |t| t[0].pow(2.0));
    check("pow 0", &x, |t| t[0].pow(0.0));
    let x = [positive([5])];
    check("ln", &x, |t| t[0].ln());
    check("sqrt", &x, |t| t[0].sqrt());
    check("pow 1.7", &x, |t| t[0].pow(1.7));
    check("pow −1", &x, |t| t[0].pow(-1.0));
}

#[test]
fn activations() {
    let _alone = seeded(2);
    let x = [randn([4, 3]) * 2.0];
    for activation in Activation::ALL.iter().chain(&[Activation::Elu { alpha: 0.3 }]) {
        check(activation.name(), &x, |t| activation.forward(&t[0]));
        let leaf = x[0].requires_grad();
        activation.forward(&leaf).backward_with(&leaf.ones_like());
        for (a, b) in leaf.grad().unwrap().to_vec().iter().zip(activation.derivative(&leaf).to_vec()) {
            assert!((a - b).abs() <= 1e-12, "{}: autograd {a}, closed form {b}", activation.name());
        }
    }
    check("prelu", &[randn([4, 3]), Tensor::full([1], 0.25)], |t| t[0].prelu(&t[1]));
    check("prelu by channel", &[randn([4, 3]), positive([3])], |t| t[0].prelu(&t[1]));
}

#[test]
fn functions_of_two_tensors_with_every_kind_of_broadcast() {
    let _alone = seeded(3);
    let shapes: [(&[usize], &[usize]); 10] = [
        (&[2, 3], &[2, 3]),
        (&[2, 3], &[3]),
        (&[3], &[2, 3]),
        (&[2, 3], &[2, 1]),
        (&[2, 1], &[1, 3]),
        (&[2, 3], &[]),
        (&[], &[2, 3]),
        (&[1], &[3]),
        (&[2, 1, 3], &[4, 1]),
        (&[1, 3], &[2, 3]),
    ];
    for (a, b) in shapes {
        let inputs = [Tensor::uniform(0.5, 2.0, a), Tensor::uniform(2.5, 4.0, b)];
        check(&format!("add {a:?} {b:?}"), &inputs, |t| &t[0] + &t[1]);
        check(&format!("sub {a:?} {b:?}"), &inputs, |t| &t[0] - &t[1]);
        check(&format!("mul {a:?} {b:?}"), &inputs, |t| &t[0] * &t[1]);
        check(&format!("div {a:?} {b:?}"), &inputs, |t| &t[0] / &t[1]);
        check(&format!("pow {a:?} {b:?}"), &inputs, |t| t[0].pow_tensor(&t[1]));
        let mixed = [Tensor::randn(a), Tensor::randn(b)];
        check(&format!("maximum {a:?} {b:?}"), &mixed, |t| t[0].maximum(&t[1]));
        check(&format!("minimum {a:?} {b:?}"), &mixed, |t| t[0].minimum(&t[1]));
        check(&format!("where {a:?} {b:?}"), &mixed, |t| t[0].gt(0.1).where_(&t[0], &t[1]));
    }
}

#[test]
fn numbers_on_either_side() {
    let _alone = seeded(4);
    let x = [positive([2, 3])];
    check("x + c", &x, |t| &t[0] + 2.0);
    check("c + x", &x, |t| 2.0 + &t[0]);
    check("x − c", &x, |t| &t[0] - 2.0);
    check("c − x", &x, |t| 2.0 - &t[0]);
    check("x · c", &x, |t| &t[0] * 3.0);
    check("c · x", &x, |t| 3.0 * &t[0]);
    check("x / c", &x, |t| &t[0] / 3.0);
    check("c / x", &x, |t| 3.0 / &t[0]);
}

#[test]
fn one_tensor_used_several_times() {
    let _alone = seeded(5);
    let x = [randn([3, 3])];
    check("x · x", &x, |t| &t[0] * &t[0]);
    check("x + x", &x, |t| &t[0] + &t[0]);
    check("x·xᵀ", &x, |t| t[0].matmul(&t[0].t()));
    check("diamond", &x, |t| {
        let h = t[0].tanh();
        &h * &h + h.exp() * &t[0]
    });
}

#[test]
fn matrix_products() {
    let _alone = seeded(6);
    let shapes: [(&[usize], &[usize]); 8] = [
        (&[3], &[3]),
        (&[2, 3], &[3]),
        (&[3], &[3, 2]),
        (&[2, 3], &[3, 4]),
        (&[5, 2, 3], &[3, 4]),
        (&[5, 2, 3], &[5, 3, 2]),
        (&[2, 1, 2, 3], &[4, 3, 2]),
        (&[3], &[2, 3, 2]),
    ];
    for (a, b) in shapes {
        check(&format!("matmul {a:?} {b:?}"), &[Tensor::randn(a), Tensor::randn(b)], |t| t[0].matmul(&t[1]));
    }
    check("matmul of views", &[randn([3, 2]), randn([4, 3])], |t| t[0].t().matmul(&t[1].t()));
}

#[test]
fn views() {
    let _alone = seeded(7);
    let x = [randn([2, 3, 4])];
    check("reshape", &x, |t| t[0].reshape([4, -1]));
    check("reshape of a view", &x, |t| t[0].transpose(0, 2).reshape([6, 4]));
    check("flatten", &x, |t| t[0].flatten());
    check("transpose", &x, |t| t[0].transpose(0, -1));
    check("permute", &x, |t| t[0].permute([2, 0, 1]));
    check("unsqueeze", &x, |t| t[0].unsqueeze(1));
    check("squeeze", &[randn([2, 1, 3])], |t| t[0].squeeze(1));
    check("broadcast_to", &[randn([3, 1])], |t| t[0].broadcast_to([2, 3, 4]));
    check("i of a number", &x, |t| t[0].i(1));
    check("i of ranges", &x, |t| t[0].i((.., 1..3, -1)));
    check("i of a view", &x, |t| t[0].permute([2, 1, 0]).i((1..3, .., 0)));
    check("i of a stretched view", &[randn([3])], |t| t[0].broadcast_to([2, 3]).i((0, 1..)));
    check("narrow", &x, |t| t[0].narrow(-1, 1, 2));
    check("every", &x, |t| t[0].every(2, 3));
    check("index_select", &x, |t| t[0].index_select(1, &[2, 0, 2]));
}

#[test]
fn joins() {
    let _alone = seeded(8);
    let x = [randn([2, 3]), randn([2, 1])];
    check("concat", &x, |t| concat(&[&t[0], &t[1], &t[0]], 1));
    check("stack", &[randn([2, 3]), randn([2, 3])], |t| stack(&[&t[0], &t[1]], 1));
}

#[test]
fn reductions() {
    let _alone = seeded(9);
    let x = [randn([2, 3, 4])];
    check("sum", &x, |t| t[0].sum());
    check("mean", &x, |t| t[0].mean());
    check("var", &x, |t| t[0].var());
    check("std", &x, |t| t[0].std());
    check("max", &x, |t| t[0].max());
    check("min", &x, |t| t[0].min());
    for dims in [&[0isize][..], &[1], &[-1], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2], &[]] {
        for keepdim in [false, true] {
            let name = |op: &str| format!("{op} {dims:?} keepdim {keepdim}");
            check(&name("sum"), &x, |t| t[0].sum_dim(dims, keepdim));
            check(&name("mean"), &x, |t| t[0].mean_dim(dims, keepdim));
            check(&name("max"), &x, |t| t[0].max_dim(dims, keepdim));
            check(&name("min"), &x, |t| t[0].min_dim(dims, keepdim));
            if !dims.is_empty() {
                check(&name("var"), &x, |t| t[0].var_dim(dims, 0, keepdim));
                check(&name("unbiased var"), &x, |t| t[0].var_dim(dims, 1, keepdim));
            }
        }
    }
    check("sum of a view", &x, |t| t[0].permute([1, 2, 0]).sum_dim(0, false));
}

#[test]
fn norms_and_softmax() {
    let _alone = seeded(10);
    let x = [randn([3, 4])];
    check("norm", &x, |t| t[0].norm());
    check("norm L1", &x, |t| t[0].norm_l1());
    check("norm p = 3", &x, |t| t[0].norm_p(3.0));
    check("norm p = 1.5", &x, |t| t[0].norm_p(1.5));
    check("norm p = ∞", &x, |t| t[0].norm_p(f64::INFINITY));
    for dim in [0, 1, -1] {
        check("softmax", &x, |t| t[0].softmax(dim));
        check("log_softmax", &x, |t| t[0].log_softmax(dim));
    }
}

#[test]
fn layers_and_losses() {
    let _alone = seeded(12);
    let inputs = [randn([4, 3]), randn([2, 3]), randn([2])];
    check("linear", &inputs, |t| t[0].linear(&t[1], Some(&t[2])));
    check("linear without bias", &inputs[..2], |t| t[0].linear(&t[1], None));
    check("linear of strided views", &[randn([3, 2, 4]), randn([4, 2])], |t| {
        t[0].transpose(0, 1).linear(&t[1].t(), None)
    });
    check("linear_relu", &inputs, |t| t[0].linear_relu(&t[1], Some(&t[2])));
    check("linear_relu_dropout", &inputs, |t| {
        // The same mask at every call.
        with_stream(5, 0, || t[0].linear_relu_dropout(&t[1], Some(&t[2]), 0.4))
    });
    check("dropout", &[randn([5, 4])], |t| with_stream(5, 0, || t[0].dropout(0.4)));
    let labels = Tensor::from_vec(vec![2.0, 0.0, 1.0, 2.0], [4]);
    check("cross_entropy", &[randn([4, 3])], |t| t[0].cross_entropy(&labels));
    check("squared_error", &[randn([4, 2]), randn([4, 2])], |t| t[0].squared_error(&t[1]));
}

#[test]
fn batch_normalization() {
    let _alone = seeded(12);
    for shape in [&[5, 3][..], &[2, 3], &[4, 3, 2], &[1, 3, 4]] {
        let inputs = [Tensor::randn(shape), Tensor::randn([3]), Tensor::randn([3])];
        check(&format!("batch_norm {shape:?}"), &inputs, |t| t[0].batch_norm(&t[1], &t[2], 1e-5).0);
    }
    // Each input alone.
    let (x, weight, bias) = (Tensor::randn([5, 3]), Tensor::randn([3]), Tensor::randn([3]));
    check("batch_norm of x", std::slice::from_ref(&x), |t| t[0].batch_norm(&weight, &bias, 0.1).0);
    check("batch_norm's weight", std::slice::from_ref(&weight), |t| x.batch_norm(&t[0], &bias, 0.1).0);
    check("batch_norm's bias", std::slice::from_ref(&bias), |t| x.batch_norm(&weight, &t[0], 0.1).0);
}
