//! What a Rust program calls to be a trial.

use std::any::type_name;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use crate::ledger::{CHECKPOINT, METRICS, file};
use crate::{Ending, Error, Value};

/// Names the folder where a trial writes.
pub(crate) const FOLDER: &str = "DLNOTES_SWEEP_TRIAL";

/// The parameters of the trial that this process is.
#[derive(Debug)]
pub struct Trial {
    params: BTreeMap<String, Given>,
    seed: Option<u64>,
    folder: Option<PathBuf>,
    /// Of a trial that was started by hand.
    checkpoint: PathBuf,
    metrics: RefCell<Option<File>>,
    wrong: OnceCell<String>,
}

/// A parameter's value, and how it was written.
#[derive(Debug)]
struct Given {
    value: Value,
    text: String,
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
/// A value that isn't finite is a training that diverged, and no failure. A panic is a failure, and so are an `Err` and an
/// argument that can't be read. When the process that started the trial dies, the trial ends: somebody else will try it again.
pub fn trial<E: Ending>(train: impl FnOnce(&Trial, u64) -> E) -> ExitCode {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    match run(std::env::args().skip(1), folder, train) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run<E: Ending>(
    arguments: impl Iterator<Item = String>,
    folder: Option<PathBuf>,
    train: impl FnOnce(&Trial, u64) -> E,
) -> Result<(), String> {
    let (params, seed) = read(arguments)?;
    if folder.is_some() {
        std::thread::spawn(end_with_runner);
    }
    let checkpoint = std::env::temp_dir().join(format!("dlnotes-sweep-{CHECKPOINT}-{}", *file::TOKEN));
    let trial = Trial { params, seed, folder, checkpoint, metrics: RefCell::default(), wrong: OnceCell::new() };
    let value = train(&trial, trial.seed()).value();
    // By hand there mostly is none.
    let _ = std::fs::remove_file(&trial.checkpoint);
    let value = value?;
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

/// `--name value`, `--name=value`, and a seed.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<(BTreeMap<String, Given>, Option<u64>), String> {
    let mut params = BTreeMap::new();
    let mut seed = None;
    while let Some(argument) = arguments.next() {
        let name = argument.strip_prefix("--").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| format!("`{argument}` isn't a parameter: write --name value"))?;
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (name, arguments.next().ok_or_else(|| format!("--{name} has no value: write --{name} 0.1"))?),
        };
        if name == "seed" {
            seed = Some(value.parse().map_err(|_| format!("`--seed {value}`: a seed is a whole number from 0"))?);
        } else {
            let given = Given { value: Value::from(value.as_str()), text: value };
            if params.insert(name.to_owned(), given).is_some() {
                return Err(format!("--{name} is there twice"));
            }
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

    /// The value of a parameter of any type, or `default` where it wasn't given. For a parameter called `seed` that is the
    /// trial's seed.
    ///
    /// ```
    /// # let _ = dlnotes_sweep::trial(|point, _| {
    /// let layers = point.or("layers", 2_usize)?;
    /// let optimizer = point.or("opt", "adam".to_owned())?;
    /// # assert_eq!((layers, optimizer.as_str()), (2, "adam"));
    /// # Ok::<f64, dlnotes_sweep::Error>(0.5) });
    /// ```
    ///
    /// # Errors
    /// If what was given can't be read as that type.
    pub fn or<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> crate::Result<T> {
        let (given, plain) = match (name, self.seed, self.params.get(name)) {
            ("seed", Some(seed), _) => (seed.to_string(), seed.to_string()),
            // 3.0 is a whole number, too.
            (_, _, Some(given)) => (given.text.clone(), given.value.to_string()),
            _ => return Ok(default),
        };
        given.parse().or_else(|_| plain.parse()).map_err(|error: T::Err| {
            let of = type_name::<T>().rsplit("::").next().unwrap_or_default();
            Error::Usage(format!("--{name} {given}: {error}; it is a {of}"))
        })
    }

    /// Whether all that was given is one of these, or the seed: for a program that has a default for each parameter, and
    /// wouldn't notice a misspelled one.
    ///
    /// ```
    /// # let _ = dlnotes_sweep::trial(|point, _| {
    /// point.takes(&["lr", "layers"])?;
    /// # Ok::<f64, dlnotes_sweep::Error>(0.5) });
    /// ```
    ///
    /// # Errors
    /// If something else was given.
    pub fn takes(&self, names: &[&str]) -> crate::Result<()> {
        match self.params.keys().find(|name| !names.contains(&name.as_str())) {
            Some(unknown) => {
                let known: Vec<String> = names.iter().map(|name| format!("--{name}")).collect();
                Err(Error::Usage(format!("there is no parameter --{unknown}; give {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Whether a parameter was given: for one with a default.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.params.contains_key(name)
    }

    /// Its seed; 0 where none was given.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(0)
    }

    /// The folder for what the trial leaves besides its value, such as a model; in a sweep all of it is kept. Started by
    /// hand: the current folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("."))
    }

    /// A file for the state of the training. An attempt that is killed or stopped leaves it to the next one, which finds it
    /// at its own path and goes on from it; so does every file in [`folder`](Self::folder) whose name begins with
    /// `checkpoint`. Write it beside and rename it, as `dlnotes` does: what is half written isn't whole later.
    ///
    /// ```
    /// # let _ = dlnotes_sweep::trial(|point, _| {
    /// let path = point.checkpoint();
    /// let begin: u64 = match std::fs::read_to_string(&path) {
    ///     Ok(text) => text.parse().unwrap(),      // an earlier attempt came so far
    ///     Err(_) => 0,
    /// };
    /// for epoch in begin..10 {
    ///     // … an epoch of training …
    ///     std::fs::write(path.with_extension("new"), (epoch + 1).to_string()).unwrap();
    ///     std::fs::rename(path.with_extension("new"), &path).unwrap();
    /// }
    /// # begin as f64 });
    /// ```
    ///
    /// Started by hand: a file that isn't there, and is removed at the end.
    #[must_use]
    pub fn checkpoint(&self) -> PathBuf {
        self.folder.as_deref().map_or_else(|| self.checkpoint.clone(), |folder| folder.join(CHECKPOINT))
    }

    /// Adds a line to `metrics.jsonl`, such as the validation loss after an epoch. Started by hand: prints it.
    pub fn report(&self, step: u64, value: f64) {
        let line = format!("{{\"step\":{step},\"value\":{}}}\n", file::json(&value));
        let Some(folder) = &self.folder else {
            print!("{line}");
            return;
        };
        let path = folder.join(METRICS);
        let mut metrics = self.metrics.borrow_mut();
        let appended = match metrics.as_mut() {
            Some(file) => file.write_all(line.as_bytes()),
            // An attempt that goes on from a checkpoint goes on here, too.
            None => File::options()
                .create(true)
                .append(true)
                .open(&path)
                .and_then(|file| metrics.insert(file).write_all(line.as_bytes())),
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
        let given_one = self.params.get(name).map(|given| &given.value);
        given_one.unwrap_or_else(|| panic!("--{name} wasn't given; what was given: {given}"))
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

    fn read(arguments: &[&str]) -> Result<Trial, String> {
        let (params, seed) = super::read(arguments.iter().map(|argument| (*argument).to_owned()))?;
        let (metrics, wrong) = (RefCell::default(), OnceCell::new());
        Ok(Trial { params, seed, folder: None, checkpoint: PathBuf::new(), metrics, wrong })
    }

    #[test]
    fn arguments_are_read_in_either_form() {
        let trial = read(&["--lr", "1e-4", "--x=-1", "--seed", "7", "--opt", "adam"]).unwrap();
        let params: Vec<String> = trial.params.iter().map(|(name, given)| format!("{name}={}", given.value)).collect();
        assert_eq!((params.join(" ").as_str(), trial.seed), ("lr=0.0001 opt=adam x=-1", Some(7)));
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

    #[test]
    fn a_value_is_read_as_the_type_of_its_default() {
        let trial =
            read(&["--lr", "0.1", "--n", "3.0", "--word", "007", "--on", "true", "--seed", "18446744073709551615"]);
        let trial = trial.unwrap();
        assert_eq!(trial.or("lr", 0.0_f32).unwrap().to_bits(), 0.1_f32.to_bits());
        assert_eq!((trial.or("n", 0_usize).unwrap(), trial.or("m", 5_i8).unwrap()), (3, 5));
        assert_eq!(trial.or("word", String::new()).unwrap(), "007");
        assert!(trial.or("on", false).unwrap());
        assert_eq!(trial.or("seed", 1_u64).unwrap(), u64::MAX);
        let wrong = |error: crate::Result<usize>| error.unwrap_err().to_string();
        assert_eq!(wrong(trial.or("lr", 1)), "--lr 0.1: invalid digit found in string; it is a usize");
        assert!(trial.takes(&["lr", "n", "word", "on"]).is_ok());
        let unknown = trial.takes(&["lr", "n", "word"]).unwrap_err().to_string();
        assert_eq!(unknown, "there is no parameter --on; give --lr, --n, --word");
    }
}
