//! Errors of the notes' chapter on numerical stability: the wrong and the right version side by side. What the chapter
//! claims rightly is in `stability.rs`.

mod common;

use common::{SEEDS, panic_message, seeded};
use dlnotes::prelude::*;

/// Four layers of one unit, fᵢ₊₁ = f(fᵢ·wᵢ₊₁), and a loss of the last.
struct Four {
    x: Tensor,
    w: Vec<Tensor>,
    target: f32,
}

impl Four {
    fn new() -> Self {
        let w = (0..4).map(|_| Tensor::uniform(0.5, 2.0, [1]).requires_grad()).collect();
        Self { x: Tensor::uniform(0.5, 1.0, [1]), w, target: 0.2 }
    }

    /// f₁, …, f₄ and the loss.
    fn forward(&self) -> (Vec<Tensor>, Tensor) {
        let mut f = Vec::new();
        for w in &self.w {
            let before = f.last().unwrap_or(&self.x).clone();
            f.push((before * w).sigmoid());
        }
        let loss = (&f[3] - self.target).square().sum();
        (f, loss)
    }

    /// The loss with w₂ changed.
    fn loss_with(&self, w2: f32) -> f32 {
        let mut w: Vec<Tensor> = self.w.iter().map(Tensor::detach).collect();
        w[1] = Tensor::from([w2]);
        Self { x: self.x.clone(), w, target: self.target }.forward().1.item()
    }
}

fn relative(a: f32, b: f32) -> f32 {
    (a - b).abs() / b.abs()
}

/// L887: the loss compares the wanted g with the whole network F, not with the activation f.
#[test]
fn l887_the_loss_is_of_the_network_and_not_of_the_activation() {
    for s in SEEDS {
        let _alone = seeded(s);
        let net = Four::new();
        let (f, loss) = net.forward();
        let right = (&f[3] - net.target).square().sum().item();
        let wrong = (net.x.sigmoid() - net.target).square().sum();
        assert_eq!(loss.item(), right);
        assert!(relative(wrong.item(), right) > 1e-3 && !wrong.is_tracked(), "seed {s}: it has no weights to learn");
    }
}

/// L911: Δw = −α·∂Loss/∂w; the notes write α·α/α for the derivative and leave the rate out of the next line.
#[test]
fn l911_the_step_is_minus_the_rate_times_the_derivative() {
    for s in SEEDS {
        let _alone = seeded(s);
        let net = Four::new();
        let (_, loss) = net.forward();
        loss.backward();
        let (before, gradient) = (net.w[1].detach().item(), net.w[1].grad().unwrap().item());
        Sgd::new([&net.w[1]], 0.5).step();
        assert!((net.w[1].detach().item() - (before - 0.5 * gradient)).abs() < 1e-6, "seed {s}");
        // Up instead of down, as written in L913 (Δw₂ = ∂Loss/∂w₂), makes the loss larger.
        assert!(
            net.loss_with(before + 0.5 * gradient) > loss.item()
                && net.loss_with(before - 0.5 * gradient) < loss.item()
        );
    }
}

/// L913: the chain to w₂ is (∂L/∂f₄)(∂f₄/∂f₃)(∂f₃/∂f₂)(∂f₂/∂w₂); the notes leave ∂f₄/∂f₃ out and take ∂f₃/∂w₂ for the
/// last. L917: the factor between two layers is ∂f₄/∂f₃ = f′(f₃w₄)·w₄, not "∂f₄/∂w₂ × w₄".
#[test]
fn l913_the_chain_passes_every_layer() {
    for s in SEEDS {
        let _alone = seeded(s);
        let net = Four::new();
        let (f, loss) = net.forward();
        loss.backward();
        let autograd = net.w[1].grad().unwrap().item();
        let value = |t: &Tensor| t.detach().item();
        let slope = |i: usize| value(&f[i]) * (1.0 - value(&f[i]));
        let w = |i: usize| value(&net.w[i - 1]);
        let d_f4 = 2.0 * (value(&f[3]) - net.target);
        let (f4_f3, f3_f2, f2_w2) = (slope(3) * w(4), slope(2) * w(3), slope(1) * value(&f[0]));
        let f3_w2 = f3_f2 * f2_w2;
        let (right, wrong) = (d_f4 * f4_f3 * f3_f2 * f2_w2, d_f4 * f3_f2 * f3_w2);
        assert!(relative(right, autograd) < 1e-4, "seed {s}: {right} {autograd}");
        // Far beyond rounding; how far chance decides.
        assert!(relative(wrong, autograd) > 1e-3, "seed {s}: {wrong} {autograd}");
        // And by differences; in single precision they are good to three digits.
        let step = 1e-2;
        let measured = (net.loss_with(w(2) + step) - net.loss_with(w(2) - step)) / (2.0 * step);
        assert!(relative(right, measured) < 0.01, "seed {s}: {right} {measured}");
        // The factor of one layer contains its weight.
        let leaf = Tensor::from([value(&f[2])]).requires_grad();
        (&leaf * net.w[3].detach()).sigmoid().sum().backward();
        assert!(relative(leaf.grad().unwrap().item(), f4_f3) < 1e-5, "seed {s}");
        assert!(relative(slope(3), f4_f3) > 1e-3, "f′ alone is not the factor");
    }
}

/// L921: σ′ ≤ 0.25 bounds the slope, not the gradient, which also multiplies the weights: with large ones it explodes.
/// (And sigmoid is an activation, not a loss; its argument is x, not X.)
#[test]
fn l921_the_gradient_of_a_sigmoid_layer_can_exceed_a_quarter() {
    let x = Tensor::linspace(-8.0, 8.0, 1601);
    assert_eq!(Activation::Sigmoid.derivative(&x).max().item(), 0.25);
    let f = Tensor::from([0.0]).requires_grad();
    (&f * 40.0).sigmoid().sum().backward();
    assert_eq!(f.grad().unwrap().item(), 10.0, "σ′(0)·w = 0.25·40");
}

/// L927: tanh′ ≤ 1, with equality at 0; the notes say that it is less than 1.
#[test]
fn l927_the_slope_of_tanh_is_1_at_0() {
    assert_eq!(Activation::Tanh.derivative(&Tensor::scalar(0.0)).item(), 1.0);
    let x = Tensor::linspace(-5.0, 5.0, 1001);
    assert!(Activation::Tanh.derivative(&x).max().item() <= 1.0);
}

/// L940: clipping by value and by norm are two things: only the second keeps the direction, g ← min(1, θ/‖g‖)·g.
#[test]
fn l940_clipping_by_value_turns_the_gradient_and_by_norm_does_not() {
    let gradient = |limit: &dyn Fn(&Tensor)| {
        let w = Tensor::zeros([2]).requires_grad();
        (&w * Tensor::from([6.0, 0.8])).sum().backward();
        limit(&w);
        w.grad().unwrap().to_vec()
    };
    assert_eq!(gradient(&|w| clip_grad_value([w], 1.0)), [1.0, 0.8]);
    let by_norm = gradient(&|w| {
        let before = clip_grad_norm([w], 1.0);
        assert!((before - 36.64_f32.sqrt()).abs() < 1e-5);
    });
    assert!((by_norm[0] / by_norm[1] - 7.5).abs() < 1e-4 && (by_norm[0].hypot(by_norm[1]) - 1.0).abs() < 1e-4);
    // Below the threshold it changes nothing.
    let unchanged = gradient(&|w| {
        clip_grad_norm([w], 100.0);
    });
    assert_eq!(unchanged, [6.0, 0.8]);
}

/// L946/957/961: ReLU lessens vanishing; it does not solve exploding, as weights alone can do that, and with small weights
/// gradients vanish through ReLU as well.
#[test]
fn l946_relu_alone_solves_neither() {
    for s in SEEDS {
        let _alone = seeded(s);
        let first = |activation, init| DeepNet::new(activation, init).depth(20).width(64).flow().gradient[0];
        assert!(first(Activation::Relu, Init::Normal(1.0)) > 8.0, "seed {s}: exploded");
        assert!(first(Activation::Relu, Init::Normal(0.01)) < -15.0, "seed {s}: vanished");
        let (sigmoid, relu) = (first(Activation::Sigmoid, Init::Xavier), first(Activation::Relu, Init::He));
        assert!(relu > sigmoid + 8.0, "seed {s}: but it lessens vanishing");
    }
}

/// L953: the case x = 0 is missing: max(0, 0) = 0.
#[test]
fn l953_relu_has_a_value_at_zero() {
    assert_eq!(Tensor::from([-1.0, 0.0, 1.0]).relu().to_vec(), [0.0, 0.0, 1.0]);
}

/// L974: max(kx, x) is leaky ReLU for 0 < k < 1 only: with k > 1 it is kx *above* 0.
#[test]
fn l974_the_leak_is_between_0_and_1() {
    let x = Tensor::from([-2.0, 3.0]);
    let as_written = |k: f32| (&x * k).maximum(&x).to_vec();
    assert_eq!(as_written(0.01), x.leaky_relu(0.01).to_vec());
    assert_eq!(as_written(2.0), [-2.0, 6.0]);
    assert_ne!(as_written(2.0), x.leaky_relu(2.0).to_vec());
}

/// L978–984: α(eˣ − 1) below 0 is ELU, not leaky ReLU; its derivative is 1 or αeˣ.
#[test]
fn l978_the_formula_is_elus() {
    let x = Tensor::linspace(-4.0, 4.0, 81);
    let alpha = 1.5;
    let formula = x.gt(0.0).where_(&x, &((x.exp() - 1.0) * alpha));
    assert!((formula - x.elu(alpha)).abs().max().item() < 1e-6);
    assert!((x.elu(alpha) - x.leaky_relu(0.01)).abs().max().item() > 1.0);
    let leaf = x.requires_grad();
    leaf.elu(alpha).sum().backward();
    let right = x.gt(0.0).where_(&Tensor::ones([81]), &(x.exp() * alpha));
    assert!((leaf.grad().unwrap() - right).abs().max().item() < 1e-6);
}

/// L996: batch normalization has no formula in the notes: y = γ(x − m)/√(v + ε) + β with the batch's mean and biased
/// variance. With γ = 1 and β = 0 every feature has mean 0 and variance 1.
#[test]
fn l996_the_formula_of_batch_normalization() {
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::normal(3.0, 5.0, [64, 4]);
        let formula = (&x - x.mean_dim(0, false)) / (x.var_dim(0, 0, false) + 1e-5).sqrt();
        assert!((BatchNorm1d::new(4).forward(&x) - &formula).abs().max().item() < 1e-5, "seed {s}");
        assert!(formula.mean_dim(0, false).abs().max().item() < 1e-5);
        // With the unbiased variance it would be off by √(63/64).
        let unbiased = (&x - x.mean_dim(0, false)) / (x.var_dim(0, 1, false) + 1e-5).sqrt();
        assert!((&formula - unbiased).abs().max().item() > 1e-3);
    }
    assert!(panic_message(|| BatchNorm1d::new(4).forward(&Tensor::ones([1, 4]))).contains("no variance"));
}

/// The chapter's title has initialization, its text has none: Xavier keeps tanh in range, He keeps ReLU.
#[test]
fn xavier_and_he_are_missing() {
    for s in SEEDS {
        let _alone = seeded(s);
        let w = Tensor::zeros([200, 300]);
        init::xavier_uniform_(&w);
        assert!(w.abs().max().item() <= (6.0_f32 / 500.0).sqrt());
        assert!((w.var().item() / (2.0 / 500.0) - 1.0).abs() < 0.03, "seed {s}");
        init::he_normal_(&w);
        assert!((w.var().item() / (2.0 / 300.0) - 1.0).abs() < 0.03, "seed {s}");
    }
}
