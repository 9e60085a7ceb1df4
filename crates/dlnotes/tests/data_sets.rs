//! Batches, the notes' data, and files that are broken.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{panic_message, seeded};
use dlnotes::data::Source;
use dlnotes::prelude::*;

/// The embedded files as a folder that a test may break.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("dlnotes-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("data")).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    #[track_caller]
    fn error(&self, words: &[&str]) {
        let error = FashionMnist::from_folder(&self.0).expect_err("broken files").to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{words:?} in: {error}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const IMAGES: &str = "train-images-idx3-ubyte.gz";
const LABELS: &str = "train-labels-idx1-ubyte.gz";

#[test]
fn the_embedded_subset_is_small_and_stratified() {
    let data = FashionMnist::embedded();
    assert_eq!((data.train.len(), data.test.len(), &data.source), (5800, 1000, &Source::EmbeddedSubset));
    for (set, each) in [(&data.train, 580), (&data.test, 100)] {
        for class in 0..10 {
            assert_eq!(set.labels().eq(class as f32).sum().item() as usize, each, "class {class}");
        }
    }
    let (x, _) = data.train.select(&[0]);
    assert_eq!((x.shape(), x.min().item(), x.max().item()), (&[1, 1, 28, 28][..], 0.0, 1.0));
    assert_eq!(data.train.bytes(), 5800 * 784, "images stay bytes");
}

#[test]
fn the_official_files_where_they_are_installed() {
    let data = FashionMnist::load().unwrap();
    if data.source == Source::EmbeddedSubset {
        eprintln!("not run: the data set is not installed");
        return;
    }
    assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
    assert_eq!(FashionMnist::names(&data.train.labels().i(..3)), ["ankle boot", "t-shirt", "t-shirt"]);
    assert!((data.train.select(&(0..6000).collect::<Vec<_>>()).0.mean().item() - 0.286).abs() < 0.01);
}

#[test]
fn broken_files_are_named_with_what_is_wrong() {
    let folder = Folder::new("broken");
    assert_eq!(FashionMnist::from_folder(&folder.0).unwrap().train.len(), 5800);
    let whole = fs::read(folder.path(IMAGES)).unwrap();

    fs::write(folder.path(IMAGES), &whole[..whole.len() / 2]).unwrap();
    folder.error(&[IMAGES, "cut short"]);
    let mut corrupt = whole.clone();
    corrupt[whole.len() / 2] ^= 0x55;
    fs::write(folder.path(IMAGES), &corrupt).unwrap();
    folder.error(&[IMAGES, "corrupt"]);
    fs::write(folder.path(IMAGES), b"<html>not found</html>").unwrap();
    folder.error(&[IMAGES, "isn't a gzip file"]);
    fs::write(folder.path(IMAGES), fs::read(folder.path(LABELS)).unwrap()).unwrap();
    folder.error(&[IMAGES, "holds labels, not images", "swapped"]);
    fs::write(folder.path(IMAGES), fs::read(folder.path("t10k-images-idx3-ubyte.gz")).unwrap()).unwrap();
    folder.error(&["1000 images, but 5800 labels"]);
    fs::remove_file(folder.path(IMAGES)).unwrap();
    folder.error(&[IMAGES, "No such file"]);
}

/// A gzip file of `header` as big-endian numbers, then `bytes`.
fn idx(header: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = header.iter().flat_map(|n| n.to_be_bytes()).collect();
    content.extend(bytes);
    let mut packed = vec![0; content.len() + 100];
    let config = zlib_rs::DeflateConfig { window_bits: 15 + 16, ..Default::default() };
    let (packed, code) = zlib_rs::compress_slice(&mut packed, &content, config);
    assert_eq!(code, zlib_rs::ReturnCode::Ok);
    packed.to_vec()
}

#[test]
fn sizes_and_labels_that_are_none_are_named() {
    let folder = Folder::new("sizes");
    let write = |file: &str, header: &[u32], bytes: &[u8]| fs::write(folder.path(file), idx(header, bytes)).unwrap();
    write(IMAGES, &[0x803, 2, 32, 32], &[0; 2 * 32 * 32]);
    folder.error(&[IMAGES, "[32, 32] pixels, not [28, 28]"]);
    write(IMAGES, &[0x803, 2, 28, 28], &[0; 100]);
    folder.error(&[IMAGES, "should hold [2, 28, 28] bytes by its header, but holds 100"]);
    write(IMAGES, &[0x803, 2], &[]);
    folder.error(&[IMAGES, "ends inside its header"]);
    write(IMAGES, &[0xd03, 2, 28, 28], &[]);
    folder.error(&[IMAGES, "isn't an IDX file of bytes"]);
    write(IMAGES, &[0x803, 2, 28, 28], &[0; 2 * 28 * 28]);
    write(LABELS, &[0x801, 2], &[9, 10]);
    folder.error(&[LABELS, "label 10 of image 1 is out of range 0 to 9"]);
    write(IMAGES, &[0x803, 0, 28, 28], &[]);
    write(LABELS, &[0x801, 0], &[]);
    folder.error(&["0 images"]);
}

#[test]
fn what_rests_on_the_subset_says_so() {
    let data = FashionMnist::embedded();
    let small = Batches::new(data.train.take(50), 10);
    let net = sequential![Flatten, Linear::new(784, 10)];
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    let history = fit(&net, &small, &small, &CrossEntropyLoss::none(), 2, &mut trainer);
    assert!(history.to_string().ends_with("data: embedded subset of 5,800 + 1,000 images"), "{history}");
    assert!(history.figure().to_svg().contains("embedded subset"));
    assert!(data.show_images(4, 4).to_svg().contains("embedded subset"));
}

#[test]
fn training_and_test_files_that_traded_places_are_noticed() {
    let folder = Folder::new("traded");
    for kind in ["images-idx3", "labels-idx1"] {
        let [a, b] = ["train", "t10k"].map(|split| folder.path(&format!("{split}-{kind}-ubyte.gz")));
        let aside = folder.path("aside");
        fs::rename(&a, &aside).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(&aside, &b).unwrap();
    }
    folder.error(&["1000 training and 5800 test images", "swapped"]);
}

#[test]
fn every_epoch_has_every_sample_once_in_a_new_order() {
    let _alone = seeded(1);
    let x = Tensor::arange(0.0, 25.0, 1.0).reshape([25, 1]);
    let batches = Batches::new((&x, &x), 10).shuffled();
    let epoch = || batches.iter().flat_map(|(x, _)| x.to_vec()).collect::<Vec<_>>();
    let (first, second) = (epoch(), epoch());
    assert_ne!(first, second);
    for mut order in [first, second] {
        order.sort_by(f32::total_cmp);
        assert_eq!(order, x.to_vec());
    }
    for (x, y) in &batches {
        assert_eq!(x.to_vec(), y.to_vec(), "features and labels stay together");
    }
    let in_order: Vec<f32> = Batches::new((&x, &x), 10).iter().flat_map(|(x, _)| x.to_vec()).collect();
    assert_eq!(in_order, x.to_vec());
}

#[test]
fn batches_of_nothing_are_refused() {
    let (x, y) = (Tensor::zeros([4, 2]), Tensor::zeros([3]));
    assert!(panic_message(|| Batches::new((&x, &x), 0)).contains("batch size is 0"));
    assert!(panic_message(|| Batches::new((&x, &y), 2)).contains("[4, 2]"));
    assert!(panic_message(|| Batches::new((&Tensor::zeros([0, 2]), &Tensor::zeros([0])), 2)).contains("no samples"));
}

#[test]
fn polynomial_columns_are_powers_over_factorials() {
    let x = polynomial_features(&Tensor::from([-2.0, 0.5]), 20).to_vec();
    let mut term = [1.0_f64, 1.0];
    for i in 0..20 {
        for (r, x0) in [-2.0, 0.5].into_iter().enumerate() {
            assert!((f64::from(x[r * 20 + i]) - term[r]).abs() <= 1e-7 * term[r].abs());
            term[r] *= x0 / (i + 1) as f64;
        }
    }
}
