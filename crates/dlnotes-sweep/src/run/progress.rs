//! How far a run is.

use std::time::Duration;

use crate::ledger::{Ledger, Outcome};

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// How many trials there are.
    pub total: usize,
    /// How many have a value.
    pub done: usize,
    /// How many have failed.
    pub failed: usize,
    /// How many were ended early, because they were hopeless.
    pub pruned: usize,
    /// How many are running here.
    pub running: usize,
    /// The best trial so far, by its index among the points, and its value.
    pub best: Option<(usize, f64)>,
    /// Since the run began.
    pub elapsed: Duration,
    /// Trials that had an outcome then.
    pub(super) before: usize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { total: 0, done: 0, failed: 0, pruned: 0, running: 0, best: None, elapsed: Duration::ZERO, before: 0 }
    }

    pub(crate) fn count(&mut self, ledger: &Ledger, index: usize, outcome: &Outcome) {
        let Ok(value) = outcome.value() else {
            match outcome.is_pruned() {
                true => self.pruned += 1,
                false => self.failed += 1,
            }
            return;
        };
        self.done += 1;
        let is_better = |best: f64| if ledger.maximize() { value > best } else { value < best };
        if !value.is_nan() && self.best.is_none_or(|(_, best)| is_better(best)) {
            self.best = Some((index, value));
        }
    }

    /// Trials without an outcome.
    #[must_use]
    pub fn open(&self) -> usize {
        self.total - self.ended()
    }

    /// Trials with one.
    pub(super) fn ended(&self) -> usize {
        self.done + self.failed + self.pruned
    }

    /// About how long the rest takes, at the pace of this run until now.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let ended = self.ended() - self.before;
        (ended > 0).then(|| self.elapsed.mul_f64(self.open() as f64 / ended as f64))
    }
}
