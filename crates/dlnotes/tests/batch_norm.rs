//! Batch normalization against PyTorch, and what it must do by its definition.

mod common;

use common::{SEEDS, assert_close, golden, numbers, panic_message, seeded, sizes};
use dlnotes::prelude::*;

#[test]
fn values_gradients_and_running_statistics_are_pytorchs() {
    let cases = golden("batch_norm");
    for (name, case) in cases.as_object().unwrap() {
        let shape = sizes(&case["shape"]);
        let number = |key: &str| case[key].as_f64().unwrap() as f32;
        let layer = BatchNorm1d::new(shape[1]).eps(number("eps")).momentum(number("momentum"));
        no_grad(|| {
            layer.weight.copy_(&numbers(&case["weight"]).into());
            layer.bias.copy_(&numbers(&case["bias"]).into());
        });
        for (step, training) in case["steps"].as_array().unwrap().iter().zip([true, true, false]) {
            if training {
                layer.train()
            } else {
                layer.eval()
            }
            layer.parameters().iter().for_each(Tensor::zero_grad);
            let x = Tensor::from_vec(numbers(&step["x"]), &shape[..]).requires_grad();
            let y = layer.forward(&x);
            // Numbers far from zero lose digits as they do in PyTorch: their size counts, not the result's.
            let slack = x.detach().abs().max().item().max(1.0);
            let close = |what: &str, ours: Vec<f32>| {
                let theirs = numbers(&step[what]);
                assert_eq!(ours.len(), theirs.len());
                for (a, b) in ours.iter().zip(&theirs) {
                    assert!((a - b).abs() <= 4e-6 * slack * b.abs().max(1.0), "{name}, {what}: {a}, PyTorch has {b}");
                }
            };
            close("y", y.to_vec());
            y.backward_with(&Tensor::from_vec(numbers(&step["weights"]), &shape[..]));
            close("dx", x.grad().unwrap().to_vec());
            close("dweight", layer.weight.grad().unwrap().to_vec());
            close("dbias", layer.bias.grad().unwrap().to_vec());
            assert_close("running mean", &layer.running_mean.to_vec(), &numbers(&step["running_mean"]));
            close("running_var", layer.running_var.to_vec());
        }
    }
}

#[test]
fn training_normalizes_with_the_biased_variance_and_remembers_the_unbiased_one() {
    for s in SEEDS {
        let _alone = seeded(s);
        let layer = BatchNorm1d::new(5).eps(0.0).momentum(1.0);
        let x = Tensor::normal(3.0, 2.0, [20, 5]);
        let y = layer.forward(&x);
        assert!(y.mean_dim(0, false).abs().max().item() < 1e-5);
        assert!((y.var_dim(0, 0, false) - 1.0).abs().max().item() < 1e-5);
        assert!((&layer.running_mean - x.mean_dim(0, false)).abs().max().item() < 1e-5);
        assert!((&layer.running_var - x.var_dim(0, 1, false)).abs().max().item() < 1e-4);
        // In evaluation a sample's output does not depend on its batch.
        layer.eval();
        let alone = layer.forward(&x.i(3..4));
        assert_eq!(alone.to_vec(), layer.forward(&x).i(3..4).to_vec());
    }
}

#[test]
fn a_batch_of_one_and_wrong_shapes_are_named() {
    let layer = BatchNorm1d::new(3);
    let message = panic_message(|| layer.forward(&Tensor::ones([1, 3])));
    for part in ["[1, 3]", "no variance", "at least 2 samples", "net.eval()"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(layer.running_mean.to_vec(), [0.0; 3], "nothing was changed");
    layer.eval();
    assert_eq!(layer.forward(&Tensor::ones([1, 3])).shape(), [1, 3]);
    assert!(panic_message(|| layer.forward(&Tensor::ones([2, 4]))).contains("[n, 3]"));
    layer.train();
    assert!(panic_message(|| layer.forward(&Tensor::ones([2, 4]))).contains("must be [4]"));
    assert!(panic_message(|| layer.forward(&Tensor::ones([3]))).contains("[n, features]"));
    assert!(panic_message(|| BatchNorm1d::new(0)).contains("0 features"));
    assert!(panic_message(|| BatchNorm1d::new(2).momentum(1.5)).contains("1.5"));
    assert!(panic_message(|| BatchNorm1d::new(2).eps(-1.0)).contains("-1"));
}

#[test]
fn running_statistics_are_saved_and_come_back_with_early_stopping() {
    let _alone = seeded(1);
    let net = || sequential![Linear::new(4, 6), BatchNorm1d::new(6), Relu, Linear::new(6, 1)];
    let (trained, fresh) = (net(), net());
    let x = Tensor::normal(1.0, 2.0, [40, 4]);
    (0..10).for_each(|_| drop(trained.forward(&x)));
    let path = std::env::temp_dir().join(format!("dlnotes-batch-norm-{}.safetensors", std::process::id()));
    save_parameters(&trained, &path).unwrap();
    load_parameters(&fresh, &path).unwrap();
    std::fs::remove_file(&path).unwrap();
    [&trained, &fresh].into_iter().for_each(Module::eval);
    assert_eq!(trained.forward(&x).to_vec(), fresh.forward(&x).to_vec());
    assert_eq!(trained.named_parameters().len(), 6, "running values aren't parameters");

    // The loss rises from the second epoch on: the running values of the first must come back with its weights.
    let data = Batches::new((&x, &Tensor::zeros([40, 1])), 10).shuffled();
    let net = net();
    let mut trainer = Sgd::new(net.parameters(), 0.5);
    let loss = MseLoss::none();
    let history = Fit::new(&net, &data, &loss, &mut trainer).validate(&data).epochs(60).patience(3).run().unwrap();
    let best = history.values("validation loss").iter().copied().fold(f32::INFINITY, f32::min);
    assert!(history.stopped_early(), "{history}");
    assert!((evaluate_loss(&net, &data, &loss) - best).abs() <= 1e-6 * best, "{history}");
}
