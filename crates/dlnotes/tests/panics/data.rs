//! Data sets and changes of images.

use std::process::Command;

use dlnotes::data::augment::{crop, mirror, pad, rotate, translate, zoom};
use dlnotes::prelude::*;

use super::told;

fn images() -> Tensor {
    Tensor::ones([2, 1, 4, 4])
}

fn data() -> Dataset {
    Dataset::new(Tensor::ones([3, 2]), Tensor::from([0.0, 1.0, 1.0]))
}

fn matrix() -> Tensor {
    Tensor::ones([4, 4])
}

/// What [`FashionMnist::load`] says where the environment names a folder that isn't there: in a program of its own, for the
/// environment belongs to all threads.
fn load_from_nowhere() -> Result<(), String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "data::what_the_environment_names_is_loaded"])
        .env("DLNOTES_DATA", "no-such-folder")
        .output();
    Err(String::from_utf8_lossy(&output.unwrap().stdout).into_owned())
}

#[test]
#[ignore = "the table runs it with DLNOTES_DATA set"]
fn what_the_environment_names_is_loaded() {
    FashionMnist::load().unwrap();
}

super::cases! {
    "data/fashion_mnist.rs load": ["no-such-folder"] => told(load_from_nowhere());
    "data/batches.rs new": ["batch size is 0"] => Batches::new(data(), 0);
    "data/batches.rs new": ["no samples"] => Batches::new((&Tensor::zeros([0, 2]), &Tensor::zeros([0])), 1);
    "data/batches.rs new": ["[3, 2]", "[2]"] => Batches::new((&Tensor::ones([3, 2]), &Tensor::ones([2])), 1);
    "data/dataset.rs new": ["Dataset", "[3, 2]", "[2]"] => Dataset::new(Tensor::ones([3, 2]), Tensor::ones([2]));
    "data/dataset.rs select": ["index 7", "[3]"] => data().select(&[7]);
    "data/dataset.rs subset": ["7"] => data().subset(&[7]);
    "data/fashion_mnist.rs from_folder": ["no-such-folder"] => told(FashionMnist::from_folder("no-such-folder"));
    "data/fashion_mnist.rs batches": ["batch size is 0"] => FashionMnist::embedded().batches(0);
    "data/fashion_mnist.rs names": ["label 10", "0 to 9"] => FashionMnist::names(&Tensor::from([10.0]));
    "data/fashion_mnist.rs show_images": ["0 columns"] => FashionMnist::embedded().show_images(2, 0);
    "data/fashion_mnist.rs load_fashion_mnist": [] => load_fashion_mnist(0);
    "data/kfold.rs new": ["KFold", "k is 1"] => KFold::new(1);
    "data/kfold.rs folds": ["KFold", "3 samples", "5 folds"] => KFold::new(5).folds(3);
    "data/kfold.rs folds": ["KFold", "folds_of"] => KFold::new(2).stratified().folds(4);
    "data/kfold.rs folds_of": ["KFold", "3 samples", "5 folds"] => KFold::new(5).folds_of(&data());
    "data/kfold.rs folds_of": ["KFold"] => KFold::new(2).stratified().folds_of(&data());
    "data/kfold.rs split": ["KFold", "3 samples", "5 folds"] => KFold::new(5).split(&data());
    "data/split.rs random_split": ["random_split", "add up to"] => random_split(&data(), [0.5, 0.6]);
    "data/split.rs random_split": ["random_split", "give a share"] => random_split(&data(), [0.99, 0.01]);
    "data/augment/change.rs mirror": ["mirror", "[4, 4]"] => mirror(&matrix());
    "data/augment/change.rs pad": ["pad", "[4, 4]"] => pad(&matrix(), 1);
    "data/augment/change.rs crop": ["crop", "[4, 4]"] => crop(&matrix(), [0, 0], [2, 2]);
    "data/augment/change.rs crop": ["crop", "row 3", "4 × 4"] => crop(&images(), [3, 3], [2, 2]);
    "data/augment/warp.rs rotate": ["rotate", "[4, 4]"] => rotate(&matrix(), 10.0);
    "data/augment/warp.rs rotate": ["rotate", "NaN"] => rotate(&images(), f32::NAN);
    "data/augment/warp.rs zoom": ["zoom", "0"] => zoom(&images(), 0.0);
    "data/augment/warp.rs translate": ["translate", "inf"] => translate(&images(), f32::INFINITY, 0.0);
    "data/augment/random.rs mirror": ["Augment", "1.5"] => Augment::new().mirror(1.5);
    "data/augment/random.rs rotate": ["Augment", "-1"] => Augment::new().rotate(-1.0);
    "data/augment/random.rs zoom": ["Augment", "2", "1"] => Augment::new().zoom(2.0, 1.0);
    "data/augment/random.rs translate": ["Augment", "-1"] => Augment::new().translate(-1.0);
    "data/augment/random.rs noise": ["Augment", "NaN"] => Augment::new().noise(f32::NAN);
    "data/augment/random.rs apply": ["Augment", "[4, 4]"] => Augment::new().mirror(0.5).apply(&matrix());
    "data/augment/random.rs enlarge": ["Augment", "[3, 2]"] => Augment::new().mirror(0.5).enlarge(&data(), 1);
    "data/augment/random.rs preview": ["Augment", "[2, 3, 4, 4]"] => Augment::new().preview(&Tensor::ones([2, 3, 4, 4]), 2);
}
