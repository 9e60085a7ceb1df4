//! Errors of the notes' chapter on model selection: the wrong and the right version side by side. What the chapter claims
//! rightly is in `claims_model_selection.rs`.

mod common;

use common::{SEEDS, median, seeded};
use dlnotes::prelude::*;

/// L174: the training error as a share of wrong answers is the case of the 0–1 loss only; of two models with the same
/// share, one can have ten times the cross entropy.
#[test]
fn l174_the_share_of_wrong_answers_is_one_loss_among_many() {
    let labels = Tensor::from([0.0, 1.0]);
    let (sure, unsure) = (Tensor::from([[9.0, 0.0], [0.0, 9.0]]), Tensor::from([[0.1, 0.0], [0.0, 0.1]]));
    assert_eq!((accuracy(&sure, &labels), accuracy(&unsure, &labels)), (2, 2));
    let loss = |scores: &Tensor| CrossEntropyLoss::mean().forward(scores, &labels).item();
    assert!(loss(&unsure) > 10.0 * loss(&sure));
}

/// L184: the formula weighs the pointwise squared error (not the training error), for continuous x it is an integral,
/// and the noise's variance is added to what is measured on labels.
#[test]
fn l184_the_generalization_error_is_an_integral_plus_the_noise() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| x * x, 0.5).uniform(-1.0, 1.0);
        let model = |x: &Tensor| x * 0.5;
        // ∫ ½ (x/2 − x²)² dx over −1..1 = 1/12 + 1/5.
        let without_noise = 1.0 / 12.0 + 1.0 / 5.0;
        let error = truth.generalization_error(model);
        assert!((error - without_noise - 0.25).abs() < 1e-4, "{error}");
        // Measured on new labels: the integral alone is too small.
        let data = truth.sample(20_000);
        let squares = (model(&data.features()).flatten() - data.labels()).square();
        let (mean, standard_error) = (squares.mean().item(), squares.std().item() / 20_000.0_f32.sqrt());
        assert!((f64::from(mean) - error).abs() < 4.0 * f64::from(standard_error), "seed {s}");
        assert!((f64::from(mean) - without_noise).abs() > 20.0 * f64::from(standard_error), "seed {s}");
    }
}

/// L188: a test set that does not overlap the training set gives an *estimate* of the generalization error. It differs
/// from it by chance, the less the larger it is.
#[test]
fn l188_a_test_set_estimates() {
    let spread = |n: usize| {
        let errors: Vec<f32> = SEEDS
            .iter()
            .flat_map(|&s| {
                let _alone = seeded(s);
                let truth = Truth::new(|x| x, 1.0);
                (0..40).map(|_| (truth.sample(n).labels() * 0.5).square().mean().item()).collect::<Vec<_>>()
            })
            .collect();
        Tensor::from(errors).std().item()
    };
    let (small, large) = (spread(20), spread(2000));
    assert!(small > 0.05, "an estimate, not the error itself");
    assert!((6.0..16.0).contains(&(small / large)), "its spread falls with √n: {small} {large}");
}

/// L230: underfitting persists at convergence: the best straight line through a cubic stays bad.
#[test]
fn l230_underfitting_persists_at_the_optimum() {
    for s in SEEDS {
        let _alone = seeded(s);
        let train = Truth::notes_polynomial().sample(100);
        let best_line = polynomial_fit(&train, 1, 0.0);
        assert!(best_line.error(&train) > 1.0, "seed {s}");
        // No longer training could go below: any other line is worse.
        let mut other = best_line.clone();
        other.weights[1] += 0.1;
        assert!(other.error(&train) > best_line.error(&train));
    }
}

/// L265: a convolutional network's answer is *not* unaffected by an object's pose and position and the brightness of an
/// image. Trained on upright images it does worse on turned, moved and darkened ones, and better on turned ones once it has
/// seen such. (What a convolution has: its outputs move with the image.)
#[test]
fn l265_a_cnn_is_not_invariant_and_augmentation_helps() {
    let turn = Augment::new().rotate(40.0);
    let mut results = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let data = FashionMnist::embedded();
        let (train, (x, y)) = (data.train.take(2000), data.test.select(&(0..500).collect::<Vec<_>>()));
        let shift = Augment::new().translate(4.0);
        let sets = [x.clone(), turn.apply(&x), shift.apply(&x), &x * 0.3].map(|x| Batches::new((x, y.clone()), 500));
        let accuracies = |augmented: bool| {
            seed(s);
            let batches = Batches::new(&train, 50).shuffled();
            let batches = if augmented { batches.augmented(&turn) } else { batches };
            let net = convolutional();
            let mut trainer = Adam::new(net.parameters(), 0.002);
            for _ in 0..8 {
                train_epoch(&net, &batches, &CrossEntropyLoss::none(), &mut trainer);
            }
            sets.each_ref().map(|set| evaluate_accuracy(&net, set))
        };
        results.push((accuracies(false), accuracies(true)));
    }
    for (change, at) in [("turned", 1), ("moved", 2), ("darkened", 3)] {
        let lost = median(results.iter().map(|(plain, _)| plain[0] - plain[at]));
        assert!(lost > 0.1, "{change}: {results:?}");
    }
    let gained = median(results.iter().map(|(plain, augmented)| augmented[1] - plain[1]));
    assert!(gained > 0.1, "{results:?}");
}

/// Eight filters of 5 × 5 pixels at every second place, and the largest of each 2 × 2 of their outputs.
fn convolutional() -> Sequential {
    let corners = (0..144).map(|i| i / 12 * 2 * 28 + i % 12 * 2);
    let pixels: Vec<usize> = corners.flat_map(|corner| (0..25).map(move |i| corner + i / 5 * 28 + i % 5)).collect();
    let patches = move |x: &Tensor| x.reshape([-1, 784]).index_select(1, &pixels).reshape([-1, 144, 25]);
    let pool = |x: &Tensor| x.reshape([-1, 6, 2, 6, 2, 8]).max_dim([2, 4], false).reshape([-1, 288]);
    sequential![patches, Linear::new(25, 8), Relu, pool, Linear::new(288, 10)]
}

/// L295: what is small between training and validation error is the generalization *gap*, not the generalization error:
/// an underfitting model has a small gap and a large error.
#[test]
fn l295_a_small_gap_is_no_small_error() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.1).uniform(-2.0, 2.0);
        let (train, test) = (truth.sample(2000), truth.sample(2000));
        let fit = polynomial_fit(&train, 0, 0.0);
        let gap = truth.generalization_gap(|x| fit.predict(x), &train, &test);
        assert!(gap.true_gap().abs() < 0.05 && gap.true_error > 0.4, "seed {s}: {gap}");
    }
}

/// L312: degree n − 1 already goes through n points, one less than "degree equal to the number of samples".
#[test]
fn l312_degree_n_minus_1_interpolates_n_points() {
    for s in SEEDS {
        let _alone = seeded(s);
        let data = Truth::new(|x| x.cos(), 1.0).uniform(-1.0, 1.0).sample(5);
        assert!(polynomial_fit(&data, 4, 0.0).error(&data) < 1e-10, "seed {s}: degree 4 through 5 points");
        assert_eq!(polynomial_fit(&data, 5, 0.0).rank, 5, "degree 5 leaves one coefficient open");
    }
}

/// L312: that a higher degree fits the training set better holds for exact fits, not for SGD that is stopped: on the same
/// data, 20 columns end above 4.
#[test]
fn l312_sgd_stopped_early_need_not_fit_better_with_more_columns() {
    let ends = SEEDS.map(|s| {
        let _alone = seeded(s);
        let data = polynomial_data(100);
        let (x, y) = (&data.poly_features, &data.labels);
        let last = |columns: usize| {
            let (_, history) = train::train_polynomial(&x.i((.., ..columns)), &x.i((.., ..columns)), y, y, 40);
            history.last("train")
        };
        let exact = capacity_curve(&Dataset::from((&data.features, y)), &Dataset::from((&data.features, y)), 3..=19);
        assert!(exact.train[16] <= exact.train[0], "seed {s}");
        last(20) / last(4)
    });
    assert!(ends.iter().any(|&ratio| ratio > 1.0), "{ends:?}");
}

/// L342: the noise has a standard deviation of 0.1, not 1. L345: 20 columns are the powers up to 19.
#[test]
fn l342_the_noise_is_a_tenth_and_20_columns_are_degree_19() {
    for s in SEEDS {
        let _alone = seeded(s);
        let data = polynomial_data(2000);
        assert_eq!(data.poly_features.shape(), [2000, 20]);
        let x = Tensor::from([2.0]);
        let last = polynomial_features(&x, 20).i((0, 19)).item();
        let factorial: f64 = (1..=19).map(f64::from).product();
        assert!((f64::from(last) / (2.0_f64.powi(19) / factorial) - 1.0).abs() < 1e-6);
        let noise = &data.labels - data.poly_features.matmul(&data.true_w);
        // Four standard errors of a standard deviation from 2,000 samples.
        assert!((noise.std().item() - 0.1).abs() < 4.0 * 0.1 / 4000.0_f32.sqrt(), "seed {s}");
    }
}

/// L346: `n_train, n_test = 100` is an error in Python and here: 100 and 100 have to be written. The two halves of 200.
#[test]
fn l346_both_halves_have_a_hundred_samples() {
    let _alone = seeded(1);
    let data = polynomial_data(200);
    assert_eq!((data.labels.i(..100).len(), data.labels.i(100..).len()), (100, 100));
}

/// "The overfit that wasn't": the notes say that the test loss of the degree-19 fit stays high. By SGD it does not; by
/// exact least squares it does.
#[test]
fn the_test_loss_of_degree_19_stays_high_only_for_the_exact_fit() {
    let mut ratios = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let data = polynomial_data(200);
        let (x, y) = (&data.poly_features, &data.labels);
        let (_, history) = train::train_polynomial(&x.i(..100), &x.i(100..), &y.i(..100), &y.i(100..), 1500);
        let half = |range: std::ops::Range<usize>| {
            let rows: Vec<usize> = range.collect();
            Dataset::from((data.features.index_select(0, &rows), y.index_select(0, &rows)))
        };
        let (train, test) = (half(0..100), half(100..200));
        let (train_error, test_error) = polynomial_fit(&train, 19, 0.0).errors(&train, &test);
        ratios.push([history.last("test") / history.last("train"), (test_error / train_error) as f32]);
    }
    let [sgd, exact] = [0, 1].map(|i| median(ratios.iter().map(|pair| pair[i])));
    assert!(sgd < 5.0 && exact > 100.0, "{ratios:?}");
}
