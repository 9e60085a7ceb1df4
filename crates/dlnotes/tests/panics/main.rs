//! Every `# Panics` and `# Errors` section of the crate, and of the controls below it, is kept: each public function that has one is made to fail here,
//! and its message must name what went wrong, at the line of the one who called.
//!
//! The table is complete: [`every_promise_is_in_the_table`] reads the sources.

#![allow(clippy::let_unit_value, reason = "what a call of the table would give, if it did not fail, is dropped")]

#[path = "../common/mod.rs"]
mod common;
mod controls;
mod data;
mod display;
mod figures;
mod models;
mod select;
mod tensors;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

/// A source file and a function in it, what the message must contain, and a call that fails.
type Case = (&'static str, &'static [&'static str], fn());

/// The message of an error, as a panic.
#[track_caller]
fn told<T>(result: Result<T, impl Display>) {
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Cases as `"file.rs function": ["words", …] => call;`.
macro_rules! cases {
    ($($key:literal: [$($word:literal),*] => $call:expr;)*) => {
        pub(crate) const CASES: &[crate::Case] = &[$(($key, &[$($word),*], || { let _ = $call; }),)*];
    };
}
pub(crate) use cases;

fn all() -> impl Iterator<Item = &'static Case> {
    [tensors::CASES, models::CASES, data::CASES, select::CASES, figures::CASES, controls::CASES, display::CASES]
        .into_iter()
        .flatten()
}

#[test]
fn what_is_promised_to_fail_fails_and_says_why() {
    static PLACE: Mutex<String> = Mutex::new(String::new());
    let _alone = common::seeded(1);
    let mut wrong = Vec::new();
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        if let Some(place) = info.location() {
            *PLACE.lock().unwrap() = place.to_string();
        }
    }));
    for (key, words, call) in all() {
        let result = catch_unwind(AssertUnwindSafe(call));
        let place = PLACE.lock().unwrap().clone();
        let Err(payload) = result else {
            wrong.push(format!("{key}: no panic"));
            continue;
        };
        let text = match payload.downcast_ref::<String>() {
            Some(text) => text.clone(),
            None => payload.downcast_ref::<&str>().map_or(String::new(), |text| (*text).to_owned()),
        };
        let missing: Vec<_> = words.iter().filter(|word| !text.contains(**word)).collect();
        if !missing.is_empty() {
            wrong.push(format!("{key}: {missing:?} missing in {text:?}"));
        }
        if !place.contains("tests/panics/") {
            wrong.push(format!("{key}: told at {place}, not where it was called"));
        }
    }
    std::panic::set_hook(default);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all().count(), wrong.join("\n"));
}

#[test]
fn every_promise_is_in_the_table() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut promised = promised_below(&crates.join("dlnotes/src"), "");
    promised.extend(promised_below(&crates.join("dlnotes-display/src/controls"), "dlnotes-display/"));
    let tried: BTreeSet<String> = all().map(|(key, ..)| (*key).to_owned()).collect();
    let missing: Vec<_> = promised.difference(&tried).collect();
    let unknown: Vec<_> = tried.difference(&promised).collect();
    assert!(missing.is_empty(), "{} promises are not tried: {missing:#?}", missing.len());
    assert!(unknown.is_empty(), "tried, but nothing is promised: {unknown:?}");
    assert!(promised.len() > 200, "only {} promises were found", promised.len());
}

/// `prefix` and the name of each file below `root`, with the functions in it that promise to fail.
fn promised_below(root: &Path, prefix: &str) -> BTreeSet<String> {
    let mut promised = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let file = entry.path().strip_prefix(root).unwrap().display().to_string();
            let text = fs::read_to_string(entry.path()).unwrap();
            promised.extend(promises(&text).into_iter().map(|function| format!("{prefix}{file} {function}")));
        }
    }
    promised
}

/// The public functions of a source text whose documentation has a section on panics or errors.
fn promises(text: &str) -> Vec<String> {
    let (mut found, mut promises) = (Vec::new(), false);
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("///") {
            promises |= matches!(line.trim_end(), "/// # Panics" | "/// # Errors");
        } else if let Some(function) = line.strip_prefix("pub fn ").or(line.strip_prefix("fn ")) {
            if promises {
                let name = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
                found.push(function[..function.find(name).unwrap_or(function.len())].to_owned());
            }
            promises = false;
        } else if !line.starts_with("#[") {
            promises = false;
        }
    }
    found
}
