//! What notebook 05 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: norms-scratch
let norms = [1.0, 1.5, 2.0, 4.0].map(|p| norm_p(&x, p));
assert!(norms.windows(2).all(|pair| pair[1] < pair[0]));

//@ after: largest-norm-question
assert!(check!(4, x.abs().max(), within 0.01, "").is_right() && (norm_p(&x, 20.0) - 4.0).abs() < 0.01);

//@ after: l1-norm-code
assert_eq!(x.norm_l1().item(), 7.0);

//@ after: l2-norm-code
assert_eq!((x.norm().item(), norm_p(&x, 2.0)), (5.0, 5.0));

//@ after: shrinkage
assert!(check!([3.0 / (1.0 + lambda), soft_threshold(&Tensor::from([3.0]), lambda).item()], [1.5, 2.0], "").is_right());

//@ after: penalized-path
let calm = polynomial_fit(&points, 11, 0.01);
assert!(wild.error(&points) < 1e-6 && mse(&calm.predict(&grid), &grid.sin()) < 0.25 * mse(&wild.predict(&grid), &grid.sin()));
assert!(norms.windows(2).all(|pair| pair[1] < pair[0]) && from_points.windows(2).all(|pair| pair[1] > pair[0]));
assert!((2.3e5..2.5e5).contains(&wild.norm()) && (600.0..800.0).contains(&norms[0]));
let best = (0..19).min_by(|&a, &b| from_truth[a].total_cmp(&from_truth[b])).unwrap();
assert!((0.01..=0.1).contains(&lambdas[best]) && from_truth[0] > 2.0 * from_truth[best] && from_truth[18] > 2.0 * from_truth[best]);
let flat = polynomial_fit(&points, 11, 10.0).predict(&grid);
assert!((flat.max() - flat.min()).item() < 1.0);
for _ in 0..20 {
    let points = Dataset::from((&px, &(px.sin() + Tensor::normal(0.0, 0.3, [12]))));
    let off: Vec<f32> = lambdas.iter().map(|&lambda| mse(&polynomial_fit(&points, 11, lambda).predict(&grid), &grid.sin())).collect();
    let best = (0..19).min_by(|&a, &b| off[a].total_cmp(&off[b])).unwrap();
    assert!((1..18).contains(&best));
}

//@ after: decay-step
assert!((&net.parameters()[0] - &by_hand).abs().max().item() < 1e-7);

//@ after: without-norm
assert!(history.last("train") < 1e-3 && history.last("test") > 10.0);
assert!((11.5..15.5).contains(&free[0].norm().item()));

//@ after: with-norm
assert!(history.last("test") < 0.5 && history.last("train") < history.last("test"));
assert!((0.308..0.421).contains(&decayed[0].norm().item()));

//@ after: null-space-law
assert!(check!(0.0269, 0.991_f32.powi(400), "").is_right());
assert!(error.item() < 1e-3 && moved.item() < 1e-5);

//@ after: predicted-norms
assert!((predicted[0] / trained[0] - 1.0).abs() < 1e-3 && (predicted[1] / trained[1] - 1.0).abs() < 0.02);

//@ after: zero-question
assert!(check!(0.0113, (0.02 + 0.05 * 0.05 + 0.01 * 0.01) / 2.0, "").is_right());

//@ after: forgetting-figure
assert!((zero / 0.0113 - 1.0).abs() < 0.1 && far > 50.0 && (6.0..11.0).contains(&(far_decayed / zero)) && near < zero && near_decayed < zero);

//@ after: concise-norms
assert!((11.5..15.5).contains(&norms[0]) && (0.3..0.78).contains(&norms[1]));

//@ after: adam-difference
assert!(l2.i(..50).mean().item() < 0.5 * expected && l2.i(150..).mean().item() > 3.0 * expected);
assert!((decoupled.mean().item() / expected - 1.0).abs() < 0.1);

//@ after: sweep-question
assert!(check!(0.003 / 0.03, 0.1, "").is_right());

//@ after: sweep-run
let value = |i: usize, j: usize| result.rows()[5 * i + j].mean();
let product = |i: usize, j: usize| 1e-4 * 10_f64.powf((i + j) as f64 / 2.0);
for (i, j) in (1..7).flat_map(|i| (0..3).map(move |j| (i, j))).filter(|&(i, j)| product(i, j) < 0.011) {
    assert!((value(i, j) - value(i - 1, j + 1)).abs() < 0.2);
}
for (i, j) in (0..7).flat_map(|i| (0..5).map(move |j| (i, j))) {
    let diverges = product(i, j) > 2.0 || j == 4 && (product(i, j) - 1.0).abs() > 1e-6;
    assert_eq!(value(i, j).is_nan(), diverges);
}
assert!((-2.1..-1.947).contains(&result.best().mean()));
let lower_right = (0..7).flat_map(|i| (0..4).map(move |j| (i, j))).filter(|&(i, j)| (0.02..2.0).contains(&product(i, j)));
assert!(lower_right.clone().filter(|&(i, j)| value(i, j) < -1.947).count() * 2 > lower_right.count());

//@ after: sweep-importance
assert!(result.importance()["lambda"] > 0.5 && result.importance()["rate"] < 0.3);

//@ after: sweep-tested
assert!(tested[0] < tested[1] && tested[0] > 0.6 * tested[1] && (tested[1] / 0.0113 - 1.0).abs() < 0.25);

//@ after: solution-1-code
assert!((predicted / params[0].norm().item() - 1.0).abs() < 2e-3);

//@ after: solution-2-code
let best = losses.each_ref().map(|all| all.iter().copied().fold(f32::INFINITY, f32::min));
assert!(best[0] < best[1] && losses[0][0] < 1.05 * best[0] && losses[1][0] > 100.0 * best[1]);

//@ after: solution-3-code
assert!(zeros >= 180.0 && by_l1 > by_l2);

//@ after: solution-4-code
assert!(w.grad().unwrap().abs().max().item() < 1e-3 * (w.detach() / (tau * tau)).abs().max().item());

//@ after: solution-5-code
assert!((Tensor::from(searched) - soft_threshold(&Tensor::from([-2.5, -0.7, 0.4, 1.0, 1.8]), 1.0)).abs().max().item() < 1e-3);
