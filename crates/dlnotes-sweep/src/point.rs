//! One trial of a sweep: its parameters and its seed.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Value;

/// Parameters by name.
#[derive(Clone, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Params(BTreeMap<String, Value>);

impl Params {
    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// `lr=0.1 wd=0`.
impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// A trial: parameters and a seed, and the name that follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The name of its folder: a hash of parameters and seed, the same in every sweep.
    pub id: String,
    /// Its parameters.
    pub params: Params,
    /// Its seed.
    pub seed: u64,
}

impl Point {
    /// The trial with these parameters and this seed.
    #[must_use]
    pub fn new(params: Params, seed: u64) -> Self {
        let mut hash = Sha256::new_with_prefix(format!("seed={seed}\n"));
        for (name, value) in params.iter() {
            hash.update(format!("{name}={value}\n"));
        }
        Self { id: hex(&hash.finalize()[..8]), params, seed }
    }

    /// What is appended to the command: `--lr 0.1 --seed 3`. Some parsers take `-1` for an option, so a value that
    /// begins with a minus sign is passed as `--x=-1`.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        for (name, value) in self.params.iter() {
            match value.to_string() {
                value if value.starts_with('-') => arguments.push(format!("--{name}={value}")),
                value => arguments.extend([format!("--{name}"), value]),
            }
        }
        arguments.extend(["--seed".to_owned(), self.seed.to_string()]);
        arguments
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect())
    }

    #[test]
    fn the_id_is_of_parameters_and_seed_alone() {
        let id = |pairs: &[(&str, &str)], seed| Point::new(params(pairs), seed).id;
        // Folders of last year's sweep are to be found again: this never changes.
        assert_eq!(id(&[("lr", "0.1"), ("opt", "sgd")], 3), "aa73595aa66ec800");
        assert_eq!(id(&[("lr", "0.1"), ("wd", "0")], 0), id(&[("wd", "0.0"), ("lr", "1e-1")], 0));
        assert_ne!(id(&[("lr", "0.1")], 0), id(&[("lr", "0.1")], 1));
        assert_ne!(id(&[("a", "1"), ("b", "2")], 0), id(&[("a", "2"), ("b", "1")], 0));
    }

    #[test]
    fn arguments_are_the_parameters_and_the_seed() {
        let point = Point::new(params(&[("lr", "1e-7"), ("opt", "sgd"), ("x", "-2")]), 4);
        assert_eq!(point.arguments(), ["--lr", "1e-7", "--opt", "sgd", "--x=-2", "--seed", "4"]);
    }
}
