//! How far a sweep is.

use std::fmt;
use std::time::Duration;

use super::counted;
use crate::ledger::{Ledger, Life, Peers};
use crate::{Point, Result};

/// How far a sweep is. [`run`](crate::run) has an example that makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Trials in all.
    pub total: usize,
    /// Those that have a value.
    pub done: usize,
    /// Those that have failed, with the reason.
    pub failed: Vec<(Point, String)>,
    /// Those that were ended early, because they were hopeless.
    pub pruned: usize,
    /// Those that a runner is working on, as far as can be told: of a runner on another machine only time tells whether
    /// it still lives.
    pub running: usize,
    /// Those that were begun by a runner that is dead; the next `run` takes them over.
    pub interrupted: usize,
    /// Those that were begun more than once.
    pub begun_again: usize,
    /// Attempts that ended when their trial was done already.
    pub ended_again: usize,
    /// Trials of which such an attempt found another value.
    pub differ: Vec<String>,
    /// What the trials took, added up.
    pub seconds: f64,
}

impl Status {
    /// Looks at every trial.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn new(ledger: &Ledger) -> Result<Self> {
        let (ended_again, differ) = ledger.again()?;
        let mut status = Self {
            total: ledger.planned(),
            done: 0,
            failed: Vec::new(),
            pruned: 0,
            running: 0,
            interrupted: 0,
            begun_again: 0,
            ended_again,
            differ,
            seconds: 0.0,
        };
        let begun = ledger.begun()?;
        // One look tells nothing about a runner elsewhere.
        let peers = Peers::new(Duration::MAX);
        for point in ledger.points().iter().filter(|point| begun.contains(&point.id)) {
            let Some(outcome) = ledger.outcome(&point.id)? else {
                match ledger.life(&point.id, &peers)? {
                    Some(Life::Dead) => status.interrupted += 1,
                    Some(_) => status.running += 1,
                    None => {}
                }
                continue;
            };
            status.seconds += outcome.seconds;
            status.begun_again += usize::from(outcome.attempt > 1);
            match outcome.value() {
                Ok(_) => status.done += 1,
                Err(_) if outcome.is_pruned() => status.pruned += 1,
                Err(error) => status.failed.push((point.clone(), error.to_owned())),
            }
        }
        Ok(status)
    }

    /// Trials that nobody has begun.
    #[must_use]
    pub fn open(&self) -> usize {
        self.total - self.done - self.failed.len() - self.pruned - self.running - self.interrupted
    }

    /// Trials that have an outcome.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.done + self.failed.len() + self.pruned
    }

    /// How far it is, in a line.
    #[must_use]
    pub fn line(&self) -> String {
        let are = if self.total == 1 { "is" } else { "are" };
        let mut text = format!("{} of {} {are} done", self.done, counted(self.total, "trial"));
        for (count, what) in [
            (self.failed.len(), "failed"),
            (self.pruned, "pruned"),
            (self.running, "running"),
            (self.interrupted, "interrupted"),
            (self.open(), "open"),
        ] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        if self.ended() > 0 {
            text += &format!("; {:.3} s a trial", self.seconds / self.ended() as f64);
        }
        text
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.line())?;
        if self.begun_again > 0 {
            write!(
                f,
                "\nbegun more than once: {} (something was killed, or failed and was tried again)",
                self.begun_again
            )?;
        }
        if self.ended_again > 0 {
            write!(f, "\nended more than once: {}, each counted once", self.ended_again)?;
            match self.differ.as_slice() {
                [] => write!(f, ", with equal results")?,
                ids => write!(f, "; other results for {}: a trial should depend on its seed alone", ids.join(", "))?,
            }
        }
        for (point, error) in &self.failed {
            write!(f, "\nfailed: {} seed={} ({}): {error}", point.params, point.seed, point.id)?;
        }
        Ok(())
    }
}
