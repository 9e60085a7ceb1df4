//! The notes' polynomial and weight-decay experiments, over seeds chosen beforehand.

mod common;

use common::{SEEDS, median, seeded};
use dlnotes::prelude::*;
use dlnotes::train::{WeightDecay, train_polynomial};

/// Trains on the first `columns` of the data; weights, and the losses on training and test data.
fn run(columns: usize, epochs: usize, data: &data::Polynomial) -> (Vec<f32>, History) {
    let (x, y) = (&data.poly_features, &data.labels);
    let (train_x, test_x) = (x.i((..100, ..columns)), x.i((100.., ..columns)));
    let (weight, history) = train_polynomial(&train_x, &test_x, &y.i(..100), &y.i(100..), epochs);
    (weight.to_vec(), history)
}

/// argmin ‖Xw − y‖² in f64 by Gaussian elimination of the normal equations with partial pivoting.
fn least_squares(x: &Tensor, y: &Tensor) -> Vec<f64> {
    let (n, d) = (x.shape()[0], x.shape()[1]);
    let (x, y) = (x.to_vec(), y.to_vec());
    let at = |r: usize, c: usize| f64::from(x[r * d + c]);
    let entry =
        |i: usize, j: usize| (0..n).map(|r| at(r, i) * if j == d { f64::from(y[r]) } else { at(r, j) }).sum::<f64>();
    let mut a: Vec<Vec<f64>> = (0..d).map(|i| (0..=d).map(|j| entry(i, j)).collect()).collect();
    for k in 0..d {
        let pivot = (k..d).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs())).unwrap();
        a.swap(k, pivot);
        for i in (0..d).filter(|&i| i != k) {
            let factor = a[i][k] / a[k][k];
            let row = a[k].clone();
            a[i].iter_mut().zip(row).for_each(|(x, r)| *x -= factor * r);
        }
    }
    (0..d).map(|i| a[i][d] / a[i][i]).collect()
}

#[test]
fn the_cubic_fit_finds_the_polynomial() {
    let mut tests = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let (w, history) = run(4, 400, &polynomial_data(200));
        assert!((w[0] - 5.0).abs() < 0.1, "seed {s}: {w:?}");
        assert!((1.1..=1.65).contains(&w[1]), "seed {s}: {w:?}");
        assert!((-3.6..=-3.1).contains(&w[2]), "seed {s}: {w:?}");
        assert!((4.3..=5.75).contains(&w[3]), "seed {s}: {w:?}");
        assert!(history.last("train") < 0.04, "seed {s}: {history}");
        tests.push(history.last("test"));
    }
    assert!(median(tests.iter().copied()) < 0.04, "{tests:?}");
}

#[test]
fn the_linear_fit_underfits_and_agrees_with_least_squares() {
    for s in SEEDS {
        let _alone = seeded(s);
        let data = polynomial_data(200);
        let (w, history) = run(2, 400, &data);
        let (_, cubic) = run(4, 400, &data);
        let train = history.last("train");
        assert!(train > 1.0 && train > 100.0 * cubic.last("train"), "seed {s}: {history}; cubic {cubic}");
        let exact = least_squares(&data.poly_features.i((..100, ..2)), &data.labels.i(..100));
        for (ours, exact) in w.iter().zip(exact) {
            assert!((f64::from(*ours) - exact).abs() < 0.05, "seed {s}: {w:?}, least squares {exact}");
        }
    }
}

#[test]
fn twenty_columns_overfit_most_in_mid_training_and_then_less() {
    let ratios: Vec<Vec<f32>> = SEEDS
        .into_iter()
        .map(|s| {
            let _alone = seeded(s);
            let (_, history) = run(20, 1500, &polynomial_data(200));
            assert!(history.last("train") < 0.04, "seed {s}: {history}");
            history.values("test").iter().zip(history.values("train")).map(|(test, train)| test / train).collect()
        })
        .collect();
    let by_time: Vec<f32> = (0..ratios[0].len()).map(|i| median(ratios.iter().map(|r| r[i]))).collect();
    let peak = by_time.iter().copied().fold(0.0, f32::max);
    let at = by_time.iter().position(|&r| r == peak).unwrap();
    assert!(at > 0 && at < by_time.len() - 1 && *by_time.last().unwrap() < peak, "{by_time:?}");
}

/// The part of w that lies outside the row space of X, by Gram–Schmidt on the rows in f64.
fn outside(x: &Tensor, w: &Tensor) -> Vec<f64> {
    let d = x.shape()[1];
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let remove = |v: &mut Vec<f64>, basis: &[Vec<f64>]| {
        // Twice: once leaves rounding errors of the size of the part removed.
        for _ in 0..2 {
            for b in basis {
                let along = dot(v, b);
                v.iter_mut().zip(b).for_each(|(v, b)| *v -= along * b);
            }
        }
    };
    let x = x.to_vec();
    for row in x.chunks(d) {
        let mut v: Vec<f64> = row.iter().map(|&x| f64::from(x)).collect();
        remove(&mut v, &basis);
        let norm = dot(&v, &v).sqrt();
        basis.push(v.into_iter().map(|v| v / norm).collect());
    }
    let mut w: Vec<f64> = w.to_vec().into_iter().map(f64::from).collect();
    remove(&mut w, &basis);
    w
}

#[test]
fn weight_decay_shrinks_the_weights_to_the_published_norms() {
    for s in SEEDS {
        let _alone = seeded(s);
        let experiment = WeightDecay::new();
        let [free, decayed] = [0.0, 3.0].map(|lambda| experiment.train(lambda));
        assert!((11.5..=15.5).contains(&free.norm()), "seed {s}: {}", free.norm());
        assert!((0.308..=0.421).contains(&decayed.norm()), "seed {s}: {}", decayed.norm());
        let [free, decayed] = [0.0, 3.0].map(|decay| experiment.train_concise(decay));
        assert!((11.5..=15.5).contains(&free.norm()), "seed {s}: {}", free.norm());
        assert!((0.3..=0.78).contains(&decayed.norm()), "seed {s}: {}", decayed.norm());
        assert!(decayed.history.last("test") < free.history.last("test") / 10.0, "seed {s}");
    }
}

#[test]
fn outside_the_row_space_decay_alone_acts() {
    for s in SEEDS {
        let _alone = seeded(s);
        let experiment = WeightDecay::new();
        let x = experiment.train_iter.data().features();
        for (lambda, factor) in [(0.0, 1.0), (3.0, 0.991_f64.powi(400))] {
            for run in [experiment.train(lambda), experiment.train_concise(lambda)] {
                let (before, after) = (outside(&x, &run.initial), outside(&x, &run.w));
                let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
                let expected = norm(&mut before.iter().map(|x| factor * x));
                let error = norm(&mut before.iter().zip(&after).map(|(b, a)| a - factor * b)) / expected;
                assert!(error < 1e-3, "seed {s}, λ = {lambda}: relative error {error}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let weights = || {
        let _alone = seeded(9);
        run(4, 20, &polynomial_data(200)).0
    };
    assert_eq!(weights(), weights());
}
