//! What came of a trial.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Claim, Ledger, file};
use crate::{Error, Result, short};

/// What came of a trial: `result.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the program wrote as `value`; a training that diverged writes `null`.
    value: Option<f64>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Where it was ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pruned: Option<Pruned>,
    /// How many times the trial was begun; more than once if processes were killed.
    pub attempt: u32,
    /// How long the last attempt took.
    pub seconds: f64,
    /// What else the program wrote into its result.
    #[serde(flatten)]
    pub more: Map<String, Json>,
}

/// Where a trial was ended early.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pruned {
    step: u64,
    value: Option<f64>,
}

impl Outcome {
    pub(crate) fn failed(error: String) -> Self {
        Self { value: None, error: Some(error), pruned: None, attempt: 0, seconds: 0.0, more: Map::new() }
    }

    /// Of a trial that was ended at this step, when this was its value.
    pub(crate) fn pruned(step: u64, value: f64) -> Self {
        // Programs that know nothing of this take it for a failure.
        let error = format!("pruned at step {step}, last value {}", short(value));
        Self {
            pruned: Some(Pruned { step, value: Some(value).filter(|value| value.is_finite()) }),
            ..Self::failed(error)
        }
    }

    /// Whether it was ended early, because it was hopeless.
    #[must_use]
    pub fn is_pruned(&self) -> bool {
        self.pruned.is_some()
    }

    /// Whether it has no value, and wasn't ended early.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.error.is_some() && self.pruned.is_none()
    }

    /// The value, NaN for a training that diverged, or why there is none.
    ///
    /// # Errors
    /// If the trial failed or was ended early.
    pub fn value(&self) -> Result<f64, &str> {
        match &self.error {
            Some(error) => Err(error),
            None => Ok(self.value.unwrap_or(f64::NAN)),
        }
    }
}

/// Reads what a program wrote.
pub(crate) fn program_result(path: &Path) -> Result<Outcome> {
    let expected = "; it is to be {\"value\": 0.12}, or null for a training that diverged";
    let Some(bytes) = file::read(path)? else {
        return Ok(Outcome::failed(format!("the program ended well but wrote no result.json{expected}")));
    };
    let mut more: Map<String, Json> = match serde_json::from_slice(&bytes) {
        Ok(map) => map,
        Err(error) => return Ok(Outcome::failed(format!("result.json isn't a JSON object ({error}){expected}"))),
    };
    let value = match more.remove("value") {
        Some(Json::Null) => None,
        Some(Json::Number(number)) => number.as_f64(),
        _ => return Ok(Outcome::failed(format!("result.json has no number called `value`{expected}"))),
    };
    for ours in ["error", "pruned", "attempt", "seconds"] {
        more.remove(ours);
    }
    Ok(Outcome { value, error: None, pruned: None, attempt: 0, seconds: 0.0, more })
}

/// What became of an outcome.
#[derive(Debug)]
pub(crate) enum Published {
    /// It is the trial's.
    First(Outcome),
    /// Another attempt was faster, and this is what it found.
    Again(Outcome),
}

/// An attempt that ended when its trial was done already: `again/ID-2.json`.
#[derive(Debug, Serialize)]
struct Again<'a> {
    id: &'a str,
    equal: bool,
    first: &'a Outcome,
    again: &'a Outcome,
}

impl Ledger {
    /// Makes an outcome the trial's, and gives the claim back.
    pub(crate) fn publish(&self, claim: Claim, outcome: Outcome) -> Result<Published> {
        let outcome = Outcome { attempt: claim.attempt, ..outcome };
        if let Some(first) = self.outcome(&claim.id)?.filter(|first| !claim.replaces(first)) {
            if let Ok(value) = outcome.value() {
                let equal = first.value().is_ok_and(|first| first.to_bits() == value.to_bits());
                let folder = self.path.join("again");
                std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
                let again = Again { id: &claim.id, equal, first: &first, again: &outcome };
                file::write_json(&folder.join(format!("{}-{}.json", claim.id, claim.attempt)), &again)?;
            }
            claim.give_back(self)?;
            return Ok(Published::Again(first));
        }
        claim.keep_files(self)?;
        file::write_json(&self.folder(&claim.id).join("result.json"), &outcome)?;
        claim.close(self)?;
        Ok(Published::First(outcome))
    }

    /// How many attempts ended when their trial was done already, and trials of which they found another value.
    pub(crate) fn again(&self) -> Result<(usize, Vec<String>)> {
        #[derive(Deserialize)]
        struct Found {
            id: String,
            equal: bool,
        }
        let folder = self.path.join("again");
        let mut differ = Vec::new();
        let names = file::names(&folder)?;
        for name in &names {
            let bytes = file::read(&folder.join(name))?.unwrap_or_default();
            differ.extend(
                serde_json::from_slice::<Found>(&bytes).ok().filter(|again| !again.equal).map(|again| again.id),
            );
        }
        Ok((names.len(), differ))
    }
}
