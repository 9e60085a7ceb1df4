//! What a Rust program calls to be a trial.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Value;
use crate::ledger::file;

/// Names the folder where a trial writes.
pub(crate) const FOLDER: &str = "DLNOTES_SWEEP_TRIAL";

/// The parameters of the trial that this process is.
#[derive(Debug)]
pub struct Trial {
    params: BTreeMap<String, Value>,
    folder: Option<PathBuf>,
    metrics: RefCell<Option<File>>,
    wrong: OnceCell<String>,
}

/// Runs `train` as a trial: reads `--name value` and `--seed` from the command line, and writes what it returns to
/// `result.json`. Started by hand the same program prints the value instead.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     dlnotes_sweep::trial(|point, seed| {
///         let mut loss = 1.0 + seed as f64;
///         for epoch in 0..10 {
///             loss -= loss * point["lr"];
///             point.report(epoch, loss);      // a line of metrics.jsonl
///         }
///         loss
///     })
/// }
/// ```
///
/// A value that isn't finite is a training that diverged, and no failure. A panic is a failure, and so is an argument
/// that can't be read. When the process that started the trial dies, the trial ends: somebody else will try it again.
pub fn trial(train: impl FnOnce(&Trial, u64) -> f64) -> ExitCode {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    match run(std::env::args().skip(1), folder, train) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    arguments: impl Iterator<Item = String>,
    folder: Option<PathBuf>,
    train: impl FnOnce(&Trial, u64) -> f64,
) -> Result<(), String> {
    let (params, seed) = read(arguments)?;
    if folder.is_some() {
        std::thread::spawn(end_with_runner);
    }
    let trial = Trial { params, folder, metrics: RefCell::default(), wrong: OnceCell::new() };
    let value = train(&trial, seed);
    if let Some(wrong) = trial.wrong.into_inner() {
        return Err(wrong);
    }
    match trial.folder {
        // JSON has no NaN: it is written as null.
        Some(folder) => file::write_json(&folder.join("result.json"), &BTreeMap::from([("value", value)]))
            .map_err(|error| error.to_string()),
        None => {
            println!("{value}");
            Ok(())
        }
    }
}

/// The runner holds the other end of the standard input, and never writes.
fn end_with_runner() {
    let mut byte = [0];
    while let Ok(1..) = std::io::stdin().read(&mut byte) {}
    eprintln!("the process that started this trial has ended");
    std::process::exit(1);
}

/// `--name value`, `--name=value`, and a seed that is 0 where there is none.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<(BTreeMap<String, Value>, u64), String> {
    let mut params = BTreeMap::new();
    let mut seed = 0;
    while let Some(argument) = arguments.next() {
        let name = argument.strip_prefix("--").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| format!("`{argument}` isn't a parameter: write --name value"))?;
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (name, arguments.next().ok_or_else(|| format!("--{name} has no value: write --{name} 0.1"))?),
        };
        if name == "seed" {
            seed = value.parse().map_err(|_| format!("`--seed {value}`: a seed is a whole number from 0"))?;
        } else if params.insert(name.to_owned(), Value::from(value.as_str())).is_some() {
            return Err(format!("--{name} is there twice"));
        }
    }
    Ok((params, seed))
}

impl Trial {
    /// The value of a parameter that is a word.
    ///
    /// ```no_run
    /// # let _ = dlnotes_sweep::trial(|point, _| {
    /// let is_adam = point.text("opt") == "adam";      // --opt adam
    /// # f64::from(is_adam) });
    /// ```
    ///
    /// # Panics
    /// If the parameter wasn't given, or is a number.
    #[must_use]
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Value::Text(text) => text,
            Value::Number(number) => panic!("--{name} {number} is a number: read it as `point[\"{name}\"]`"),
        }
    }

    /// Whether a parameter was given: for one with a default.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.params.contains_key(name)
    }

    /// The folder for what the trial leaves besides its value, such as a model; in a sweep all of it is kept. Started by
    /// hand: the current folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("."))
    }

    /// Adds a line to `metrics.jsonl`, such as the validation loss after an epoch. Started by hand: prints it.
    pub fn report(&self, step: u64, value: f64) {
        let line = format!("{{\"step\":{step},\"value\":{}}}\n", file::json(&value));
        let Some(folder) = &self.folder else {
            print!("{line}");
            return;
        };
        let path = folder.join("metrics.jsonl");
        let mut metrics = self.metrics.borrow_mut();
        let appended = match metrics.as_mut() {
            Some(file) => file.write_all(line.as_bytes()),
            None => File::create(&path).and_then(|file| metrics.insert(file).write_all(line.as_bytes())),
        };
        if let Err(error) = appended {
            // Told at the end, when the trial fails by it: a training isn't the place.
            let _ = self.wrong.set(format!("{}: {error}; is the disk full?", path.display()));
        }
    }

    #[track_caller]
    fn value(&self, name: &str) -> &Value {
        let given: Vec<&str> = self.params.keys().map(String::as_str).collect();
        let given = if given.is_empty() { "none".to_owned() } else { given.join(", ") };
        self.params.get(name).unwrap_or_else(|| panic!("--{name} wasn't given; what was given: {given}"))
    }
}

/// `point["lr"]`: the value of a parameter that is a number.
///
/// # Panics
/// If the parameter wasn't given, or is a word.
impl Index<&str> for Trial {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        match self.value(name) {
            Value::Number(number) => number,
            Value::Text(text) => panic!("--{name} {text} isn't a number: read it as `point.text(\"{name}\")`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<(BTreeMap<String, Value>, u64), String> {
        super::read(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn arguments_are_read_in_either_form() {
        let (params, seed) = read(&["--lr", "1e-4", "--x=-1", "--seed", "7", "--opt", "adam"]).unwrap();
        let params: Vec<String> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!((params.join(" ").as_str(), seed), ("lr=0.0001 opt=adam x=-1", 7));
        for (arguments, told) in [
            (["lr", "1"], "isn't a parameter"),
            (["--", "1"], "isn't a parameter"),
            (["--lr=1", "--lr=2"], "twice"),
            (["--seed", "-1"], "whole number"),
            (["--x=1", "--lr"], "has no value"),
        ] {
            let error = read(&arguments).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
