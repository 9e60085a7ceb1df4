//! Loops: evaluation, early stopping, a loss that blows up, saving and loading, resuming.

mod common;

use common::{panic_message, seeded};
use dlnotes::prelude::*;

fn regression() -> (Batches, Batches) {
    let w = Tensor::ones([3, 1]);
    let set = |n| synthetic_data(&w, 0.5, n);
    (Batches::new(set(64), 10).shuffled(), Batches::new(set(32), 10))
}

fn file(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("dlnotes-{name}-{}.safetensors", std::process::id()))
}

#[test]
fn a_short_last_batch_weighs_by_its_samples() {
    let data = Batches::new((&Tensor::from([[1.0], [1.0], [4.0]]), &Tensor::zeros([3, 1])), 2);
    let identity = |x: &Tensor| x.clone();
    assert_eq!(evaluate_loss(&identity, &data, &MseLoss::none()), 6.0);
    assert_eq!(evaluate_loss(&identity, &data, &squared_loss), 3.0);
}

#[test]
fn evaluation_leaves_the_mode_and_records_nothing() {
    let _alone = seeded(1);
    let net = sequential![Flatten, Dropout::new(0.5), Linear::new(3, 1)];
    let (train, _) = regression();
    let before = live_graph_nodes();
    let first = evaluate_loss(&net, &train, &MseLoss::none());
    assert!((evaluate_loss(&net, &train, &MseLoss::none()) - first).abs() < 1e-5 * first, "no dropout");
    assert_eq!(live_graph_nodes(), before);
    let x = Tensor::ones([64, 3]);
    assert_ne!(net.forward(&x).to_vec(), net.forward(&x).to_vec(), "training again");
}

#[test]
fn memory_does_not_grow_from_epoch_to_epoch() {
    let _alone = seeded(1);
    let (train, _) = regression();
    let net = sequential![Linear::new(3, 8), Relu, Linear::new(8, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.05).momentum(0.9);
    let nodes = |trainer: &mut Sgd| {
        train_epoch(&net, &train, &MseLoss::none(), trainer);
        live_graph_nodes()
    };
    let first = nodes(&mut trainer);
    assert!((0..5).all(|_| nodes(&mut trainer) == first));
}

#[test]
fn a_loss_that_blows_up_stops_training_and_says_where() {
    let _alone = seeded(1);
    let (train, test) = regression();
    let net = sequential![Linear::new(3, 1)];
    let mut trainer = Sgd::new(net.parameters(), 1e6);
    let message = panic_message(|| fit(&net, &train, &test, &MseLoss::none(), 50, &mut trainer));
    assert!(message.contains("epoch") && message.contains("step") && message.contains("learning rate"), "{message}");
    assert!(net.parameters().iter().all(|p| p.to_vec().iter().all(|x| x.is_finite())), "parameters stay finite");

    let nan = Batches::new((&Tensor::full([4, 3], f32::NAN), &Tensor::zeros([4, 1])), 2);
    let message = panic_message(|| train_epoch(&net, &nan, &MseLoss::none(), &mut trainer));
    assert!(message.contains("NaN at step 1") && message.contains("the data"), "{message}");
}

#[test]
fn a_single_epoch_is_a_run_too() {
    let _alone = seeded(1);
    let (train, test) = regression();
    let net = sequential![Linear::new(3, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    let history = fit(&net, &train, &test, &MseLoss::none(), 1, &mut trainer);
    assert_eq!((history.values("train loss").len(), history.values("test loss").len()), (1, 1));
    let (x, y) = (Tensor::ones([10, 2]), Tensor::ones([10]));
    assert_eq!(train::train_polynomial(&x, &x, &y, &y, 1).1.values("test").len(), 1);
}

#[test]
fn early_stopping_returns_to_the_best_epoch() {
    let _alone = seeded(2);
    // Random labels: the validation loss soon rises.
    let set = |n| (Tensor::randn([n, 20]), Tensor::randn([n, 1]));
    let (train, valid) = (Batches::new(set(20), 5).shuffled(), Batches::new(set(50), 10));
    // A test set on which the loss only falls.
    let test = train.clone();
    let net = sequential![Linear::new(20, 64), Relu, Linear::new(64, 1)];
    let mut trainer = Sgd::new(net.parameters(), 0.05);
    let loss = MseLoss::none();
    let fit = Fit::new(&net, &train, &loss, &mut trainer).validate(&valid).test(&test).epochs(500);
    let history = fit.patience(5).run().unwrap();
    assert!(history.stopped_early());
    let lowest = |name: &str| history.values(name).iter().copied().fold(f32::INFINITY, f32::min);
    assert!((evaluate_loss(&net, &valid, &loss) - lowest("validation loss")).abs() <= 1e-5);
    assert_eq!(history.values("validation loss").len(), history.best_epoch().unwrap() + 5);
    assert!(evaluate_loss(&net, &test, &loss) > lowest("test loss"), "the test set has chosen nothing");
}

#[test]
fn parameters_of_another_model_are_refused_and_nothing_changes() {
    let _alone = seeded(1);
    let path = file("other");
    let net = sequential![Linear::new(3, 2)];
    save_parameters(&net, &path).unwrap();
    let refuse = |other: &Sequential, words: &str| {
        let before: Vec<Vec<f32>> = other.parameters().iter().map(Tensor::to_vec).collect();
        let error = load_parameters(other, &path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(before, other.parameters().iter().map(Tensor::to_vec).collect::<Vec<_>>());
    };
    refuse(&sequential![Linear::new(3, 2), Linear::new(2, 1)], "lacks `1.weight`");
    refuse(&sequential![Linear::without_bias(3, 2)], "has `0.bias`");
    refuse(&sequential![Linear::new(2, 3)], "shape [2, 3] there, [3, 2] here");
    let whole = std::fs::read(&path).unwrap();
    for cut in [4, 20, whole.len() - 4] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        refuse(&net, &path.display().to_string());
    }
    std::fs::remove_file(&path).unwrap();
    refuse(&net, "No such file");
}

#[cfg(target_os = "linux")]
#[test]
fn a_save_that_fails_leaves_the_old_file() {
    let _alone = seeded(1);
    let folder = std::env::temp_dir().join(format!("dlnotes-full-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("net.safetensors");
    let net = sequential![Linear::new(3000, 40)];
    save_parameters(&net, &path).unwrap();
    let before = std::fs::read(&path).unwrap();
    // The file beside it is where the new one grows: put the device that is always full there.
    let part = folder.join(format!("net.safetensors.{}.part", std::process::id()));
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    init::constant_(&net.get::<Linear>(0).weight, 1.0);
    let error = save_parameters(&net, &path).unwrap_err().to_string();
    assert!(error.contains("unchanged"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(!part.exists() && std::fs::symlink_metadata(&part).is_err(), "nothing half-written stays");
    std::fs::remove_dir_all(&folder).unwrap();
}
