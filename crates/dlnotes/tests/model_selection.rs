//! Splits, folds, exact fits, searches: what they must do for any data, and what they say to wrong data.

mod common;

use common::{SEEDS, panic_message, seeded};
use dlnotes::prelude::*;
use dlnotes::select::try_least_squares;

fn numbered(n: usize) -> Dataset {
    Dataset::from((&Tensor::arange(0.0, n as f32, 1.0).reshape([n, 1]), &Tensor::arange(0.0, n as f32, 1.0)))
}

fn labels(data: &Dataset) -> Vec<usize> {
    data.labels().to_vec().into_iter().map(|y| y as usize).collect()
}

#[test]
fn a_split_gives_every_sample_to_one_part_and_a_seed_repeats_it() {
    for s in SEEDS {
        let _alone = seeded(s);
        let parts = random_split(&numbered(103), [0.6, 0.2, 0.2]);
        assert_eq!(parts.each_ref().map(Dataset::len), [62, 20, 21]);
        let mut all: Vec<usize> = parts.iter().flat_map(labels).collect();
        assert_ne!(all, (0..103).collect::<Vec<_>>(), "not shuffled");
        seed(s);
        let again: Vec<usize> = random_split(&numbered(103), [0.6, 0.2, 0.2]).iter().flat_map(labels).collect();
        assert_eq!(all, again);
        all.sort_unstable();
        assert_eq!(all, (0..103).collect::<Vec<_>>());
    }
    let images = FashionMnist::embedded().test;
    let [few, _] = random_split(&images, [0.1, 0.9]);
    assert_eq!(few.bytes(), 100 * 784, "images stay bytes");
}

#[test]
fn a_split_takes_shares_only() {
    let data = numbered(4);
    let message = panic_message(|| random_split(&data, [0.6, 0.6]));
    assert!(message.contains("add up to 1.2") && message.contains("1 together"), "{message}");
    assert!(panic_message(|| random_split(&data, [f32::NAN, 0.5])).contains("NaN"));
    assert!(panic_message(|| random_split(&data, [-0.5, 1.5])).contains("0 or more"));
    let message = panic_message(|| random_split(&data, [0.9, 0.05, 0.05]));
    assert!(message.contains("4 samples can't give a share of 0.05"), "{message}");
}

#[test]
fn every_sample_is_held_back_once_in_folds_of_even_size() {
    for (n, k) in [(10, 2), (10, 3), (7, 7), (100, 5), (23, 4)] {
        for folds in [KFold::new(k), KFold::new(k).shuffled(3)] {
            let folds = folds.folds(n);
            let mut held: Vec<usize> = folds.iter().flat_map(|fold| fold.valid.clone()).collect();
            held.sort_unstable();
            assert_eq!(held, (0..n).collect::<Vec<_>>());
            for fold in &folds {
                assert!(fold.valid.len() == n / k || fold.valid.len() == n / k + 1);
                let mut both = [fold.train.clone(), fold.valid.clone()].concat();
                both.sort_unstable();
                assert_eq!(both, (0..n).collect::<Vec<_>>());
            }
        }
    }
    assert_eq!(KFold::new(3).shuffled(1).folds(20), KFold::new(3).shuffled(1).folds(20));
    assert_ne!(KFold::new(3).shuffled(1).folds(20), KFold::new(3).shuffled(2).folds(20));
    assert_ne!(KFold::new(3).shuffled(1).folds(20), KFold::new(3).folds(20));
}

#[test]
fn stratified_folds_hold_the_classes_in_their_shares() {
    let y: Vec<f32> = (0..90).map(|i| if i < 60 { 0.0 } else { f32::from(u8::from(i < 80)) + 1.0 }).collect();
    let data = Dataset::from((&Tensor::zeros([90, 2]), &Tensor::from(y)));
    for folds in [KFold::new(5).stratified(), KFold::new(5).shuffled(4).stratified()] {
        for (train, valid) in folds.split(&data) {
            let count = |data: &Dataset, class: usize| labels(data).iter().filter(|&&y| y == class).count();
            assert_eq!([0, 1, 2].map(|class| count(&valid, class)), [12, 2, 4]);
            assert_eq!([0, 1, 2].map(|class| count(&train, class)), [48, 8, 16]);
        }
    }
}

#[test]
fn folds_say_what_is_wrong() {
    assert!(panic_message(|| KFold::new(1)).contains("k is 1: at least 2 folds"));
    assert!(panic_message(|| KFold::new(0)).contains("k is 0"));
    let message = panic_message(|| KFold::new(5).folds(4));
    assert!(message.contains("4 samples for 5 folds") && message.contains("no more folds than samples"), "{message}");
    let of = |y: &[f32]| Dataset::from((&Tensor::zeros([y.len(), 1]), &Tensor::from(y.to_vec())));
    let stratified = KFold::new(2).stratified();
    assert!(panic_message(|| stratified.split(&of(&[1.0; 6]))).contains("all samples have one class"));
    let message = panic_message(|| stratified.split(&of(&[0.0, 0.0, 0.0, 1.0])));
    assert!(message.contains("class 1 has 1 sample, too few for 2 folds"), "{message}");
    assert!(panic_message(|| stratified.split(&of(&[0.0, 0.5]))).contains("label 0.5 of sample 1 isn't a class"));
    assert!(panic_message(|| stratified.split(&of(&[0.0, f32::NAN]))).contains("label NaN"));
    assert!(panic_message(|| stratified.folds(6)).contains("folds_of"));
}

/// A small network whose every number comes from the fold's stream.
fn small_net(train: &Dataset, valid: &Dataset) -> (f32, f32) {
    let (train, valid) = (Batches::new(train, 16).shuffled(), Batches::new(valid, 16));
    let net = sequential![Linear::new(2, 16), Relu, Dropout::new(0.1), Linear::new(16, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.05);
    let loss = MseLoss::none();
    for _ in 0..5 {
        train_epoch(&net, &train, &loss, &mut trainer);
    }
    (evaluate_loss(&net, &train, &loss), evaluate_loss(&net, &valid, &loss))
}

#[test]
fn cross_validation_gives_the_same_bits_on_any_number_of_threads() {
    let _alone = seeded(1);
    let data = Dataset::from(synthetic_data(&Tensor::from([2.0, -3.4]), 4.2, 80));
    let folds = KFold::new(4).shuffled(1);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        seed(7);
        pool.install(|| cross_validate(&data, &folds, small_net))
    };
    let scores = run(1);
    assert_eq!(scores, run(2));
    assert_eq!(scores, run(3));
    assert_eq!((scores.train.len(), scores.valid.len()), (4, 4));
    assert!(scores.valid.windows(2).all(|v| v[0] != v[1]), "folds train on their own data and numbers");
    let mean = scores.valid.iter().sum::<f64>() / 4.0;
    let square = scores.valid.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 3.0;
    assert!((scores.valid_mean() - mean).abs() < 1e-12 && (scores.valid_std() - square.sqrt()).abs() < 1e-12);
    assert!(scores.to_string().contains("over 4 folds"), "{scores}");
}

#[test]
fn exact_fits_solve_the_normal_equations() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = (Tensor::randn([40, 6]), Tensor::randn([40]));
        let gradient = |w: &Tensor, lambda: f32| x.t().matmul(&(x.matmul(w) - &y)) / 40.0 + lambda * w;
        let small = |g: Tensor| g.abs().max().item() < 1e-6;
        assert!(small(gradient(&least_squares(&x, &y), 0.0)), "seed {s}");
        for lambda in [1e-3, 0.1, 3.0] {
            let w = ridge(&x, &y, lambda);
            assert!(small(gradient(&w, lambda)), "seed {s}, λ {lambda}");
            assert!(w.norm().item() < least_squares(&x, &y).norm().item());
        }
        // Labels as a column give weights as a column.
        let column = least_squares(&x, &y.reshape([40, 1]));
        assert_eq!((column.shape(), column.to_vec()), (&[6, 1][..], least_squares(&x, &y).to_vec()));
    }
}

#[test]
fn the_minimum_norm_solution_fits_exactly_and_lies_in_the_row_space() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = (Tensor::randn([20, 200]), Tensor::randn([20]));
        let w = min_norm_least_squares(&x, &y);
        assert!((x.matmul(&w) - &y).abs().max().item() < 1e-4, "seed {s}");
        // Ridge for λ → 0 tends to it; so it is the shortest of all that fit.
        let near = ridge(&x, &y, 1e-6);
        assert!((&near - &w).norm().item() < 1e-3 * w.norm().item(), "seed {s}");
        let other = &w + Tensor::randn([200]) - {
            let r = Tensor::randn([200]);
            min_norm_least_squares(&x, &x.matmul(&r))
        };
        assert!(other.norm().item() > w.norm().item());
    }
}

#[test]
fn singular_systems_are_named_with_the_ways_out() {
    let _alone = seeded(1);
    let x = Tensor::from([[1.0, 2.0, 3.0], [2.0, 4.0, 6.5], [3.0, 6.0, 9.0], [1.0, 2.0, 0.0]]);
    let y = Tensor::from([1.0, 2.0, 3.0, 4.0]);
    let message = panic_message(|| least_squares(&x, &y));
    for part in ["only 2 of the 3 columns are independent (4 samples)", "min_norm_least_squares", "ridge"] {
        assert!(message.contains(part), "{message}");
    }
    let error = try_least_squares(&Tensor::randn([3, 5]), &Tensor::randn([3])).unwrap_err();
    assert!(error.to_string().contains("only 3 of the 5 columns"), "{error}");
    let w = min_norm_least_squares(&x, &y).to_vec();
    assert!((w[1] - 2.0 * w[0]).abs() < 1e-5, "the dependent columns share by their length: {w:?}");
    assert!(ridge(&x, &y, 0.1).norm().item().is_finite());
}

#[test]
fn fits_take_matrices_and_finite_numbers_only() {
    let (x, y) = (Tensor::ones([3, 2]), Tensor::ones([4]));
    for message in [panic_message(|| least_squares(&x, &y)), panic_message(|| lasso(&x, &y, 0.1))] {
        assert!(message.contains("[3, 2]") && message.contains("[4]"), "{message}");
    }
    let nan = Tensor::from([[f32::NAN], [1.0]]);
    assert!(panic_message(|| least_squares(&nan, &Tensor::ones([2]))).contains("NaN or infinite"));
    for lambda in [-1.0, f32::NAN, f32::INFINITY] {
        let x = Tensor::ones([2, 1]);
        for message in [
            panic_message(|| ridge(&x, &Tensor::ones([2]), lambda)),
            panic_message(|| lasso(&x, &Tensor::ones([2]), lambda)),
            panic_message(|| polynomial_fit(&numbered(3), 1, lambda)),
        ] {
            assert!(message.contains(&format!("λ is {lambda}")), "{message}");
        }
    }
    let wide = Dataset::from((&Tensor::ones([3, 2]), &Tensor::ones([3])));
    assert!(panic_message(|| polynomial_fit(&wide, 2, 0.0)).contains("[3, 2]"));
    assert!(panic_message(|| soft_threshold(&Tensor::ones([1]), -0.1)).contains("-0.1"));
}

#[test]
fn lasso_meets_its_optimality_conditions_with_exact_zeros() {
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::randn([60, 20]);
        let y = x.i((.., 0)) * 2.0 - x.i((.., 7)) + 0.1 * Tensor::randn([60]);
        for lambda in [0.01, 0.1, 0.5] {
            let w = lasso(&x, &y, lambda);
            // |xⱼ·(y − Xw)/n| ≤ λ, and = λ·sign(wⱼ) where wⱼ ≠ 0.
            let pull = x.t().matmul(&(&y - x.matmul(&w))) / 60.0;
            for (w, pull) in w.to_vec().into_iter().zip(pull.to_vec()) {
                let expected = if w == 0.0 { pull.clamp(-lambda, lambda) } else { lambda * w.signum() };
                assert!((pull - expected).abs() < 1e-5, "seed {s}, λ {lambda}: w {w}, pull {pull}");
            }
        }
        let zeros = |lambda: f32| lasso(&x, &y, lambda).to_vec().iter().filter(|&&w| w == 0.0).count();
        assert!(zeros(0.1) >= 15 && zeros(0.5) >= 18, "seed {s}: {} and {}", zeros(0.1), zeros(0.5));
        assert_eq!(lasso(&x, &y, 100.0).norm_l1().item(), 0.0);
        assert!((lasso(&x, &y, 0.0) - least_squares(&x, &y)).abs().max().item() < 1e-5);
    }
}

#[test]
fn principal_components_are_orthogonal_and_keep_the_most_variance() {
    for s in SEEDS {
        let _alone = seeded(s);
        let scale = Tensor::from((1..=30).rev().map(|i| i as f32 / 5.0).collect::<Vec<_>>());
        let x = Tensor::randn([120, 30]) * scale + 3.0;
        let pca = principal_components(&x, 5);
        let gram = pca.components.matmul(&pca.components.t()) - Tensor::eye(5);
        assert!(gram.abs().max().item() < 1e-5, "seed {s}");
        let centred = &x - x.mean_dim(0, false);
        let along = centred.matmul(&pca.components.t());
        for (i, variance) in pca.variances.iter().enumerate() {
            let measured = f64::from(along.i((.., i as isize)).var().item());
            assert!((measured / variance - 1.0).abs() < 1e-4, "seed {s}, component {i}");
        }
        assert!(pca.variances.windows(2).all(|v| v[0] >= v[1]));
        // All components lose nothing; five lose what their variances lack.
        let all = principal_components(&x, 30);
        assert!((all.restore(&all.project(&x)) - &x).abs().max().item() < 1e-3);
        let lost = (pca.restore(&pca.project(&x)) - &x).square().sum().item() / 119.0;
        let expected = pca.total - pca.variances.iter().sum::<f64>();
        assert!((f64::from(lost) / expected - 1.0).abs() < 1e-3, "seed {s}: {lost} {expected}");
    }
    let images = FashionMnist::embedded().test.take(60).features();
    let pca = principal_components(&images, 20);
    assert_eq!(pca.components.shape(), [20, 784]);
    assert!(pca.explained().iter().sum::<f64>() > 0.8);
    assert!(panic_message(|| principal_components(&images, 61)).contains("between 1 and 60"));
    assert!(panic_message(|| principal_components(&images, 0)).contains("0 components"));
    assert!(panic_message(|| pca.project(&Tensor::zeros([2, 3]))).contains("784 features"));
}

#[test]
fn features_that_repeat_others_are_left_out() {
    for s in SEEDS {
        let _alone = seeded(s);
        let a = Tensor::randn([200, 3]);
        let x = concat(&[&a, &(a.i((.., 0..1)) * 2.0 + 1.0), &Tensor::randn([200, 4])], 1);
        let y = a.i((.., 0)) * 3.0 + a.i((.., 1)) * 2.0 - a.i((.., 2));
        let chosen = select_features(&x, &y, 3);
        assert!(chosen[0] == 0 || chosen[0] == 3, "seed {s}: {chosen:?}");
        assert_eq!(chosen[1..], [1, 2], "seed {s}");
    }
    assert!(panic_message(|| select_features(&Tensor::ones([3, 2]), &Tensor::ones([3]), 3)).contains("3 of 2"));
}

#[test]
fn a_grid_search_tries_every_combination() {
    let _alone = seeded(1);
    let result = GridSearch::new()
        .over("lr", [0.1, 0.5])
        .over("width", [8, 16, 32])
        .run(|p| if p["width"] == 8.0 { f64::NAN } else { p["lr"] * 10.0 + p["width"] });
    assert_eq!(result.rows().len(), 6);
    assert_eq!((result.best()["lr"], result.best()["width"], result.best_error()), (0.1, 16.0, 17.0));
    let table = result.to_string();
    assert!(table.lines().next().unwrap().ends_with("error") && table.lines().count() == 7, "{table}");
    assert!(table.lines().last().unwrap().contains("NaN"), "{table}");
    assert!(result.figure().summary().contains("2 rows and 3 columns"), "{}", result.figure());
    let draws = || {
        seed(5);
        GridSearch::new().over("a", 0..4).run(|_| Tensor::randn([1]).item()).rows().to_vec()
    };
    assert_eq!(draws(), draws());
    assert!(panic_message(|| result.best()["depth"]).contains("no parameter `depth`: there are lr, width"));
    assert!(panic_message(|| GridSearch::new().run(|_| 0.0)).contains("nothing to search over"));
    assert!(panic_message(|| GridSearch::new().over("a", [] as [f64; 0])).contains("no values for `a`"));
    assert!(panic_message(|| GridSearch::new().over("a", [1]).over("a", [2])).contains("given before"));
}

#[test]
fn curves_and_decompositions_name_what_is_missing() {
    let _alone = seeded(1);
    let truth = Truth::notes_polynomial();
    let data = truth.sample(10);
    let fit = |train: &Dataset, test: &Dataset| polynomial_fit(train, 1, 0.0).errors(train, test);
    assert!(panic_message(|| learning_curve(&data, &data, &[5, 11], fit)).contains("11 of 10 samples"));
    assert!(panic_message(|| learning_curve(&data, &data, &[0], fit)).contains("0 of 10 samples"));
    assert!(panic_message(|| bias_variance(&truth, 5, 1, |_, x| x.clone())).contains("1 refit "));
    let message = panic_message(|| bias_variance(&truth, 5, 4, |_, _| Tensor::zeros([3])));
    assert!(message.contains("3 predictions for 486 values"), "{message}");
    assert!(panic_message(|| Truth::new(|x| x, -1.0)).contains("-1"));
    assert!(panic_message(|| Truth::new(|x| x, 1.0).uniform(2.0, 2.0)).contains("from 2 to 2"));
    assert!(panic_message(|| truth.generalization_error(|_| Tensor::zeros([2]))).contains("[2]"));
}
