//! What notebook 01 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: flat-line-check
assert!(slope.item().abs() < 1e-5);

//@ after: affine-check
assert!((&two_layers - &one_layer).abs().max().item() < 1e-5);

//@ after: xor
assert_eq!(xor.to_vec(), [0.0, 1.0, 1.0, 0.0]);

//@ after: fit-check
assert!(error < 0.01, "the net did not learn: {error}");

//@ after: width-curve
assert!((10.0..20.0).contains(&(median[1] / median[2])) && (3.0..7.0).contains(&(median[2] / median[6])));

//@ after: line-question
assert!(check!(3.1, risk.mean(), within 0.3, "").is_right());

//@ after: bends-question
assert!(check!(5, h, "").is_right());

//@ after: four-bends
let error = |places: [f32; 4]| {
    let hidden = concat(&[&(s.unsqueeze(1) - Tensor::from(places)).relu(), &s.unsqueeze(1), &Tensor::ones([121, 1])], 1);
    (hidden.matmul(&min_norm_least_squares(&hidden, &wave)) - &wave).square().mean().item()
};
assert!(error([-2.25, -0.75, 0.75, 2.25]) < 0.01);
assert!(error([-1.5, -0.75, 0.75, 1.5]) > 0.05);
assert!(error([0.0; 4]) > 0.05);

//@ after: deep-or-wide-code
let pieces = |y: &Tensor| {
    let rises: Vec<bool> = y.to_vec().windows(2).map(|pair| pair[1] > pair[0]).collect();
    rises.chunk_by(|a, b| a == b).count()
};
let error = |folds| (best_wide(&s, &folded(&s, folds), folds) - folded(&s, folds)).square().mean().item();
for folds in 1..=6 {
    assert_eq!(pieces(&folded(&s, folds)), 1 << folds);
}
assert!(error(1) < 1e-10 && error(2) < 1e-10);
assert!(error(3) > 0.005);
assert!((error(4) - 0.051).abs() < 0.002);

//@ after: pieces-question
assert!(check!(1024, 2_usize.pow(10), "").is_right());

//@ after: solution-2-training
assert!((reached / best - 1.0).abs() < 0.01);

//@ after: solution-3-code
assert_eq!(and.to_vec(), [0.0, 0.0, 0.0, 1.0]);
assert_eq!(or.to_vec(), [0.0, 1.0, 1.0, 1.0]);

//@ after: solution-4-code
assert_eq!(most[0], 5);
assert!(most[1] > 5 && most[1] <= 25);

//@ after: solution-5-code
assert!((&swapped - net(&x, &w1, &b1, &w2, &b2)).abs().max().item() < 1e-5);
