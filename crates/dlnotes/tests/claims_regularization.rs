//! What the chapters on model selection, weight decay and polynomials claim of regularization, over seeds chosen
//! beforehand.

mod common;

use common::{SEEDS, median, seeded};
use dlnotes::prelude::*;

fn wave(noise: f64) -> Truth {
    Truth::new(|x| (2.0 * x).sin(), noise).uniform(-2.0, 2.0)
}

/// With x fixed the three parts add up at every degree, bias² falls to rounding, and variance rises at least as the number
/// of coefficients does: in the samples' own places it is σ²·(d + 1)/n.
#[test]
fn with_fixed_x_bias_falls_to_nothing_and_variance_rises() {
    for s in SEEDS {
        let _alone = seeded(s);
        let truth = wave(0.3);
        let curve = bias_variance_curve(&truth.with_x_of(&truth.sample(30)), 30, 200, 0..=12);
        for (degree, parts) in curve.degrees.iter().zip(&curve.parts) {
            let off = (parts.sum() - parts.error).abs() / parts.standard_error;
            assert!(parts.bias2 >= 0.0 && off < 4.0, "seed {s}, degree {degree}: {parts} ({off} standard errors)");
        }
        let (first, last) = (&curve.parts[0], &curve.parts[12]);
        assert!(first.bias2 > 0.4 && last.bias2 < 1e-4 * first.bias2, "seed {s}: {first}; {last}");
        assert!(last.variance > 13.0 * first.variance, "seed {s}: {first}; {last}");
    }
}

/// Noise raises both errors by its square: their ratio is that of the samples and the coefficients.
#[test]
fn noise_widens_the_gap_and_leaves_the_ratio() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, standard) = (wave(0.3).sample(25).features(), Tensor::randn([25]));
        let ratios = [0.05, 0.1, 0.2, 0.4, 0.8].map(|sigma| {
            let truth = wave(sigma);
            let train = Dataset::new(x.clone(), truth.at(&x).flatten() + sigma as f32 * &standard);
            let fit = polynomial_fit(&train, 9, 0.0);
            truth.generalization_error(|x| fit.predict(x)) / fit.error(&train)
        });
        // The bias of degree 9 is some thousandths of the smallest noise's variance.
        assert!(ratios.iter().all(|ratio| (ratio / ratios[4] - 1.0).abs() < 0.05), "seed {s}: {ratios:?}");
    }
}

/// On the book's experiment with weight decay, predicting 0 beats λ = 3 from N(0, 1), and SGD from 0 without a penalty beats
/// both: what the penalty does is forget the start.
#[test]
fn the_penalty_forgets_the_start_and_predicting_zero_does_better() {
    let losses = SEEDS.map(|s| {
        let _alone = seeded(s);
        let (w, b) = (Tensor::full([200, 1], 0.01), 0.05);
        let train_iter = Batches::new(synthetic_data(&w, b, 20), 5).shuffled();
        let test = Batches::new(synthetic_data(&w, b, 1000), 1000);
        let predicting_zero = test.data().labels().square().mean().item() / 2.0;
        let trained = [(1.0, 0.0), (1.0, 3.0), (0.0, 0.0)].map(|(start, lambda): (f32, f32)| {
            let w = (start * Tensor::randn([200, 1])).requires_grad();
            let b = Tensor::zeros([1]).requires_grad();
            let net = |x: &Tensor| linreg(x, &w, &b);
            let groups = [ParamGroup::new([&w]).weight_decay(lambda), ParamGroup::new([&b])];
            train_epochs(100, &net, &train_iter, &squared_loss, &mut Sgd::new(groups, 0.003));
            let loss = evaluate_loss(&net, &test, &squared_loss);
            // E[(ŷ − y)²]/2, with the spread of 1000 samples: four standard deviations of a χ² over its mean.
            let apart = (w.detach() - 0.01).square().sum().item() + (b.item() - 0.05).powi(2) + 1e-4;
            assert!((loss / (apart / 2.0) - 1.0).abs() < 4.0 * (2.0_f32 / 1000.0).sqrt(), "seed {s}: {loss}, {apart}");
            loss
        });
        [predicting_zero, trained[0], trained[1], trained[2]]
    });
    let [zero, free, decayed, from_zero] = [0, 1, 2, 3].map(|i| median(losses.map(|loss| loss[i])));
    assert!((zero / 0.0113 - 1.0).abs() < 0.1, "{losses:?}");
    assert!(free > 50.0 && decayed > 5.0 * zero && from_zero < zero, "{losses:?}");
}

/// Where gradients are noise, only decay moves a weight: AdamW leaves e^(−ηλt) of each, Adam with L2 far less where
/// gradients are small and far more where they are large.
#[test]
fn adam_with_l2_hardly_decays_weights_with_large_gradients() {
    for s in SEEDS {
        let _alone = seeded(s);
        let sizes = Tensor::linspace(-1.0, 1.0, 200).map(|e| 10_f32.powf(e));
        let [l2, decoupled] = [Adam::new, Adam::adamw].map(|adam: fn([ParamGroup; 1], f32) -> Adam| {
            seed(s);
            let w = Tensor::ones([200]).requires_grad();
            let mut trainer = adam([ParamGroup::new([&w])], 0.001).weight_decay(1.0);
            for _ in 0..2000 {
                trainer.zero_grad();
                (Tensor::randn([200]) * &sizes * &w).sum().backward();
                trainer.step();
            }
            w.detach()
        });
        let expected = 0.999_f32.powi(2000);
        assert!((decoupled.mean().item() / expected - 1.0).abs() < 0.1, "seed {s}: {}", decoupled.mean());
        let [small, large] = [l2.i(..50).mean().item(), l2.i(150..).mean().item()];
        assert!(small < 0.5 * expected && large > 3.0 * expected, "seed {s}: {small}, {large}, by AdamW {expected}");
    }
}
