//! What `cargo xtask test` found: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::clock;
use crate::facts::{Facts, LeftOut};

/// How a step ended.
pub(super) enum Outcome {
    /// It looked at something and found nothing wrong.
    Passed(Facts),
    /// It found something wrong, or looked at nothing; the error.
    Failed(String),
    /// It didn't run; the reason.
    Skipped(String),
}

/// A step that is over.
pub(super) struct Line {
    /// The step's name.
    pub(super) name: &'static str,
    /// How long it took.
    pub(super) time: Duration,
    /// How it ended.
    pub(super) outcome: Outcome,
}

/// All steps, and how long they took together.
pub(super) struct Summary {
    /// In the order in which they ran.
    pub(super) lines: Vec<Line>,
    /// From the first to the last.
    pub(super) time: Duration,
}

impl Outcome {
    /// What a step's own words come to: one that looked at nothing has not passed. If it names what it could not look at,
    /// it is skipped for these reasons, else it has failed.
    pub(super) fn of(facts: Facts) -> Result<Self> {
        if !facts.is_nothing() {
            return Ok(Outcome::Passed(facts));
        }
        match facts.left_out() {
            [] => bail!("nothing ran and nothing was compared"),
            left_out => Ok(Outcome::Skipped(left_out.iter().map(reason).collect::<Vec<_>>().join("; "))),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Outcome::Passed(_) => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Skipped(_) => "skipped",
        }
    }
}

fn reason(left_out: &LeftOut) -> String {
    format!("{}: {}", left_out.what, left_out.reason)
}

impl Summary {
    /// How many rows passed, failed and were skipped; what a step that passed had to leave out is skipped, too.
    pub(super) fn totals(&self) -> [usize; 3] {
        let count = |key| self.lines.iter().filter(|line| line.outcome.key() == key).count();
        [count("passed"), count("failed"), count("skipped") + self.left_out().count()]
    }

    /// Everything that was counted, in all steps that passed.
    fn sum(&self) -> Facts {
        let mut sum = Facts::default();
        for count in self.passed().flat_map(Facts::counts) {
            sum.add(count.kind, count.number as usize, count.what);
        }
        sum
    }

    fn passed(&self) -> impl Iterator<Item = &Facts> {
        self.lines.iter().filter_map(|line| match &line.outcome {
            Outcome::Passed(facts) => Some(facts),
            Outcome::Failed(_) | Outcome::Skipped(_) => None,
        })
    }

    fn left_out(&self) -> impl Iterator<Item = &LeftOut> {
        self.passed().flat_map(Facts::left_out)
    }

    /// A row for each step and for each thing that could not be looked at, and the closing line.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let mut row = |name: &str, time: &str, result: &str| {
            _ = writeln!(text, "{name:<24} {time:>12}  {result}");
        };
        row("step", "time", "result");
        for Line { name, time, outcome } in &self.lines {
            let time = clock::human(*time);
            match outcome {
                Outcome::Passed(facts) => {
                    row(name, &time, &format!("ok: {}", facts.text()));
                    facts.left_out().iter().for_each(|left| row("", "", &format!("skipped: {}", reason(left))));
                }
                Outcome::Failed(_) => row(name, &time, "FAILED: see above"),
                Outcome::Skipped(reason) => row(name, &time, &format!("skipped: {reason}")),
            }
        }
        row("in all", &clock::human(self.time), &self.sum().text());
        let [passed, failed, skipped] = self.totals();
        text + &format!("{passed} passed, {failed} failed, {skipped} skipped\n")
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let [passed, failed, skipped] = self.totals();
        json!({
            "steps": self.lines.iter().map(step).collect::<Vec<_>>(),
            "counts": counts(&self.sum()),
            "seconds": self.time.as_secs_f64(),
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
        })
    }
}

fn step(line: &Line) -> Value {
    let mut step = json!({
        "name": line.name,
        "result": line.outcome.key(),
        "seconds": line.time.as_secs_f64(),
    });
    match &line.outcome {
        Outcome::Passed(facts) => {
            step["counts"] = counts(facts);
            let left_out = facts.left_out().iter().map(|left| json!({"what": left.what, "reason": left.reason}));
            step["left_out"] = left_out.collect();
        }
        Outcome::Failed(error) => step["error"] = json!(error),
        Outcome::Skipped(reason) => step["reason"] = json!(reason),
    }
    step
}

fn counts(facts: &Facts) -> Value {
    let counts = facts.counts().iter();
    counts.map(|count| json!({"kind": count.kind.key(), "what": count.what, "number": count.number})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Kind;

    fn summary() -> Summary {
        let passed = Facts::ran(3, "rules").without("advisories", "no network");
        let outcomes = [
            ("a", Outcome::of(Facts::ran(2, "tests").and(Kind::PassedOver, 1, "tests")).unwrap()),
            ("b", Outcome::of(passed).unwrap()),
            ("c", Outcome::Failed("x".into())),
            ("d", Outcome::Skipped("--quick".into())),
            ("e", Outcome::of(Facts::ran(5, "tests")).unwrap()),
        ];
        let lines = outcomes.map(|(name, outcome)| Line { name, time: Duration::from_secs(1), outcome });
        Summary { lines: lines.into(), time: Duration::from_secs(200) }
    }

    #[test]
    fn a_step_that_looked_at_nothing_has_not_passed() {
        assert!(Outcome::of(Facts::default()).is_err());
        assert!(Outcome::of(Facts::ran(0, "tests").and(Kind::PassedOver, 4, "tests")).is_err());
        let outcome = Outcome::of(Facts::default().without("outputs", "by another kernel")).unwrap();
        assert!(matches!(outcome, Outcome::Skipped(reason) if reason == "outputs: by another kernel"));
    }

    #[test]
    fn the_table_adds_up() {
        let table = summary().table();
        let rows = [
            "b                               1.0 s  ok: 3 rules\n                                       skipped: advisories: no network\n",
            "c                               1.0 s  FAILED: see above\n",
            "in all                     3 min 20 s  7 tests, 1 test passed over, 3 rules\n",
            "3 passed, 1 failed, 2 skipped\n",
        ];
        assert!(rows.iter().all(|row| table.contains(row)) && table.ends_with(rows[3]), "{table}");
    }

    #[test]
    fn programs_read_the_same_numbers() {
        let json = summary().json();
        assert_eq!([&json["passed"], &json["failed"], &json["skipped"]], [&json!(3), &json!(1), &json!(2)]);
        assert_eq!(json["counts"][0], json!({"kind": "ran", "what": "tests", "number": 7}));
        assert_eq!(json["steps"][1]["left_out"], json!([{"what": "advisories", "reason": "no network"}]));
        assert_eq!(json["steps"][3], json!({"name": "d", "result": "skipped", "seconds": 1.0, "reason": "--quick"}));
    }
}
