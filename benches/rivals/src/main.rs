//! An epoch of the dropout MLP 784–256–256–10 on Fashion-MNIST in batches of 256, as `benches/train.rs` of dlnotes and
//! `benches/train.py` do it, in other crates: `dlnotes-rivals NAME [--once]`, one crate a process, so that none of them
//! shares threads or memory with another. Prints the median and the smallest time in nanoseconds.

mod with_burn;
mod with_candle;
mod with_dlnotes;

use std::time::{Duration, Instant};

use dlnotes::prelude::*;

const BATCH: usize = 256;
const RATE: f64 = 0.5;
const DROPOUT: [f64; 2] = [0.2, 0.5];
const LAYERS: [usize; 4] = [784, 256, 256, 10];

/// What was measured of an epoch.
struct Metrics {
    loss: f64,
    accuracy: f64,
}

/// A network that can be trained.
trait Rival {
    /// Trains on every batch once.
    fn epoch(&mut self, batches: &[Vec<usize>]) -> Metrics;
}

type Make = fn(&data::Dataset) -> Box<dyn Rival>;

const RIVALS: [(&str, Make); 4] = [
    ("dlnotes", with_dlnotes::make),
    ("burn, flex", with_burn::make_flex),
    ("burn, ndarray", with_burn::make_ndarray),
    ("candle", with_candle::make),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named = |name: &String| RIVALS.iter().find(|(other, _)| other == name);
    let Some((name, make)) = arguments.first().and_then(named) else {
        let names = RIVALS.map(|(name, _)| name);
        panic!("usage: dlnotes-rivals NAME [--once], with one of {names:?} as NAME");
    };
    let once = arguments.iter().any(|argument| argument == "--once");
    seed(0);
    // The whole set only where time is taken.
    let data = if once { FashionMnist::embedded().train } else { FashionMnist::load().expect("the data set").train };
    let mut rival = make(&data);
    let mut epoch = || {
        let order = permutation(data.len());
        let batches: Vec<_> = order.chunks(BATCH).map(<[usize]>::to_vec).collect();
        let start = Instant::now();
        let metrics = rival.epoch(&batches);
        (start.elapsed(), metrics)
    };
    let (mut times, begin) = (Vec::new(), Instant::now());
    let (first, mut metrics) = epoch();
    if once {
        times.push(first);
    }
    // The first epoch warms up.
    while !once && (times.len() < 5 || begin.elapsed() < Duration::from_secs(8)) {
        let (time, last) = epoch();
        times.push(time);
        metrics = last;
    }
    times.sort();
    assert!(metrics.loss.is_finite() && metrics.accuracy > 0.1, "{name} does not learn");
    eprintln!("{name}: loss {:.3}, accuracy {:.3} after {} epochs", metrics.loss, metrics.accuracy, times.len() + 1);
    println!("{{\"median\": {}, \"smallest\": {}}}", times[times.len() / 2].as_nanos(), times[0].as_nanos());
}
