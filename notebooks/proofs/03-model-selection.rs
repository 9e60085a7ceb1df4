//! What notebook 03 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: training-error-code
assert!(fit.error(&train) < 0.09);
let mean = (0..400).map(|_| {
    let train = truth.sample(30);
    polynomial_fit(&train, 7, 0.0).error(&train)
}).sum::<f64>() / 400.0;
assert!((mean / (0.09 * 22.0 / 30.0) - 1.0).abs() < 0.05);

//@ after: generalization-error-code
let mean = estimates.iter().sum::<f64>() / 500.0;
assert!((mean / exact - 1.0).abs() < 0.03 && exact > 0.09);

//@ after: gap-code
assert!(gap.true_gap() > 0.0 && (gap.test_error - gap.true_error).abs() < 4.0 * gap.standard_error);

//@ after: iid-figure
let right = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(2.0, 3.0);
let elsewhere = right.generalization_error(|x| fit.predict(x));
assert!(elsewhere > 20.0 * exact);

//@ after: coin-tossers
let best = |models, questions| repeat(9, |_| f64::from(tossed(models, questions).max().item())).median();
assert!(best(1000, 100) > 0.6 && best(1000, 1000) < 0.57);
assert!(best(1000, 25) - best(1000, 100) > best(10_000, 100) - best(1000, 100));

//@ after: new-questions
assert!(check!(0.5, tossed(1000, 10_000).i(winner), within 0.02, "").is_right());

//@ after: k-fold-code
let mut held_back: Vec<usize> = folds.folds(30).into_iter().flat_map(|fold| fold.valid).collect();
held_back.sort();
assert_eq!(held_back, (0..30).collect::<Vec<_>>());

//@ after: solution-1-code
assert!(estimated[0] > estimated[4] && (estimated[4] / known - 1.0).abs() < 0.25);

//@ after: solution-2-code
assert!(best[0] > 0.6 && best[3] < 0.55);

//@ after: solution-3-code
assert!(check!([0.066, 0.114], means, within 0.003, "").is_right());
