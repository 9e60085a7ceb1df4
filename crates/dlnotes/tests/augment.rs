//! Augmentation against PyTorch's sampling, and random changes.

mod common;

use common::{SEEDS, golden, numbers, panic_message, seeded, sizes};
use dlnotes::prelude::*;

#[track_caller]
fn close(what: &str, ours: &Tensor, theirs: &serde_json::Value) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (a, b) in ours.to_vec().iter().zip(&theirs) {
        // Places are computed in another order: a few units in the last place of a coordinate, times a slope of 1.
        assert!((a - b).abs() < 5e-6, "{what}: {a}, PyTorch has {b}");
    }
}

#[test]
fn changes_are_those_of_pytorchs_grids() {
    let golden = golden("augment");
    let images = Tensor::from_vec(numbers(&golden["images"]), sizes(&golden["shape"]));
    let each = |kind: &str| golden[kind].as_object().unwrap().clone();
    for (degrees, expected) in each("rotate") {
        close(&format!("rotate {degrees}"), &augment::rotate(&images, degrees.parse().unwrap()), &expected);
    }
    for (factor, expected) in each("zoom") {
        close(&format!("zoom {factor}"), &augment::zoom(&images, factor.parse().unwrap()), &expected);
    }
    for (by, expected) in each("translate") {
        let (x, y) = by.split_once(',').unwrap();
        let moved = augment::translate(&images, x.parse().unwrap(), y.parse().unwrap());
        close(&format!("translate {by}"), &moved, &expected);
    }
    close("mirror", &augment::mirror(&images), &golden["mirror"]);
    close("pad", &augment::pad(&images, 2), &golden["pad"]);
    close("crop", &augment::crop(&images, [1, 2], [3, 5]), &golden["crop"]);
}

#[test]
fn rotation_is_counter_clockwise_and_undone_by_its_opposite() {
    // A bar at the right goes to the top.
    let mut pixels = vec![0.0; 49];
    pixels[3 * 7 + 5] = 1.0;
    let right = Tensor::from_vec(pixels, [1, 1, 7, 7]);
    let turned = augment::rotate(&right, 90.0).to_vec();
    assert!((turned[7 + 3] - 1.0).abs() < 1e-5, "{turned:?}");
    for s in SEEDS {
        let _alone = seeded(s);
        let images = Tensor::rand([3, 1, 28, 28]);
        assert!((augment::rotate(&images, 360.0) - &images).abs().max().item() < 1e-4);
        let twice = augment::mirror(&augment::mirror(&images));
        assert_eq!(twice.to_vec(), images.to_vec());
        assert_eq!(augment::translate(&images, 0.0, 0.0).to_vec(), images.to_vec());
        let there_and_back = augment::translate(&augment::translate(&images, 3.0, 1.0), -3.0, -1.0);
        let inner = |t: &Tensor| augment::crop(t, [0, 0], [27, 25]);
        assert!((inner(&there_and_back) - inner(&images)).abs().max().item() < 1e-5);
    }
}

#[test]
fn a_seed_repeats_random_changes_and_each_image_gets_its_own() {
    for s in SEEDS {
        let _alone = seeded(s);
        let image = Tensor::rand([1, 1, 28, 28]);
        let same = concat(&vec![image; 8], 0);
        let augment = Augment::new().mirror(0.5).rotate(20.0).zoom(0.8, 1.2).translate(3.0).random_crop(2).noise(0.1);
        let run = || {
            seed(s);
            augment.apply(&same).to_vec()
        };
        let changed = run();
        assert_eq!(changed, run());
        let images: Vec<&[f32]> = changed.chunks(784).collect();
        assert!(images.windows(2).all(|pair| pair[0] != pair[1]));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(changed, pool.install(run), "whatever the number of threads");
        assert_eq!(Augment::new().apply(&same).to_vec(), same.to_vec());
    }
}

#[test]
fn noise_keeps_the_mean_and_mirroring_its_share() {
    for s in SEEDS {
        let _alone = seeded(s);
        let n = 400;
        let images = Tensor::rand([n, 1, 8, 8]);
        let noisy = Augment::new().noise(0.2).apply(&images) - &images;
        let count = (n * 64) as f32;
        assert!(noisy.mean().item().abs() < 4.0 * 0.2 / count.sqrt(), "seed {s}");
        assert!((noisy.std().item() / 0.2 - 1.0).abs() < 4.0 / (2.0 * count).sqrt(), "seed {s}");
        let mirrored = Augment::new().mirror(0.3).apply(&images).to_vec();
        let changed = mirrored.chunks(64).zip(images.to_vec().chunks(64)).filter(|(a, b)| a != b).count() as f32;
        let bound = 4.0 * (0.3 * 0.7 / n as f32).sqrt();
        assert!((changed / n as f32 - 0.3).abs() < bound, "seed {s}: {changed}");
    }
}

#[test]
fn augmented_batches_are_new_in_every_epoch_and_keep_their_labels() {
    let _alone = seeded(1);
    let data = FashionMnist::embedded().train.take(20);
    let batches = Batches::new(&data, 8).augmented(&Augment::new().rotate(10.0));
    let epoch = || batches.iter().map(|(x, y)| (x.to_vec(), y.to_vec())).unzip::<_, _, Vec<_>, Vec<_>>();
    let ((first, labels), (second, again)) = (epoch(), epoch());
    assert_ne!(first, second);
    assert_eq!(labels, again);
    assert_eq!(labels.concat(), data.labels().to_vec());
    let more = Augment::new().mirror(1.0).enlarge(&data, 2);
    assert_eq!((more.len(), more.features().shape()), (60, &[60, 1, 28, 28][..]));
    assert_eq!(more.labels().to_vec()[20..40], data.labels().to_vec());
}

#[test]
fn wrong_images_and_ranges_are_named() {
    for f in [augment::mirror, |x: &Tensor| augment::rotate(x, 1.0), |x: &Tensor| Augment::new().apply(x)] {
        let message = panic_message(|| f(&Tensor::zeros([28, 28])));
        assert!(message.contains("[28, 28]") && message.contains("[n, channels, height, width]"), "{message}");
    }
    let images = Tensor::zeros([1, 1, 4, 5]);
    let message = panic_message(|| augment::crop(&images, [2, 0], [3, 3]));
    assert!(message.contains("3 × 3 pixels from row 2, column 0 of images of 4 × 5"), "{message}");
    assert!(panic_message(|| augment::crop(&images, [0, 0], [0, 3])).contains("not inside"));
    assert!(panic_message(|| augment::zoom(&images, 0.0)).contains("factor is 0"));
    assert!(panic_message(|| augment::rotate(&images, f32::NAN)).contains("angle is NaN"));
    assert!(panic_message(|| augment::translate(&images, f32::INFINITY, 0.0)).contains("distance is inf"));
    assert!(panic_message(|| Augment::new().mirror(1.5)).contains("1.5"));
    assert!(panic_message(|| Augment::new().zoom(1.2, 0.8)).contains("from 1.2 to 0.8"));
    assert!(panic_message(|| Augment::new().rotate(-1.0)).contains("-1"));
    assert!(panic_message(|| Augment::new().noise(f32::NAN)).contains("NaN"));
    assert!(panic_message(|| Augment::new().preview(&Tensor::zeros([1, 3, 4, 4]), 2)).contains("one channel"));
}
