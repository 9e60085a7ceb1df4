//! Reductions of equal, huge, tiny, missing and no numbers, forward and backward: exact where arithmetic is, else as
//! PyTorch (golden/reductions.py).

mod common;

use common::golden;
use dlnotes::prelude::*;
use serde_json::Value;

#[test]
fn the_mean_of_equal_numbers_is_that_number_and_their_deviation_is_zero() {
    assert_eq!(Tensor::ones([41]).mean().item(), 1.0);
    for value in [1.0, 0.1, -7.3, 1e-40, 1e30, 3e38, 0.0] {
        for n in [2, 3, 41, 49, 1000, 70_001] {
            let x = Tensor::full([n], value);
            assert_eq!([x.mean().item(), x.var().item(), x.std().item()], [value, 0.0, 0.0], "{n} times {value}");
        }
        for (n, dim) in [([41, 3], 0), ([3, 41], 1)] {
            let x = Tensor::full(n, value);
            assert_eq!(x.mean_dim(dim, false).to_vec(), [value; 3]);
            assert_eq!(x.var_dim(dim, 0, false).to_vec(), [0.0; 3]);
        }
        let x = Tensor::full([3, 41, 5], value).permute([1, 0, 2]);
        assert_eq!(x.mean_dim([0, 2], false).to_vec(), [value; 3]);
    }
}

#[test]
fn a_constant_feature_is_standardized_to_zeros() {
    let x = Tensor::full([49, 2], 0.1);
    let centred = &x - x.mean_dim(0, true);
    assert_eq!(centred.abs().max().item(), 0.0);
    let standardized = centred / (x.var_dim(0, 1, true).sqrt() + 1e-8);
    assert_eq!(standardized.to_vec(), [0.0; 98]);
    let (normal, mean, var) = x.batch_norm(&Tensor::ones([2]), &Tensor::zeros([2]), 1e-5);
    assert_eq!((normal.to_vec(), mean.to_vec(), var.to_vec()), (vec![0.0; 98], vec![0.1; 2], vec![0.0; 2]));
}

#[test]
fn the_deviation_of_equal_numbers_has_the_slope_zero() {
    for x in [Tensor::ones([4]), Tensor::full([41], 0.1)] {
        let x = x.requires_grad();
        x.std().backward();
        assert_eq!(x.grad().unwrap().to_vec(), vec![0.0; x.len()]);
    }
}

#[test]
fn a_mean_is_found_though_the_sum_overflows() {
    assert_eq!(Tensor::full([4], 3e38).mean().item(), 3e38);
    assert_eq!(Tensor::from([3e38, 3e38, -3e38]).mean().item(), 1e38);
}

/// JSON has no infinities: they and NaN are strings.
fn numbers(value: &Value) -> Vec<f32> {
    let number = |v: &Value| v.as_str().map_or_else(|| v.as_f64().unwrap() as f32, |s| s.parse().unwrap());
    value.as_array().unwrap().iter().map(number).collect()
}

fn compute(op: &str, x: &Tensor) -> Tensor {
    let (name, dim) = op.split_once(' ').map_or((op, None), |(name, dim)| (name, Some(dim.parse::<isize>().unwrap())));
    match (name, dim) {
        ("sum", None) => x.sum(),
        ("sum", Some(dim)) => x.sum_dim(dim, false),
        ("mean", None) => x.mean(),
        ("mean", Some(dim)) => x.mean_dim(dim, false),
        ("var", None) => x.var(),
        ("var", Some(dim)) => x.var_dim(dim, 1, false),
        ("biased", None) => x.flatten().var_dim(0, 0, false),
        ("biased", Some(dim)) => x.var_dim(dim, 0, false),
        ("std", None) => x.std(),
        ("norm", None) => x.norm(),
        ("norm_l1", None) => x.norm_l1(),
        ("norm_inf", None) => x.norm_p(f32::INFINITY),
        ("max", None) => x.max(),
        ("max", Some(dim)) => x.max_dim(dim, false),
        ("min", None) => x.min(),
        ("min", Some(dim)) => x.min_dim(dim, false),
        ("softmax", dim) => x.softmax(dim.unwrap_or(0)),
        ("log_softmax", dim) => x.log_softmax(dim.unwrap_or(0)),
        _ => panic!("reductions.json has a case that this test doesn't know: {op}"),
    }
}

/// The first number that differs from PyTorch's in single precision, and from that in double, by more than rounding,
/// which is measured by the largest of them, or by `scale` where numbers of that size cancel.
fn difference(ours: &[f32], [single, double]: [&Value; 2], scale: f64) -> Option<String> {
    let (single, double) = (numbers(single), numbers(double));
    assert_eq!((ours.len(), ours.len()), (single.len(), double.len()));
    let near = |theirs: &[f32], i: usize| {
        let (a, b) = (ours[i], theirs[i]);
        let largest = theirs.iter().filter(|b| b.is_finite()).fold(scale, |m: f64, &b| m.max(f64::from(b.abs())));
        let distance = (f64::from(a) - f64::from(b)).abs();
        a == b || (a.is_nan() && b.is_nan()) || distance <= 4e-6 * f64::from(b.abs()) + 1e-6 * largest
    };
    let i = (0..ours.len()).find(|&i| !near(&single, i) && !near(&double, i))?;
    Some(format!("element {i} is {:e}, PyTorch has {:e}, in double precision {:e}", ours[i], single[i], double[i]))
}

/// Where we differ on purpose: operation, kind of numbers, why.
const OURS: [(&str, &str, &str); 8] = [
    ("gradient of norm_l1", "a NaN", "the slope of |NaN| is NaN; PyTorch's sign(NaN) is 0 and hides it"),
    ("gradient of norm_l1", "only NaN", "the same"),
    ("gradient of norm_inf", "a NaN", "the same"),
    ("gradient of norm_inf", "only NaN", "the same"),
    ("gradient of max 0", "a NaN and an infinity", "a NaN is the largest: it has the gradient, as in max()"),
    ("gradient of max 1", "a NaN and an infinity", "the same; PyTorch's amax gives NaN to the whole line"),
    ("gradient of min 0", "a NaN and an infinity", "the same"),
    ("gradient of min 1", "a NaN and an infinity", "the same"),
];

#[test]
fn reductions_of_unusual_numbers_are_those_of_pytorch() {
    let golden = golden("reductions");
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() > 300, "reductions.json lost its cases: {}", cases.len());
    let mut different = Vec::new();
    for case in cases {
        let (op, kind) = (case["op"].as_str().unwrap(), case["kind"].as_str().unwrap());
        let input = &case["inputs"][0];
        let shape: Vec<usize> =
            input["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let x = Tensor::from_vec(numbers(&input["values"]), shape).requires_grad();
        let y = compute(op, &x);
        let forward = difference(&y.to_vec(), [&case["output"]["values"], &case["exact"]["output"]], 0.0);
        different.extend(forward.map(|what| (op.to_owned(), kind, what)));
        let weights = (0..y.len()).map(|i| (0.5 + (0.7 * i as f64).sin()) as f32).collect();
        y.backward_with(&Tensor::from_vec(weights, y.shape()));
        let theirs = [&case["grads"][0], &case["exact"]["grads"][0]];
        let backward = difference(&x.grad().unwrap().to_vec(), theirs, if op.contains("softmax") { 1.0 } else { 0.0 });
        different.extend(backward.map(|what| (format!("gradient of {op}"), kind, what)));
    }
    let on_purpose = |op: &str, kind: &str| OURS.iter().any(|known| (known.0, known.1) == (op, kind));
    let told = |(op, kind, what): &(String, &str, String)| format!("{op} of {kind}: {what}");
    let unknown: Vec<String> = different.iter().filter(|(op, kind, _)| !on_purpose(op, kind)).map(told).collect();
    assert!(unknown.is_empty(), "{} differ:\n{}", unknown.len(), unknown.join("\n"));
    assert_eq!(different.len(), OURS.len(), "a difference on purpose is gone: {different:?}");
}
