//! Errors of the notes' chapter on weight decay: the wrong and the right version side by side.

mod common;

use common::{SEEDS, panic_message, seeded};
use dlnotes::prelude::*;

/// L472: (Σxᵢ)^½ without the square isn't a length: it is 0 or NaN where the vector is long.
#[test]
fn l472_the_l2_norm_has_a_square() {
    let x = Tensor::from([3.0, -4.0]);
    let wrong = x.sum().sqrt().item();
    assert!(wrong.is_nan(), "√(3 − 4)");
    assert_eq!(x.norm().item(), 5.0);
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::randn([50]);
        let right = x.square().sum().sqrt().item();
        assert!((x.norm().item() / right - 1.0).abs() < 1e-6);
        assert!(((&x * 2.0).norm().item() / (2.0 * right) - 1.0).abs() < 1e-6, "a norm scales with its vector");
    }
}

/// L494: what is added is the *squared* norm, and λ/(2n) is another λ than the code's λ/2: with n = 20, λ = 3 is 0.15.
#[test]
fn l494_lambda_over_2n_is_another_lambda() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = synthetic_data(&Tensor::full([200, 1], 0.01), 0.0, 20);
        let code = ridge(&x, &y, 3.0);
        // Where J = Q + λ/(2n)·‖θ‖² is smallest, the gradient Xᵀ(Xθ − y)/n + λθ/n is 0.
        let gradient =
            |w: &Tensor, lambda: f32| (x.t().matmul(&(x.matmul(w) - &y)) / 20.0 + w * lambda).abs().max().item();
        let notes = ridge(&x, &y, 3.0 / 20.0);
        assert!(gradient(&notes, 3.0 / 20.0) < 1e-5 && gradient(&code, 3.0) < 1e-5, "seed {s}");
        assert!(notes.norm().item() > 1.05 * code.norm().item(), "seed {s}: the same λ decays more in the code's form");
    }
}

/// L494: the sum runs over the d parameters, not over the n samples; with n < d most weights would go free.
#[test]
fn l494_the_penalty_runs_over_the_parameters() {
    let w = Tensor::ones([200]).requires_grad();
    let wrong = w.i(0..20).square().sum() / 2.0;
    wrong.backward();
    assert_eq!(w.grad().unwrap().to_vec().iter().filter(|&&g| g == 0.0).count(), 180);
    w.zero_grad();
    l2_penalty(&w).backward();
    assert!(w.grad().unwrap().to_vec().iter().all(|&g| g == 1.0));
}

/// L287: the L1 formula is missing: J = Q + λ‖w‖₁.
#[test]
fn l287_l1_adds_the_sum_of_sizes() {
    let w = Tensor::from([3.0, -4.0, 0.0]).requires_grad();
    let penalty = l1_penalty(&w);
    assert_eq!(penalty.item(), 7.0);
    penalty.backward();
    assert_eq!(w.grad().unwrap().to_vec(), [1.0, -1.0, 0.0]);
}

/// L504: L1 subtracts the same amount from every weight, it does not multiply all by a factor; only so become weights 0.
#[test]
fn l504_l1_subtracts_and_l2_multiplies() {
    let w = Tensor::from([3.0, 0.2, -1.0]);
    let (lr, lambda) = (0.5, 1.0);
    let l2 = &w * (1.0 - lr * lambda);
    let l1 = soft_threshold(&w, lr * lambda);
    assert_eq!(l2.to_vec(), [1.5, 0.1, -0.5], "a factor: no weight becomes 0");
    assert_eq!(l1.to_vec(), [2.5, 0.0, -0.5], "a subtraction, and an exact zero");
    // A gradient step with λ·sign(w) overshoots 0 instead.
    let step = &w - lr * lambda * w.sign();
    assert!(step.i(1).item() < 0.0);
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::randn([60, 20]);
        let y = x.i((.., 3)) * 2.0 + 0.1 * Tensor::randn([60]);
        let zeros = |w: &Tensor| w.to_vec().iter().filter(|&&w| w == 0.0).count();
        assert!(zeros(&lasso(&x, &y, 0.1)) >= 15 && zeros(&ridge(&x, &y, 0.1)) == 0, "seed {s}");
    }
}

/// L508: the bias is not decayed. Decayed, it misses a constant that it could simply be.
#[test]
fn l508_the_bias_is_not_decayed() {
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::randn([40, 3]);
        let y = Tensor::full([40, 1], 5.0);
        let data = Batches::new((&x, &y), 10).shuffled();
        let fit = |decayed: bool| {
            let net = sequential![Linear::new(3, 1)];
            let layer = net.get::<Linear>(0);
            let bias = ParamGroup::new(&layer.bias).weight_decay(if decayed { 3.0 } else { 0.0 });
            let mut trainer = Sgd::new([ParamGroup::new([&layer.weight]).weight_decay(3.0), bias], 0.05);
            for _ in 0..100 {
                train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
            }
            layer.bias.as_ref().unwrap().item()
        };
        // Decayed it settles near 2(b − 5) + 3b = 0, exactly where ridge says; steps of SGD wander about it.
        let with_ones = concat(&[&x, &Tensor::ones([40, 1])], 1);
        let exact = ridge(&with_ones, &y, 1.5).i((3, 0)).item();
        assert!((fit(false) - 5.0).abs() < 0.01, "seed {s}: {}", fit(false));
        assert!((exact - 2.0).abs() < 0.2 && (fit(true) - exact).abs() < 0.1, "seed {s}: {} {exact}", fit(true));
    }
}

/// L524: SGD adds λp to the gradient, so that p shrinks by lr·λ; for Adam that is not the same as decay (AdamW).
#[test]
fn l524_l2_is_decay_for_sgd_and_not_for_adam() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = (Tensor::randn([30, 4]), Tensor::randn([30, 1]));
        let start = Tensor::randn([4, 1]);
        let run = |step: &mut dyn FnMut(&Tensor), penalty: f32| {
            let w = start.clone_data().requires_grad();
            let loss = x.matmul(&w).squared_error(&y).mean() + penalty * l2_penalty(&w);
            loss.backward();
            step(&w);
            w.to_vec()
        };
        let off = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // One step of SGD: the penalty in the loss, weight_decay in the optimizer, and a factor are all the same.
        let penalty = run(&mut |w| Sgd::new([w], 0.1).step(), 0.5);
        let decay = run(&mut |w| Sgd::new([w], 0.1).weight_decay(0.5).step(), 0.0);
        let plain = run(&mut |w| Sgd::new([w], 0.1).step(), 0.0);
        let factor: Vec<f32> = plain.iter().zip(start.to_vec()).map(|(p, w)| p - 0.1 * 0.5 * w).collect();
        assert!(off(&penalty, &decay) < 1e-6 && off(&factor, &decay) < 1e-6, "seed {s}");
        // Adam scales the penalty's gradient away; AdamW decays apart from it.
        let adam = run(&mut |w| Adam::new([w], 0.1).weight_decay(0.5).step(), 0.0);
        let adamw = run(&mut |w| Adam::adamw([w], 0.1).weight_decay(0.5).step(), 0.0);
        assert!(off(&adam, &adamw) > 1e-3, "seed {s}");
    }
}

/// L541: y = 0.05 + Σ 0.01xᵢ + ε, not 0.05 + 0.01X + ε: with one X the label would be of one feature.
#[test]
fn l541_the_labels_are_a_sum_over_all_inputs() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = synthetic_data(&Tensor::full([200, 1], 0.01), 0.05, 500);
        let right = x.sum_dim(1, true) * 0.01 + 0.05;
        let wrong = x.i((.., 0..1)) * 0.01 + 0.05;
        let sd = |t: Tensor| t.std().item();
        // What the formula leaves over is ε, of standard deviation 0.01; the other leaves the other 199 inputs, too.
        assert!((sd(&y - right) - 0.01).abs() < 0.002 && sd(&y - wrong) > 0.1, "seed {s}");
    }
}

/// The bias of the notes' concise model is in a group of its own; a group must name its parameters.
#[test]
fn groups_decay_what_they_name() {
    let message = panic_message(|| ParamGroup::new([Tensor::ones([1])]).weight_decay(-3.0));
    assert!(message.contains("-3"), "{message}");
}
