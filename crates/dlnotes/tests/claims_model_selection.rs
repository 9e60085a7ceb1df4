//! What the chapter on model selection claims, over seeds chosen beforehand.

mod common;

use common::{SEEDS, median, seeded};
use dlnotes::prelude::*;

/// What an exact fit of p coefficients leaves of a noise of variance σ² in n samples: σ²·χ²₍ₙ₋ₚ₎/n, give or take four of its
/// standard deviations.
fn left_of_the_noise(variance: f64, p: usize, n: usize) -> std::ops::Range<f64> {
    let (free, n) = ((n - p) as f64, n as f64);
    let spread = 4.0 * (2.0 * free).sqrt();
    variance * (free - spread) / n..variance * (free + spread) / n
}

/// Degree 19 by exact least squares (Householder's QR in f64, no cut-off) overfits beyond all measure, which SGD, slow in
/// the high columns, does not.
#[test]
fn the_exact_fit_of_degree_19_overfits() {
    let mut ratios = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::notes_polynomial();
        let (train, test) = (truth.sample(100), truth.sample(100));
        let fit = polynomial_fit(&train, 19, 0.0);
        assert_eq!(fit.rank, 20, "seed {s}");
        let (train_error, test_error) = fit.errors(&train, &test);
        assert!(left_of_the_noise(truth.noise(), 20, 100).contains(&train_error), "seed {s}: {train_error}");
        ratios.push((test_error / train_error) as f32);
    }
    assert!(median(ratios.iter().copied()) > 100.0, "{ratios:?}");
}

#[test]
fn the_training_error_falls_with_the_degree_and_the_test_error_turns() {
    let mut ends = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::notes_polynomial();
        let curve = capacity_curve(&truth.sample(100), &truth.sample(100), 0..=19);
        for (degree, pair) in curve.train.windows(2).enumerate() {
            assert!(pair[1] <= pair[0] * (1.0 + 1e-9), "seed {s}: degree {} fits worse than {degree}", degree + 1);
        }
        // Below degree 3 nothing fits (underfitting persists at the optimum); degree 3 finds the noise's 0.01.
        assert!(curve.train[..3].iter().all(|&error| error > 0.5), "seed {s}: {:?}", curve.train);
        assert!(left_of_the_noise(truth.noise(), 4, 100).contains(&curve.train[3]), "seed {s}: {:?}", curve.train);
        assert!((3..=8).contains(&(curve.best() as usize)), "seed {s}: best degree {}", curve.best());
        ends.push((curve.test[19] / curve.test[3]) as f32);
    }
    assert!(median(ends.iter().copied()) > 10.0, "{ends:?}");
}

/// Degree n − 1 already goes through n points.
#[test]
fn a_polynomial_of_degree_n_minus_1_goes_through_n_points() {
    for s in SEEDS {
        let _alone = seeded(s);
        let data = Truth::new(f64::cos, 1.0).uniform(-2.0, 2.0).sample(6);
        assert!(polynomial_fit(&data, 5, 0.0).error(&data) < 1e-10, "seed {s}");
        assert!(polynomial_fit(&data, 4, 0.0).error(&data) > 1e-6, "seed {s}");
    }
}

#[test]
fn more_samples_close_the_gap() {
    let mut ratios = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
        let (train, test) = (truth.sample(2000), truth.sample(2000));
        let curve = learning_curve(&train, &test, &[10, 30, 100, 400, 2000], |train, test| {
            polynomial_fit(train, 7, 0.0).errors(train, test)
        });
        let gaps: Vec<f64> = curve.test.iter().zip(&curve.train).map(|(test, train)| test - train).collect();
        // Both errors tend to the noise (and the little that degree 7 can't bend): 0.09, from above and from below.
        assert!(curve.train[0] < 0.05 && curve.test[0] > 0.12, "seed {s}: {curve}");
        assert!((curve.test[4] - 0.09).abs() < 0.015 && gaps[4].abs() < 0.015, "seed {s}: {curve}");
        ratios.push((gaps[4].abs() / gaps[0]) as f32);
    }
    assert!(median(ratios.iter().copied()) < 0.1, "{ratios:?}");
}

/// bias² + variance + noise is the error measured on new samples, within four standard errors.
#[test]
fn bias_variance_and_noise_add_up_to_the_error() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
        // Enough samples for each coefficient that no single refit outweighs all others (beyond, standard errors mean
        // little: the error has a heavy tail).
        let curve = bias_variance_curve(&truth, 100, 200, 0..=7);
        for (degree, parts) in curve.degrees.iter().zip(&curve.parts) {
            let off = (parts.sum() - parts.error).abs() / parts.standard_error;
            assert!(off < 4.0, "seed {s}, degree {degree}: {parts} ({off} standard errors)");
        }
        let of = |part: fn(&select::BiasVariance) -> f64, degree: usize| part(&curve.parts[degree]);
        // The sine is odd: bias falls with each odd degree.
        assert!(of(|p| p.bias2, 1) > 5.0 * of(|p| p.bias2, 5) && of(|p| p.bias2, 7) < 1e-3, "seed {s}");
        // Where the bias is gone, variance rises with the number of coefficients.
        assert!((5..7).all(|d| of(|p| p.variance, d) < of(|p| p.variance, d + 1)), "seed {s}");
        // For a linear fit with p coefficients to n samples the variance is σ²·p/n in the samples' own places, and on new
        // ones no less (Jensen's inequality for the inverse of the samples' second moments), save for four standard errors
        // of 200 refits: √(2/p/200).
        let rule = of(|p| p.variance, 7) / (0.09 * 8.0 / 100.0);
        assert!((1.0 - 4.0 * (2.0_f64 / 8.0 / 200.0).sqrt()..3.0).contains(&rule), "seed {s}: {rule} times the rule");
    }
}

#[test]
fn a_test_set_estimates_the_generalization_error_and_the_training_set_does_not() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
        let (train, test) = (truth.sample(20), truth.sample(4000));
        let fit = polynomial_fit(&train, 9, 0.0);
        let gap = truth.generalization_gap(|x| fit.predict(x), &train, &test);
        assert!((gap.test_error - gap.true_error).abs() < 4.0 * gap.standard_error, "seed {s}: {gap}");
        assert!(gap.train_error < 0.5 * gap.true_error && gap.true_gap() > 0.0, "seed {s}: {gap}");
        assert!(gap.true_error > truth.noise(), "no model gets below the noise");
    }
}

/// Chosen by the validation set, the model looks better there than it is; an untouched test set tells.
#[test]
fn the_set_that_chooses_flatters_what_it_chose() {
    let flattered = SEEDS.map(|s| {
        let _alone = seeded(s);
        // Labels that are noise: no model is better than another.
        let (valid, test) = (Tensor::randn([30]), Tensor::randn([3000]));
        let errors = |y: &Tensor, guess: f32| (y - guess).square().mean().item();
        let guesses = Tensor::normal(0.0, 0.5, [200]).to_vec();
        let best = guesses.into_iter().min_by(|a, b| errors(&valid, *a).total_cmp(&errors(&valid, *b))).unwrap();
        errors(&test, best) - errors(&valid, best)
    });
    assert!(median(flattered) > 0.0, "{flattered:?}");
}

/// Training samples from one half of the world say little about the other: not i.i.d.
#[test]
fn samples_that_do_not_represent_mislead() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.1).uniform(-2.0, 2.0);
        let half = Truth::new(|x| (2.0 * x).sin(), 0.1).uniform(-2.0, 0.0);
        let (whole_error, half_error) = (
            truth.generalization_error(|x| polynomial_fit(&truth.sample(60), 5, 0.0).predict(x)),
            truth.generalization_error(|x| polynomial_fit(&half.sample(60), 5, 0.0).predict(x)),
        );
        assert!(half_error > 10.0 * whole_error, "seed {s}: {half_error} and {whole_error}");
    }
}

/// Wrong labels are learned like right ones where capacity allows, and cost generalization.
#[test]
fn noise_in_the_labels_is_fitted_and_paid_for() {
    let pairs: Vec<[f32; 2]> = SEEDS
        .iter()
        .map(|&s| {
            let _alone = seeded(s);
            let errors = [0.1, 1.0].map(|noise| {
                // The same x and the same noise but for its size: a linear fit's excess error goes with its square.
                seed(s);
                let truth = Truth::new(|x| (2.0 * x).sin(), noise).uniform(-2.0, 2.0);
                let train = truth.sample(30);
                let fit = polynomial_fit(&train, 19, 0.0);
                let left = fit.error(&train);
                assert!(left_of_the_noise(truth.noise(), 20, 30).contains(&left), "seed {s}: {left}");
                (truth.generalization_error(|x| fit.predict(x)) - truth.noise()) as f32
            });
            assert!(errors[1] > errors[0], "seed {s}: {errors:?}");
            errors
        })
        .collect();
    // 100 times the variance of the noise.
    assert!(pairs.iter().all(|[low, high]| (high / low / 100.0 - 1.0).abs() < 0.02), "{pairs:?}");
}

/// The larger the weights may be, the larger the gap (notes, 参数采用的值).
#[test]
fn the_range_of_the_weights_is_a_factor_of_overfitting() {
    let mut ratios = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
        let train = truth.sample(25);
        let fits = [1e-1, 1e-3, 1e-6, 0.0].map(|lambda| polynomial_fit(&train, 19, lambda));
        assert!(fits.windows(2).all(|pair| pair[0].norm() < pair[1].norm()), "seed {s}");
        let gap = |fit: &select::PolynomialFit| truth.generalization_error(|x| fit.predict(x)) - fit.error(&train);
        ratios.push((gap(&fits[3]) / gap(&fits[1])) as f32);
    }
    assert!(median(ratios.iter().copied()) > 3.0, "{ratios:?}");
}

/// The polynomial before and after L2 (notes, L2 正则化): smaller weights, a calmer curve, a better fit to the truth.
#[test]
fn l2_calms_a_polynomial_of_degree_19() {
    let mut better = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
        let train = truth.sample(25);
        let [free, decayed] = [0.0, 1e-2].map(|lambda| polynomial_fit(&train, 19, lambda));
        let swing = |fit: &select::PolynomialFit| {
            let y = fit.predict(&Tensor::linspace(-2.0, 2.0, 401).reshape([401, 1]));
            (y.max() - y.min()).item()
        };
        assert!(decayed.norm() < 1e-2 * free.norm(), "seed {s}: {} and {}", decayed.norm(), free.norm());
        assert!(swing(&decayed) < swing(&free), "seed {s}");
        let [free, decayed] = [free, decayed].map(|fit| truth.generalization_error(|x| fit.predict(x)) as f32);
        better.push(free / decayed);
    }
    assert!(median(better.iter().copied()) > 2.0, "{better:?}");
}

/// A linear model is monotone in every feature (notes, 1.1): it can't say that both too cold and too warm are bad.
#[test]
fn a_linear_model_is_monotone_and_a_hidden_layer_is_not() {
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::uniform(-1.0, 1.0, [200, 1]);
        let y = x.square() + Tensor::normal(0.0, 0.01, [200, 1]);
        let with_ones = |x: &Tensor| concat(&[x, &x.ones_like()], 1);
        let w = least_squares(&with_ones(&x), &y);
        let grid = Tensor::linspace(-1.0, 1.0, 21).reshape([21, 1]);
        let linear = with_ones(&grid).matmul(&w).to_vec();
        let steps: Vec<bool> = linear.windows(2).map(|pair| pair[1] > pair[0]).collect();
        assert!(steps.iter().all(|&up| up == steps[0]), "seed {s}");
        // |x| = relu(x) + relu(−x): one hidden layer of two units falls and rises.
        let net = sequential![Linear::new(1, 2), Relu, Linear::new(2, 1)];
        init::constant_(&net.get::<Linear>(2).weight, 1.0);
        net.get::<Linear>(0).weight.detach().copy_(&Tensor::from([[1.0], [-1.0]]));
        for layer in [0, 2] {
            init::constant_(net.get::<Linear>(layer).bias.as_ref().unwrap(), 0.0);
        }
        assert_eq!(net.forward(&Tensor::from([[-1.0], [0.0], [1.0]])).to_vec(), [1.0, 0.0, 1.0], "seed {s}");
    }
}

/// Early stopping returns to the weights of the epoch with the lowest loss on held-back data.
#[test]
fn early_stopping_keeps_the_best_epoch() {
    let mut risen = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        // More inputs than samples: the training loss goes on falling when the test loss has long turned.
        let w = Tensor::normal(0.0, 0.3, [60, 1]);
        let noisy = |n: usize| {
            let x = Tensor::randn([n, 60]);
            let y = x.matmul(&w) + Tensor::normal(0.0, 2.0, [n, 1]);
            Batches::new((&x, &y), 10)
        };
        let (train, valid) = (noisy(40).shuffled(), noisy(200));
        let net = sequential![Linear::new(60, 64), Relu, Linear::new(64, 1)];
        let mut trainer = Sgd::new(net.parameters(), 0.02);
        let loss = MseLoss::none();
        let history =
            Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).epochs(300).patience(10).run().unwrap();
        assert!(history.stopped_early(), "seed {s}: {history}");
        let best = history.values("validation loss").iter().copied().fold(f32::INFINITY, f32::min);
        assert!((evaluate_loss(&net, &valid, &loss) / best - 1.0).abs() < 1e-5, "seed {s}");
        assert!(history.last("validation loss") >= best && history.last("train loss") < best, "seed {s}: {history}");
        risen.push(history.last("validation loss") / best);
    }
    assert!(median(risen.iter().copied()) > 1.0, "{risen:?}");
}
