//! What came of each trial.

use serde_json::json;

use super::table::line;
use crate::ledger::{Ledger, file};
use crate::{Outcome, Point, Result, Value};

/// A JSON object in a line for each trial that has an outcome.
///
/// # Errors
/// If a file can't be read.
pub fn trials_json_lines(ledger: &Ledger) -> Result<String> {
    let line = |(point, outcome): (&Point, Option<Outcome>)| {
        let outcome = outcome?;
        let object = json!({"id": point.id, "params": point.params, "seed": point.seed, "outcome": outcome});
        Some(file::json(&object) + "\n")
    };
    Ok(ledger.points().iter().zip(ledger.outcomes()?).filter_map(line).collect())
}

/// Comma-separated values, a line for each trial that has an outcome.
///
/// # Errors
/// If a file can't be read.
pub fn trials_csv(ledger: &Ledger) -> Result<String> {
    let names: Vec<&str> = ledger.names().collect();
    let columns = ["seed", "value", "error", "attempt", "seconds", "id"];
    let head = line(names.iter().chain(&columns).map(|name| (*name).to_owned()));
    let rows = ledger.points().iter().zip(ledger.outcomes()?).filter_map(|(point, outcome)| {
        let outcome = outcome?;
        let params = names.iter().map(|name| point.params.get(name).map(Value::to_string).unwrap_or_default());
        let value = outcome.value();
        let found = [
            point.seed.to_string(),
            value.map(|value| value.to_string()).unwrap_or_default(),
            value.err().unwrap_or_default().to_owned(),
            outcome.attempt.to_string(),
            outcome.seconds.to_string(),
            point.id.clone(),
        ];
        Some(line(params.chain(found)))
    });
    Ok(head + &rows.collect::<String>())
}
