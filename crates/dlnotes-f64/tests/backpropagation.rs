//! The one-hidden-layer network with L2 of the notes (前向传播、反向传播和计算图): its five formulas, the notes' and the
//! right ones side by side, against autograd and central differences in double precision.

use dlnotes_f64::tensor::{Tensor, with_stream};

const LAMBDA: f64 = 0.1;
const D: usize = 4;
const H: usize = 3;
const Q: usize = 2;

/// z = W⁽¹⁾x, h = tanh(z), o = W⁽²⁾h, L = ‖o − y‖²/2, s = λ/2(‖W⁽¹⁾‖² + ‖W⁽²⁾‖²), J = L + s.
struct Net {
    x: Tensor,
    y: Tensor,
    w1: Tensor,
    w2: Tensor,
}

struct Forward {
    z: Tensor,
    h: Tensor,
    o: Tensor,
    l: Tensor,
    s: Tensor,
    j: Tensor,
}

impl Net {
    fn new(s: u64) -> Self {
        let leaf = |shape: [usize; 2]| Tensor::randn(shape).requires_grad();
        with_stream(s, 0, || Self {
            x: Tensor::randn([D, 1]),
            y: Tensor::randn([Q, 1]),
            w1: leaf([H, D]),
            w2: leaf([Q, H]),
        })
    }

    fn forward(&self) -> Forward {
        let z = self.w1.matmul(&self.x);
        let h = z.tanh();
        let o = self.w2.matmul(&h);
        let l = (&o - &self.y).square().sum() / 2.0;
        let s = (self.w1.square().sum() + self.w2.square().sum()) * (LAMBDA / 2.0);
        let j = &l + &s;
        Forward { z, h, o, l, s, j }
    }

    /// Central differences of J with respect to the elements of a weight.
    fn differences(&self, weight: &Tensor) -> Vec<f64> {
        let step = 1e-5;
        let values = weight.to_vec();
        let at = |i: usize, value: f64| {
            let mut changed = values.clone();
            changed[i] = value;
            let fresh = Tensor::from_vec(changed, weight.shape());
            let (w1, w2) =
                if weight.shares_storage(&self.w1) { (fresh, self.w2.detach()) } else { (self.w1.detach(), fresh) };
            Net { x: self.x.clone(), y: self.y.clone(), w1, w2 }.forward().j.item()
        };
        (0..values.len()).map(|i| (at(i, values[i] + step) - at(i, values[i] - step)) / (2.0 * step)).collect()
    }
}

/// The largest difference, relative to the largest number.
fn off(a: &Tensor, b: &[f64]) -> f64 {
    let a = a.detach().to_vec();
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// All five: ∂J/∂o = ∂L/∂o; ∂s/∂W = λW; ∂J/∂W⁽²⁾ = (∂J/∂o)hᵀ + λW⁽²⁾; ∂J/∂h = W⁽²⁾ᵀ∂J/∂o; ∂J/∂z = ∂J/∂h ⊙ φ′(z);
/// ∂J/∂W⁽¹⁾ = (∂J/∂z)xᵀ + λW⁽¹⁾.
#[test]
fn all_five_formulas_agree_with_autograd_and_differences() {
    for s in SEEDS {
        let net = Net::new(s);
        let f = net.forward();
        [&f.z, &f.h, &f.o, &f.l, &f.s].into_iter().for_each(Tensor::retain_grad);
        f.j.backward();
        let grad = |t: &Tensor| t.grad().unwrap().to_vec();
        assert_eq!((grad(&f.l), grad(&f.s)), (vec![1.0], vec![1.0]), "∂J/∂L = ∂J/∂s = 1");

        let (w1, w2, h, z) = (net.w1.detach(), net.w2.detach(), f.h.detach(), f.z.detach());
        let d_o = f.o.detach() - &net.y;
        let d_w2 = d_o.matmul(&h.t()) + &w2 * LAMBDA;
        let d_h = w2.t().matmul(&d_o);
        let d_z = &d_h * (1.0 - z.tanh().square());
        let d_w1 = d_z.matmul(&net.x.t()) + &w1 * LAMBDA;
        for (what, formula, autograd) in [
            ("∂J/∂o", &d_o, grad(&f.o)),
            ("∂J/∂W⁽²⁾", &d_w2, grad(&net.w2)),
            ("∂J/∂h", &d_h, grad(&f.h)),
            ("∂J/∂z", &d_z, grad(&f.z)),
            ("∂J/∂W⁽¹⁾", &d_w1, grad(&net.w1)),
        ] {
            assert!(off(formula, &autograd) < 1e-12, "seed {s}, {what}: {}", off(formula, &autograd));
        }
        for (what, formula, weight) in [("∂J/∂W⁽²⁾", &d_w2, &net.w2), ("∂J/∂W⁽¹⁾", &d_w1, &net.w1)] {
            let off = off(formula, &net.differences(weight));
            assert!(off < 1e-6, "seed {s}, {what}: {off}");
        }
    }
}

/// Notes: s = λ/2(‖W‖² + ‖W‖²), one matrix twice. Right: W⁽¹⁾ and W⁽²⁾.
#[test]
fn the_penalty_is_of_both_weights() {
    for s in SEEDS {
        let net = Net::new(s);
        for (weight, twice) in [(&net.w1, &net.w2), (&net.w2, &net.w1)] {
            let wrong = (twice.square().sum() + twice.square().sum()) * (LAMBDA / 2.0);
            weight.zero_grad();
            wrong.backward();
            assert!(weight.grad().is_none(), "one of the weights would not be penalized at all");
            net.forward().s.backward();
            assert!(off(&(weight.detach() * LAMBDA), &weight.grad().unwrap().to_vec()) < 1e-14);
            [&net.w1, &net.w2].into_iter().for_each(Tensor::zero_grad);
        }
    }
}

/// Notes: ∂J/∂W⁽²⁾ = λW⁽²⁾, without (∂J/∂o)hᵀ. The weights would not learn from the data.
#[test]
fn the_gradient_of_the_output_layer_has_a_term_from_the_loss() {
    for s in SEEDS {
        let net = Net::new(s);
        let f = net.forward();
        let wrong = net.w2.detach() * LAMBDA;
        let right = (f.o.detach() - &net.y).matmul(&f.h.detach().t()) + &wrong;
        let measured = net.differences(&net.w2);
        assert!(off(&wrong, &measured) > 0.1 && off(&right, &measured) < 1e-6, "seed {s}");
    }
}

/// Notes: ∂J/∂h = prod(∂J/∂o), without ∂o/∂h. Right: W⁽²⁾ᵀ·∂J/∂o; ∂J/∂o has q elements, ∂J/∂h has h.
#[test]
fn the_gradient_of_the_hidden_output_passes_the_weights() {
    for s in SEEDS {
        let net = Net::new(s);
        let f = net.forward();
        f.h.retain_grad();
        f.j.backward();
        let d_o = f.o.detach() - &net.y;
        let d_h = f.h.grad().unwrap();
        assert_ne!(d_o.shape(), d_h.shape(), "∂J/∂o alone does not even have the shape");
        assert!(off(&net.w2.detach().t().matmul(&d_o), &d_h.to_vec()) < 1e-12, "seed {s}");
    }
}

/// Notes: ∂J/∂z ∈ Rⁿ. Right: R^h, as z has one element for each hidden unit.
#[test]
fn the_gradient_of_z_has_one_element_for_each_hidden_unit() {
    let net = Net::new(1);
    let f = net.forward();
    f.z.retain_grad();
    f.j.backward();
    assert_eq!(f.z.grad().unwrap().shape(), [H, 1]);
    assert_ne!(H, D, "a size that no other has");
}

/// Notes: the chain rule for Y = f(X), Z = g(X) as ∂Z/∂L. Right: Z = g(Y), ∂Z/∂X = (∂Z/∂Y)(∂Y/∂X).
#[test]
fn the_chain_rule_is_for_g_of_y() {
    let x = Tensor::scalar(0.7).requires_grad();
    let y = x.square();
    let z = y.sin();
    z.backward();
    let through = y.item().cos() * 2.0 * 0.7;
    assert!((x.grad().unwrap().item() - through).abs() < 1e-14);
    // With Z = g(X) there is nothing to chain: Z does not depend on Y.
    let direct = 0.7_f64.cos();
    assert!((direct - through).abs() > 0.1);
}

/// Notes: s/W⁽¹⁾ in place of ∂s/∂W⁽¹⁾ = λW⁽¹⁾.
#[test]
fn the_penalty_is_differentiated_and_not_divided() {
    for s in SEEDS {
        let net = Net::new(s);
        let f = net.forward();
        let rest = {
            f.l.backward();
            net.w1.grad().unwrap()
        };
        let measured = net.differences(&net.w1);
        let wrong = &rest + f.s.detach() / net.w1.detach();
        let right = &rest + net.w1.detach() * LAMBDA;
        assert!(off(&wrong, &measured) > 0.1 && off(&right, &measured) < 1e-6, "seed {s}");
    }
}
