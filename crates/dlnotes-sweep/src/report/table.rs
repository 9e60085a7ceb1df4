//! What came of each setting: the mean over its seeds.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, json};

use crate::ledger::Ledger;
use crate::{Error, Params, Result, Value};

/// A setting with what came of its trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The setting.
    pub params: Params,
    /// Values by seed, of the trials that are done.
    pub values: Vec<(u64, f64)>,
    /// How many of its trials have failed.
    pub failed: usize,
    /// How many were ended early.
    pub pruned: usize,
    /// How many it has.
    pub seeds: usize,
}

/// What the rows are ordered by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best mean first. Settings without one, and those that diverged, come last.
    #[default]
    Best,
    /// The order in which they were planned.
    Planned,
    /// By a parameter, then by the order in which they were planned.
    Parameter(String),
}

/// All settings of a sweep.
///
/// ```
/// # use dlnotes_sweep::{Ledger, Options, Plan, Space, Stop, run};
/// use dlnotes_sweep::{Sort, Table};
/// # let folder = tempfile::tempdir()?;
/// # let script = r#"echo "{\"value\": $4}" > $DLNOTES_SWEEP_TRIAL/result.json"#;
/// # let plan = Plan {
/// #     command: ["sh", "-c", script, "sh"].map(String::from).to_vec(),
/// #     space: Space { axes: vec!["lr=0.1,0.01".parse()?], seeds: 3, ..Space::default() },
/// #     maximize: false,
/// #     prune: None,
/// # };
/// # let ledger = Ledger::plan(&folder.path().join("a"), &plan)?;
/// # run(&ledger, &Options { jobs: 2, ..Options::default() }, &Stop::default(), |_| {})?;
/// // Two settings with three seeds, whose values were 0, 1 and 2.
/// let table = Table::new(&ledger, &Sort::Parameter("lr".into()))?;
/// assert_eq!((table.rows()[0].mean(), table.rows()[0].sd()), (Some(1.0), Some(1.0)));
/// assert_eq!(table.to_string(), "lr    value  ±  seeds\n0.01      1  1      3\n0.1       1  1      3\n");
/// assert_eq!(table.csv(), "lr,mean,sd,done,failed,pruned,seeds\n0.01,1,1,3,0,0,3\n0.1,1,1,3,0,0,3\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<Row>,
}

impl Row {
    /// The mean of the values; NaN if a training diverged.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let sum: f64 = self.values.iter().map(|(_, value)| value).sum();
        (!self.values.is_empty()).then(|| sum / self.values.len() as f64)
    }

    /// The values' standard deviation, with n − 1 below; of one value there is none.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        let mean = self.mean()?;
        let sum: f64 = self.values.iter().map(|(_, value)| (value - mean).powi(2)).sum();
        (self.values.len() > 1).then(|| (sum / (self.values.len() - 1) as f64).sqrt())
    }

    /// `2 of 5, 1 failed, 2 pruned`.
    fn told(&self) -> String {
        let mut text = format!("{} of {}", self.values.len(), self.seeds);
        for (count, what) in [(self.failed, "failed"), (self.pruned, "pruned")] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        text
    }

    /// Whether each of its trials has a value.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.values.len() == self.seeds
    }
}

impl Table {
    /// The table of what is done by now.
    ///
    /// # Errors
    /// If a file can't be read, or no parameter has the name to sort by.
    pub fn new(ledger: &Ledger, sort: &Sort) -> Result<Self> {
        let names: Vec<String> = ledger.names().map(str::to_owned).collect();
        let mut rows: Vec<Row> = Vec::new();
        let mut places = HashMap::new();
        for (point, outcome) in ledger.points().iter().zip(ledger.outcomes()?) {
            let place = *places.entry(point.params.to_string()).or_insert_with(|| {
                rows.push(Row { params: point.params.clone(), values: Vec::new(), failed: 0, pruned: 0, seeds: 0 });
                rows.len() - 1
            });
            let row = &mut rows[place];
            row.seeds += 1;
            let Some(outcome) = outcome else { continue };
            match outcome.value() {
                Ok(value) => row.values.push((point.seed, value)),
                Err(_) if outcome.is_pruned() => row.pruned += 1,
                Err(_) => row.failed += 1,
            }
        }
        match sort {
            Sort::Planned => {}
            Sort::Best => rows.sort_by(|a, b| better(a.mean(), b.mean(), ledger.maximize())),
            Sort::Parameter(name) if names.contains(name) => rows.sort_by(|a, b| {
                a.params.get(name).partial_cmp(&b.params.get(name)).expect("numbers of a space are finite")
            }),
            Sort::Parameter(name) => {
                let message = format!("`{name}` isn't something to sort by; give best, planned, {}", names.join(", "));
                return Err(Error::Usage(message));
            }
        }
        Ok(Self { names, rows })
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Its first rows.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.rows.truncate(count);
        self
    }

    /// The best setting, of those whose trials all have a value.
    #[must_use]
    pub fn best(&self, maximize: bool) -> Option<&Row> {
        let complete = self.rows.iter().filter(|row| row.is_complete());
        complete.min_by(|a, b| better(a.mean(), b.mean(), maximize))
    }

    /// Comma-separated values, a line for each setting.
    #[must_use]
    pub fn csv(&self) -> String {
        let columns = ["mean", "sd", "done", "failed", "pruned", "seeds"].map(str::to_owned);
        let head = line(self.names.iter().cloned().chain(columns));
        let rows = self.rows.iter().map(|row| {
            let numbers = [row.mean(), row.sd()].map(|x| x.map_or_else(String::new, |x| x.to_string()));
            let counts = [row.values.len(), row.failed, row.pruned, row.seeds].map(|count| count.to_string());
            line(self.values(row).chain(numbers).chain(counts))
        });
        head + &rows.collect::<String>()
    }

    /// A JSON object in a line for each setting.
    #[must_use]
    pub fn json_lines(&self) -> String {
        let row = |row: &Row| {
            let values: Map<_, _> = row.values.iter().map(|(seed, value)| (seed.to_string(), json!(value))).collect();
            let (mean, sd) = (row.mean(), row.sd());
            let object = json!({
                "params": row.params, "mean": mean, "sd": sd, "values": values, "failed": row.failed, "pruned": row.pruned,
                "seeds": row.seeds,
            });
            object.to_string() + "\n"
        };
        self.rows.iter().map(row).collect()
    }

    fn values(&self, row: &Row) -> impl Iterator<Item = String> {
        self.names.iter().map(|name| row.params.get(name).map(Value::to_string).unwrap_or_default())
    }
}

/// A line of comma-separated values; quoted where RFC 4180 wants it.
pub(super) fn line(fields: impl Iterator<Item = String>) -> String {
    let quoted = fields.map(|field| match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

fn better(a: Option<f64>, b: Option<f64>, maximize: bool) -> Ordering {
    let key = |x: Option<f64>| match x {
        Some(x) if !x.is_nan() => (0, if maximize { -x } else { x }),
        Some(_) => (1, 0.0),
        None => (2, 0.0),
    };
    let (a, b) = (key(a), key(b));
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// Columns side by side.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let head = self.names.iter().map(String::as_str).chain(["value", "±", "seeds"]).map(str::to_owned);
        let row = |row: &Row| {
            let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), short);
            let seeds = if row.is_complete() { row.seeds.to_string() } else { row.told() };
            self.values(row).chain([number(row.mean()), number(row.sd()), seeds]).collect()
        };
        let lines: Vec<Vec<String>> = std::iter::once(head.collect()).chain(self.rows.iter().map(row)).collect();
        let widths: Vec<usize> = (0..self.names.len() + 3)
            .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
            .collect();
        for line in &lines {
            let cell = |(column, text): (usize, &String)| {
                let width = widths[column];
                if column < self.names.len() { format!("{text:<width$}") } else { format!("{text:>width$}") }
            };
            let cells: Vec<String> = line.iter().enumerate().map(cell).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// A number in four significant digits.
///
/// ```
/// assert_eq!(dlnotes_sweep::short(0.123456), "0.1235");
/// ```
#[must_use]
pub fn short(x: f64) -> String {
    match Value::from(format!("{x:.3e}").as_str()) {
        Value::Number(rounded) => Value::Number(rounded).to_string(),
        Value::Text(_) => x.to_string(),
    }
}

/// How many, with the noun's plural unless it is one: `1 seed`, `2 seeds`.
pub(crate) fn counted(count: impl ToString, noun: &str) -> String {
    let count = count.to_string();
    format!("{count} {noun}{}", if count == "1" { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_what_has_no_number_last() {
        let sorted = |maximize| {
            let mut values = [None, Some(f64::NAN), Some(2.0), Some(-1.0)];
            values.sort_by(|a, b| better(*a, *b, maximize));
            values.map(|value| value.map(|value| value.to_string()))
        };
        let text = |values: [&str; 3]| [Some(values[0].into()), Some(values[1].into()), Some(values[2].into()), None];
        assert_eq!(sorted(false), text(["-1", "2", "NaN"]));
        assert_eq!(sorted(true), text(["2", "-1", "NaN"]));
    }

    #[test]
    fn fields_are_quoted_where_they_have_to_be() {
        let fields = ["plain", "a,b", "say \"x\"", "two\nlines"].map(str::to_owned);
        assert_eq!(line(fields.into_iter()), "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.123456, 1234567.0, 3e-9, -2.0].map(short), ["0.1235", "1235000", "3e-9", "-2"]);
        assert_eq!(short(f64::NAN), "NaN");
    }
}
