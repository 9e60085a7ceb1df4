//! Errors of the notes' chapter on dropout: the wrong and the right version side by side; and what it says about noise,
//! smoothness and co-adaptation.

mod common;

use common::{SEEDS, median, panic_message, seeded};
use dlnotes::prelude::*;

/// L642: ε is from N(0, σ²), not N(0, σ): σ is the standard deviation.
#[test]
fn l642_sigma_is_the_standard_deviation() {
    for s in SEEDS {
        let _alone = seeded(s);
        let sigma = 0.25;
        let noise = nn::GaussianNoise::new(sigma).forward(&Tensor::zeros([40_000]));
        let sd = noise.std().item();
        assert!((sd - sigma).abs() < 4.0 * sigma / 80_000.0_f32.sqrt(), "seed {s}");
        assert!((sd - sigma.sqrt()).abs() > 0.2, "as a variance it would be 0.5");
        assert!(noise.mean().item().abs() < 4.0 * sigma / 200.0, "E[x′] = x");
    }
}

/// L649: h′ is 0 with probability p, not 0; then E[h′] = p·0 + (1 − p)·h/(1 − p) = h.
#[test]
fn l649_units_are_dropped_with_probability_p() {
    for s in SEEDS {
        let _alone = seeded(s);
        for p in [0.2, 0.5, 0.8] {
            let n = 100_000;
            let h = Tensor::full([n], 3.0);
            let dropped = dropout_layer(&h, p);
            let share = dropped.eq(0.0).mean().item();
            let bound = 4.0 * (p * (1.0 - p) / n as f32).sqrt();
            assert!((share - p).abs() < bound, "seed {s}, p {p}: {share}");
            assert!((dropped.mean().item() - 3.0).abs() < 3.0 * bound / (1.0 - p), "seed {s}, p {p}");
        }
        assert_eq!(dropout_layer(&Tensor::ones([100]), 0.0).to_vec(), [1.0; 100], "probability 0 drops nothing");
    }
}

/// L659: without the factor 1/(1 − p) that the summary leaves out, the layer's mean shrinks to (1 − p)·h.
#[test]
fn l659_the_factor_keeps_the_mean() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (p, n) = (0.4, 100_000);
        let h = Tensor::ones([n]);
        let mask = Tensor::rand([n]).gt(p);
        let (wrong, right) = ((&mask * &h).mean().item(), (&mask * &h / (1.0 - p)).mean().item());
        assert!((wrong - 0.6).abs() < 0.01 && (right - 1.0).abs() < 0.01, "seed {s}");
    }
}

/// A paragraph is missing: no dropout at test time. In training mode the same input gives another output each time.
#[test]
fn there_is_no_dropout_in_evaluation() {
    let _alone = seeded(1);
    let net = sequential![Linear::new(4, 32), Relu, Dropout::new(0.5), Linear::new(32, 1)];
    let x = Tensor::randn([3, 4]);
    assert_ne!(net.forward(&x).to_vec(), net.forward(&x).to_vec());
    net.eval();
    assert_eq!(net.forward(&x).to_vec(), net.forward(&x).to_vec());
}

/// L791: `CrossEntropyLoss()` without `reduction='none'`: the epoch adds up batch means and divides by the number of
/// samples, so that the loss reported is as many times too small as the batch is large. Here that does not compile (see
/// the documentation of `nn::Loss`); done by hand it shows.
#[test]
fn l791_means_added_up_over_samples_are_a_batch_size_too_small() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = (Tensor::randn([512, 8]), Tensor::from((0..512).map(|i| (i % 4) as f32).collect::<Vec<_>>()));
        let data = Batches::new((&x, &y), 256);
        let net = sequential![Linear::new(8, 4)];
        let right = evaluate_loss(&net, &data, &CrossEntropyLoss::none());
        let mean = CrossEntropyLoss::mean();
        let wrong = data.iter().map(|(x, y)| mean.forward(&net.forward(&x), &y).item()).sum::<f32>() / 512.0;
        assert!((right / wrong - 256.0).abs() < 0.1, "seed {s}: {right} {wrong}");
    }
}

/// L634: for a linear model, noise on the input is L2: E‖(X + ε)w − y‖²/n = ‖Xw − y‖²/n + σ²‖w‖², exactly.
#[test]
fn noise_on_the_input_of_a_linear_model_is_l2() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y, sigma) = (Tensor::randn([30, 5]), Tensor::randn([30]), 0.6);
        // The least-squares fit to many noisy copies tends to ridge with λ = σ².
        let copies = 10_000;
        let noise = nn::GaussianNoise::new(sigma);
        let noisy: Vec<Tensor> = (0..copies).map(|_| noise.forward(&x)).collect();
        let w = least_squares(&concat(&noisy, 0), &concat(&vec![y.clone(); copies], 0));
        let (decayed, free) = (ridge(&x, &y, sigma * sigma), least_squares(&x, &y));
        let off = |a: &Tensor| (a - &w).norm().item() / w.norm().item();
        assert!(off(&decayed) < 0.03 && off(&free) > 0.1, "seed {s}: {} {}", off(&decayed), off(&free));
    }
}

/// A small network on little data, with something before each hidden layer's output that makes noise.
fn trained(s: u64, input_noise: f32, dropout: f32) -> nn::Sequential {
    seed(s);
    let data = FashionMnist::embedded();
    let batches = Batches::new(data.train.take(600), 50).shuffled();
    let net = sequential![
        Flatten,
        nn::GaussianNoise::new(input_noise),
        Linear::new(784, 128),
        Relu,
        Dropout::new(dropout),
        Linear::new(128, 10)
    ];
    let mut trainer = Adam::new(net.parameters(), 0.002);
    for _ in 0..30 {
        train_epoch(&net, &batches, &CrossEntropyLoss::none(), &mut trainer);
    }
    net
}

/// L636: a network trained with noise on its input moves less for noise: smoother.
#[test]
fn noise_in_training_makes_a_network_smoother() {
    let ratios = SEEDS.map(|s| {
        let _alone = seeded(s);
        let x = FashionMnist::embedded().test.take(200).features();
        let of = |net: &nn::Sequential| sensitivity(net, &x, 0.1);
        of(&trained(s, 0.3, 0.0)) / of(&trained(s, 0.0, 0.0))
    });
    assert!(ratios.iter().all(|&ratio| ratio < 1.0), "{ratios:?}");
}

/// L640: dropout breaks co-adaptation: what hidden units say depends less on each other.
#[test]
fn dropout_lessens_co_adaptation() {
    let ratio = median(SEEDS.map(|s| {
        let _alone = seeded(s);
        let x = FashionMnist::embedded().test.take(500).features().reshape([500, 784]);
        let of = |net: &nn::Sequential| coadaptation(&net.get::<Linear>(2).forward(&x).relu());
        (of(&trained(s, 0.0, 0.5)) / of(&trained(s, 0.0, 0.0))) as f32
    }));
    assert!(ratio < 1.0, "{ratio}");
}

/// p outside 0..=1 is an error, NaN too: the notes' `assert 0 <= dropout <= 1`.
#[test]
fn p_is_a_probability() {
    for p in [-0.1, 1.1, f32::NAN] {
        assert!(panic_message(|| dropout_layer(&Tensor::ones([2]), p)).contains("0..=1"));
    }
}
