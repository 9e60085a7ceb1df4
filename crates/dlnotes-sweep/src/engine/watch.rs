//! Waits for trials that run elsewhere, by the ledger.

use std::thread;
use std::time::{Duration, Instant};

use super::{Job, Open};
use crate::run::LOOK;
use crate::{Ledger, Progress, Result, Stop};

/// How long the ledger is left alone; with more trials longer, so that looking takes a small part of the time.
const PAUSE: Duration = Duration::from_secs(1);

/// Waits until these trials have outcomes, the job is over, or `stop` is asked for.
pub(crate) fn watch(
    ledger: &Ledger,
    trials: &[Open],
    job: &mut dyn Job,
    stop: &Stop,
    mut hear: impl FnMut(&Progress),
) -> Result<Progress> {
    let begin = Instant::now();
    let mut progress = Progress::new();
    let mut open = trials.to_vec();
    progress.total = open.len();
    loop {
        // What ended before this answer is in the ledger when it is looked at next.
        let is_over = job.is_over()?;
        let look = Instant::now();
        let begun = ledger.begun()?;
        let mut still = Vec::new();
        for trial in open {
            let id = &ledger.points()[trial.index].id;
            let outcome = if begun.contains(id) { ledger.outcome(id)? } else { None };
            match outcome.filter(|outcome| trial.failed.is_none_or(|failed| outcome.attempt > failed)) {
                Some(outcome) => progress.count(ledger, trial.index, &outcome),
                None => still.push(trial),
            }
        }
        open = still;
        progress.elapsed = begin.elapsed();
        hear(&progress);
        if is_over || open.is_empty() || stop.is_asked() {
            return Ok(progress);
        }
        let until = Instant::now() + PAUSE.max(look.elapsed() * 20);
        while Instant::now() < until && !stop.is_asked() {
            thread::sleep(LOOK);
        }
    }
}
