//! Operations and gradients against the numbers that PyTorch computed (golden/README.md).

use dlnotes::prelude::*;
use serde_json::Value;

/// Relative to the larger of 1 and PyTorch's number: both round in single precision, in different orders.
const TOLERANCE: f32 = 4e-6;

fn tensor(value: &Value) -> Tensor {
    let shape: Vec<usize> = value["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    Tensor::from_vec(numbers(&value["values"]), shape)
}

/// JSON has no infinities: they and NaN are strings.
fn numbers(value: &Value) -> Vec<f32> {
    let number = |v: &Value| v.as_str().map_or_else(|| v.as_f64().unwrap() as f32, |s| s.parse().unwrap());
    value.as_array().unwrap().iter().map(number).collect()
}

fn compute(op: &str, t: &[Tensor]) -> Tensor {
    let x = &t[0];
    let words: Vec<&str> = op.split(' ').collect();
    let dim = |i: usize| words[i].parse::<isize>().unwrap();
    match words[0] {
        "neg" => -x,
        "exp" => x.exp(),
        "ln" => x.ln(),
        "sqrt" => x.sqrt(),
        "abs" => x.abs(),
        "square" => x.square(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "prelu" => prelu(x, &t[1]),
        "clamp" => x.clamp(-1.0, 1.0),
        "pow" if words.len() == 2 => x.pow(words[1].parse().unwrap()),
        "pow" => x.pow_tensor(&t[1]),
        "add" => x + &t[1],
        "sub" => x - &t[1],
        "mul" => x * &t[1],
        "div" => x / &t[1],
        "maximum" => x.maximum(&t[1]),
        "minimum" => x.minimum(&t[1]),
        "where" => x.gt(0.0).where_(x, &t[1]),
        "matmul" if words.len() == 1 => x.matmul(&t[1]),
        "matmul" => x.t().matmul(&t[1].t()),
        "sum" if words.len() == 1 => x.sum(),
        "sum" if words.len() == 2 => x.sum_dim(dim(1), false),
        "sum" => x.sum_dim([dim(1), dim(2)], true),
        "mean" if words.len() == 1 => x.mean(),
        "mean" => x.mean_dim(dim(1), false),
        "var" if words.len() == 1 => x.var(),
        "var" => x.var_dim(dim(1), 1, false),
        "biased" => x.var_dim(dim(2), 0, false),
        "std" => x.std(),
        "max" if words.len() == 1 => x.max(),
        "max" => x.max_dim(dim(1), false),
        "min" if words.len() == 1 => x.min(),
        "min" => x.min_dim([dim(1), dim(2)], false),
        "argmax" => x.argmax_dim(dim(1)),
        "norm" if words.len() == 1 => x.norm(),
        "norm" => x.norm_p(words[1].parse().unwrap()),
        "norm_l1" => x.norm_l1(),
        "softmax" => x.softmax(dim(1)),
        "log_softmax" => x.log_softmax(dim(1)),
        "reshape" => x.reshape([dim(1), dim(2)]),
        "permute" => x.permute([dim(1), dim(2), dim(3)]),
        "transpose" => x.transpose(dim(1), dim(2)).reshape([dim(4), dim(5)]),
        "slice" => x.i((.., 1..3, -1)),
        "index_select" => x.index_select(dim(1), &[2, 0, 2]),
        "concat" => concat(&[x, &t[1], x], dim(1)),
        "stack" => stack(&[x, &t[1]], dim(1)),
        name => match Activation::ALL.iter().find(|activation| op_name(**activation) == name) {
            Some(activation) => activation.forward(x),
            None => panic!("ops.json has a case that this test doesn't know: {op}"),
        },
    }
}

/// What PyTorch calls it: "leaky ReLU" is `leaky_relu`.
fn op_name(activation: Activation) -> String {
    activation.name().to_lowercase().replace(' ', "_")
}

fn cases() -> Vec<Value> {
    let golden: Value = serde_json::from_str(include_str!("golden/ops.json")).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn compare(what: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (i, (&a, &b)) in ours.iter().zip(theirs).enumerate() {
        let same = a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * b.abs().max(1.0);
        assert!(same, "{what}, element {i}: ours {a}, PyTorch {b}");
    }
}

#[test]
fn every_operation_and_gradient_is_that_of_pytorch() {
    let cases = cases();
    assert!(cases.len() > 100, "ops.json lost its cases: {}", cases.len());
    for (n, case) in cases.iter().enumerate() {
        let op = case["op"].as_str().unwrap();
        let name = format!("case {n}, {op}");
        let inputs: Vec<Tensor> =
            case["inputs"].as_array().unwrap().iter().map(|t| tensor(t).requires_grad()).collect();
        let output = compute(op, &inputs);
        let expected = tensor(&case["output"]);
        assert_eq!(output.shape(), expected.shape(), "{name}");
        compare(&format!("{name}: output"), &output.to_vec(), &expected.to_vec());
        let grads = case["grads"].as_array().unwrap();
        if grads.is_empty() {
            continue;
        }
        let weights = (0..output.len()).map(|i| (0.5 + (0.7 * i as f64).sin()) as f32).collect();
        output.backward_with(&Tensor::from_vec(weights, output.shape()));
        for (input, grad) in inputs.iter().zip(grads) {
            compare(&format!("{name}: gradient"), &input.grad().unwrap().to_vec(), &numbers(grad));
        }
    }
}

#[test]
fn pytorch_was_asked_about_every_activation_function() {
    let cases = cases();
    for activation in Activation::ALL {
        let name = op_name(*activation);
        let is_it = |case: &Value| case["op"].as_str().unwrap().split(' ').next() == Some(&name);
        assert!(cases.iter().any(|case| is_it(case) && !case["grads"].as_array().unwrap().is_empty()), "{name}");
    }
}
