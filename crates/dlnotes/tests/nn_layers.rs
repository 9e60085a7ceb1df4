//! Layers: values and gradients against PyTorch, modes, fused passes, mistakes.

mod common;

use std::fs;
use std::path::Path;

use common::{assert_close, golden, numbers, panic_message, seeded, sizes};
use dlnotes::prelude::*;

#[track_caller]
fn check(name: &str, layer: &dyn Fn(Vec<Tensor>) -> Box<dyn Module>) {
    let all = golden("nn");
    let case = &all["layers"][name];
    let shape = sizes(&case["shape"]);
    let params: Vec<Tensor> = case["params"].as_array().unwrap().iter().map(|p| numbers(&p["value"]).into()).collect();
    let module = layer(params);
    let x = Tensor::from_vec(numbers(&case["x"]), shape).requires_grad();
    let y = module.forward(&x);
    assert_close(&format!("{name}: output"), &y.to_vec(), &numbers(&case["y"]));
    y.backward_with(&Tensor::from_vec(numbers(&case["weights"]), y.shape()));
    assert_close(&format!("{name}: dx"), &x.grad().unwrap().to_vec(), &numbers(&case["dx"]));
    let mut handles = Vec::new();
    collect(&*module, &mut handles);
    for (i, param) in handles.iter().enumerate() {
        let theirs = numbers(&case["params"][i]["grad"]);
        assert_close(&format!("{name}: gradient of parameter {i}"), &param.grad().unwrap().to_vec(), &theirs);
    }
}

/// A layer that names its fields (`fields!`) forgets none of [`Module`]'s methods; this finds one that doesn't.
#[test]
fn every_layer_says_what_its_fields_are() {
    let mut layers = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            for (at, line) in lines.iter().enumerate() {
                let code = line.trim_start();
                let indentation = line.len() - code.len();
                if !code.starts_with("impl") || !code.contains("Module for ") || code.contains("Module for F ") {
                    continue;
                }
                let end = format!("{}}}", " ".repeat(indentation));
                let body = lines[at..].iter().take_while(|line| **line != end);
                assert!(body.clone().any(|line| line.trim_start().starts_with("fields!(")), "{code}");
                layers += 1;
            }
        }
    }
    assert!(layers >= 8, "only {layers} layers were found");
}

fn collect(module: &dyn Module, all: &mut Vec<Tensor>) {
    all.extend(module.own_parameters().into_iter().map(|(_, p)| p));
    module.children().into_iter().for_each(|(_, child)| collect(child, all));
}

fn linear(weight: &Tensor, bias: Option<&Tensor>, [inputs, outputs]: [usize; 2]) -> Linear {
    let weight = weight.reshape([outputs, inputs]).requires_grad();
    Linear { weight, bias: bias.map(Tensor::requires_grad) }
}

#[test]
fn layers_compute_what_pytorch_computes() {
    let _alone = seeded(1);
    check("linear", &|p| Box::new(linear(&p[0], Some(&p[1]), [5, 3])));
    check("linear_without_bias", &|p| Box::new(linear(&p[0], None, [5, 3])));
    check("relu", &|_| Box::new(Relu));
    check("sigmoid", &|_| Box::new(Sigmoid));
    check("tanh", &|_| Box::new(Tanh));
    check("softplus", &|_| Box::new(Softplus));
    check("gelu", &|_| Box::new(Gelu));
    check("leaky_relu", &|_| Box::new(LeakyRelu::default()));
    check("elu", &|_| Box::new(Elu::default()));
    check("prelu", &|p| Box::new(PRelu { slope: p[0].requires_grad() }));
    check("mlp", &|p| {
        let (first, last) = (linear(&p[0], Some(&p[1]), [5, 4]), linear(&p[2], Some(&p[3]), [4, 3]));
        Box::new(sequential![first, Relu, last])
    });
}

#[test]
fn fused_and_separate_passes_give_the_same_bits_and_masks() {
    let _alone = seeded(1);
    let net = sequential![Linear::new(300, 70), Relu, Dropout::new(0.3)];
    let layer = net.get::<Linear>(0);
    let x = Tensor::randn([50, 300]).requires_grad();
    let weights = Tensor::randn([50, 70]);
    let mut results = Vec::new();
    let separate = |x: &Tensor| layer.forward(x).relu().dropout(0.3);
    for model in [&net as &dyn Module, &separate] {
        seed(7);
        x.zero_grad();
        layer.parameters().iter().for_each(Tensor::zero_grad);
        let y = model.forward(&x);
        y.backward_with(&weights);
        let grads = layer.parameters().iter().map(|p| p.grad().unwrap().to_vec()).collect::<Vec<_>>();
        results.push((y.to_vec(), x.grad().unwrap().to_vec(), grads));
    }
    assert_eq!(results[0], results[1]);
    // The fused pass keeps input and output; the others the product and ReLU's output, too.
    let kept = |y: Tensor| y.bytes_kept_for_backward(&layer.parameters());
    assert!(kept(net.forward(&x)) <= kept(separate(&x)));
}

#[test]
fn dropout_keeps_its_share_and_the_mean_and_masks_the_gradient_alike() {
    let _alone = seeded(1);
    for s in common::SEEDS {
        seed(s);
        for p in [0.2, 0.5, 0.9] {
            let n = 200_000;
            let x = Tensor::ones([n]).requires_grad();
            let y = x.dropout(p);
            let kept = y.ne(0.0).mean().item();
            let bound = 4.0 * (p * (1.0 - p) / n as f32).sqrt();
            assert!((kept - (1.0 - p)).abs() <= bound, "seed {s}, p {p}: kept {kept}");
            assert!((y.mean().item() - 1.0).abs() <= bound / (1.0 - p), "seed {s}, p {p}: mean");
            y.sum().backward();
            assert_eq!(x.grad().unwrap().to_vec(), y.to_vec(), "the gradient of ones is the mask");
            assert_ne!(x.dropout(p).to_vec(), y.to_vec(), "a new mask at every call");
        }
    }
}

#[test]
fn neighbouring_elements_and_masks_are_independent() {
    let _alone = seeded(1);
    let n = 400_000;
    let (a, b) = (Tensor::ones([n]).dropout(0.5), Tensor::ones([n]).dropout(0.5));
    let (a, b) = (a.to_vec(), b.to_vec());
    let bound = 4.0 / (n as f32).sqrt();
    let share =
        |pairs: &mut dyn Iterator<Item = (f32, f32)>| pairs.map(|(x, y)| (x - 1.0) * (y - 1.0)).sum::<f32>() / n as f32;
    for lag in [1, 2, 8, 16, 256, 784, 4096] {
        let correlation = share(&mut a.iter().copied().zip(a[lag..].iter().copied()));
        assert!(correlation.abs() < bound, "lag {lag}: {correlation}");
    }
    assert!(share(&mut a.into_iter().zip(b)).abs() < bound);
}

#[test]
fn masks_do_not_depend_on_the_number_of_threads() {
    let _alone = seeded(1);
    let mask = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        seed(11);
        pool.install(|| Tensor::ones([512, 999]).dropout(0.4).to_vec())
    };
    assert_eq!(mask(1), mask(3));
}

#[test]
fn evaluation_is_the_identity_and_the_mode_returns_also_after_a_panic() {
    let _alone = seeded(1);
    let net = sequential![sequential![Dropout::new(0.5)], Dropout::new(1.0)];
    let x = Tensor::ones([64]);
    panic_message(|| {
        let _eval = Eval::of(&net);
        assert_eq!(net.forward(&x).to_vec(), x.to_vec());
        panic!("on the way");
    });
    assert_eq!(net.forward(&x).sum().item(), 0.0, "training again");
    net.eval();
    assert_eq!(net.forward(&x).to_vec(), x.to_vec());
    drop(Eval::of(&net));
    assert_eq!(net.forward(&x).to_vec(), x.to_vec(), "evaluation was the mode before");
}

#[test]
fn dropout_takes_probabilities_only() {
    let _alone = seeded(1);
    for p in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
        for message in [panic_message(|| Dropout::new(p)), panic_message(|| dropout_layer(&Tensor::ones([2]), p))] {
            assert!(message.contains(&format!("p is {p}")) && message.contains("0..=1"), "{message}");
        }
    }
}

#[test]
fn mistakes_name_both_shapes_and_the_way_out() {
    let _alone = seeded(1);
    let net = sequential![Linear::new(784, 10)];
    let message = panic_message(|| net.forward(&Tensor::zeros([2, 1, 28, 28])));
    assert!(
        message.contains("[2, 1, 28, 28]") && message.contains("[10, 784]") && message.contains("Flatten"),
        "{message}"
    );
    let message = panic_message(|| net.get::<Dropout>(0));
    assert!(message.contains("Linear(784 → 10)"), "{message}");
    assert!(panic_message(|| net.get::<Linear>(3)).contains("layer 3 of 1"));
    assert!(panic_message(|| Linear::new(0, 3)).contains("from 0 to 3"));
    let weight = Tensor::zeros([3, 2]);
    let message = panic_message(|| Tensor::zeros([4, 2]).linear(&weight, Some(&Tensor::zeros([2]))));
    assert!(message.contains("bias") && message.contains("[3]"), "{message}");
}

#[test]
fn initial_values_have_the_variance_that_their_formula_says() {
    let _alone = seeded(1);
    let w = Tensor::zeros([300, 500]).requires_grad();
    let check = |name: &str, variance: f32, set: &dyn Fn(&Tensor)| {
        set(&w);
        let (mean, var) = (w.detach().mean().item(), w.detach().var().item());
        assert!((var / variance - 1.0).abs() < 0.02, "{name}: variance {var}, expected {variance}");
        assert!(mean.abs() < 0.01 * variance.sqrt().max(0.1), "{name}: mean {mean}");
    };
    check("normal", 0.04, &|w| init::normal_(w, 0.0, 0.2));
    check("uniform", 3.0, &|w| init::uniform_(w, -3.0, 3.0));
    check("xavier uniform", 2.0 / 800.0, &init::xavier_uniform_);
    check("xavier normal", 2.0 / 800.0, &init::xavier_normal_);
    check("he uniform", 2.0 / 500.0, &init::he_uniform_);
    check("he normal", 2.0 / 500.0, &init::he_normal_);
    let layer = Linear::new(400, 200);
    let bound = 1.0 / 20.0;
    assert!(layer.weight.abs().max().item() <= bound && layer.weight.abs().max().item() > 0.99 * bound);
    assert!(layer.bias.as_ref().unwrap().abs().max().item() <= bound);
    assert!(panic_message(|| init::he_normal_(layer.bias.as_ref().unwrap())).contains("[200]"));
}

#[test]
fn a_summary_adds_up_and_says_what_backward_keeps() {
    let _alone = seeded(1);
    let net = sequential![Flatten, Linear::new(784, 256), Relu, Dropout::new(0.2), Linear::new(256, 10)];
    let table = summary(&net, [256, 1, 28, 28]);
    assert_eq!(table.rows.len(), 5);
    assert_eq!(table.parameters(), 784 * 256 + 256 + 256 * 10 + 10);
    let y = net.forward(&Tensor::zeros([256, 1, 28, 28]));
    assert_eq!(table.kept(), y.bytes_kept_for_backward(&net.parameters()));
    assert_eq!(table.kept(), 4 * (256 * 784 + 256 * 256), "the input, and the hidden layer's output");
    assert!(table.to_string().contains("Linear(784 → 256)"));
}
