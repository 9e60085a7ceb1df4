//! What notebook 03b states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: under-and-over-code
assert!(errors[0].0 > 0.3 && errors[0].1 < 2.0 * errors[0].0);      // large and close: underfitting
assert!(errors[2].1 > 10.0 * errors[2].0);                          // far apart: overfitting

//@ after: better-feature
assert!(with_feature.error(&wave) < 0.12);

//@ after: noise-ratio
assert!(ratios.iter().all(|ratio| (ratio / ratios[0] - 1.0).abs() < 0.05));

//@ after: unrepresentative-code
assert!(one_sided.error(&left) < 0.1 && both_sides > 10.0);

//@ after: more-data-figure
let curve = curves.median();
assert!(curve.test[5] < 0.12 && curve.test[0] > 10.0 * curve.test[5]);

//@ after: augmentation-helps
let [lost, gained] = [accuracies[0][0] - accuracies[1][0], accuracies[1][1] - accuracies[0][1]];
assert!((0.05..0.11).contains(&lost) && (0.06..0.12).contains(&gained));

//@ after: fewer-features-code
assert!(kept.contains(&0) && kept.contains(&1) && with_three < 0.5 * with_all);

//@ after: components
assert!(components.explained().iter().sum::<f64>() > 0.8);

//@ after: l2-path
let curve = curves.median();
assert!(curve.test[0] > 2.0 * curve.test[9] && curve.test[16] > 2.0 * curve.test[9]);      // both branches

//@ after: l1-figure
let zeros = [&sparse, &dense].map(|w| w.to_vec().iter().filter(|&&w| w == 0.0).count());
assert!(zeros[0] >= 20 && zeros[1] == 0);

//@ after: early-stopping
assert!(history.stopped_early() && history.last("validation loss") > 1.2 * kept);

//@ after: weight-range
assert!(norms[19] > 1000.0 * norms[6]);

//@ after: interpolation
assert!(polynomial_fit(&ten, 9, 0.0).error(&ten) < 1e-12 && polynomial_fit(&ten, 8, 0.0).error(&ten) > 1e-6);

//@ after: complexity-curve
assert!(curve.train.windows(2).all(|w| w[1] <= w[0] + 1e-9));

//@ after: bias-variance-curve
let (first, last) = (curve.parts[0].clone(), curve.parts[14].clone());
assert!(first.bias2 > 0.4 && last.bias2 < 1e-7 && last.variance > 15.0 * first.variance);
assert!(curve.parts.iter().all(|p| (p.sum() - p.error).abs() < 4.0 * p.standard_error));

//@ after: bands
let at = |degree| bias_variance(&fixed, 30, 200, |train, x| polynomial_fit(train, degree, 0.0).predict(x));
assert!(at(4).bias2 > 0.005 && at(7).bias2 < 0.002);
assert!(at(4).bias2 > 5.0 * at(7).bias2);

//@ after: data-size-figure
assert!(by_degree[0][0] < by_degree[1][0] && by_degree[0][5] > by_degree[1][5]);

//@ after: solution-1-code
assert!(best[5] > best[0]);

//@ after: solution-2-code
assert!(parts.iter().all(|part| part.variance < 1e-9));
assert!(parts[0].bias2 > 0.01 && parts[1].bias2 < 1e-9 && parts[2].bias2 < 1e-6);

//@ after: solution-3-code
for (measured, predicted) in at_samples.iter().zip(predicted) {
    assert!((measured / predicted - 1.0).abs() < 0.06);
}
