//! Ten epochs of the notes' dropout model on all of Fashion-MNIST: a test group of its own, as it takes long.
//!
//! The numbers are those of 60,000 images: without the installed data set there is nothing to test.

mod common;

use common::seeded;
use dlnotes::data::Source;
use dlnotes::prelude::*;
use dlnotes::train::{dropout_mlp, train_dropout};

#[test]
#[ignore = "takes the whole data set and most of a minute: `cargo xtask test` runs it"]
fn ten_epochs_with_dropout_end_in_the_published_ranges() {
    let _alone = seeded(1);
    let data = FashionMnist::load().expect("the data set");
    assert_ne!(data.source, Source::EmbeddedSubset, "this needs the whole data set; `cargo xtask doctor` says how");
    let (train_iter, test_iter) = data.batches(256);
    let history = train_dropout(&dropout_mlp(0.2, 0.5), &train_iter, &test_iter, 10);
    let (loss, accuracy) = (history.last("train loss"), history.last("train acc"));
    let tests = history.values("test acc");
    let best = tests[7..].iter().copied().fold(0.0, f32::max);
    assert!((0.31..=0.38).contains(&loss), "{history}");
    assert!((0.86..=0.89).contains(&accuracy), "{history}");
    assert!((0.83..=0.89).contains(&best), "{tests:?}");
}
