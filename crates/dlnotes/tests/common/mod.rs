//! What the tests of learning share.
#![allow(dead_code, reason = "each test program uses its part")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// Seeds chosen once, before any result was seen.
pub(crate) const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// Seeds the generator and keeps the other tests of this program away from it until the value returned is dropped.
pub(crate) fn seeded(seed: u64) -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    dlnotes::prelude::seed(seed);
    guard
}

/// The numbers that `golden/NAME.py` wrote.
pub(crate) fn golden(name: &str) -> Value {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number") as f32).collect()
}

pub(crate) fn sizes(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|x| x as usize).collect()
}

/// Equal to a few units in the last place of the larger numbers.
#[track_caller]
pub(crate) fn assert_close(what: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{what}: length");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= 2e-6 * b.abs().max(1.0), "{what}: number {i} is {a}, PyTorch has {b}");
    }
}

/// The message of the panic that `f` ends in.
#[track_caller]
pub(crate) fn panic_message<R>(f: impl FnOnce() -> R) -> String {
    let payload = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => panic!("this should have panicked"),
        Err(payload) => payload,
    };
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap()
}

pub(crate) fn median(values: impl IntoIterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.into_iter().collect();
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}
