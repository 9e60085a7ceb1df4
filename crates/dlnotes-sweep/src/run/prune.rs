//! Ends trials that are hopeless.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::stop::GRACE;
use crate::ledger::{Ledger, METRICS, Reported};
use crate::prune::{Finished, Median};
use crate::{Outcome, Result};

/// Reads what the trials of this runner report, and ends those that are hopeless.
#[derive(Debug)]
pub(super) struct Pruner {
    rule: Median,
    running: Mutex<BTreeMap<i32, Running>>,
    others: Mutex<Others>,
}

#[derive(Debug)]
struct Running {
    metrics: PathBuf,
    reported: Reported,
    ended: Option<Ended>,
}

/// A trial that was told to end: at which step, with what value, and when.
#[derive(Clone, Copy, Debug)]
struct Ended {
    step: u64,
    value: f64,
    at: Instant,
}

/// The trials that are done, whoever has run them.
#[derive(Debug, Default)]
struct Others {
    finished: Finished,
    known: BTreeSet<String>,
    /// Looking takes long where there are many: it is done a tenth of the time at most.
    next: Option<Instant>,
}

impl Pruner {
    pub(super) fn new(rule: Median) -> Self {
        Self { rule, running: Mutex::default(), others: Mutex::default() }
    }

    /// To be called when a trial has begun that writes to `folder`.
    pub(super) fn begins(&self, group: Pid, folder: &Path) {
        let metrics = folder.join(METRICS);
        self.running().insert(group.as_raw_pid(), Running { metrics, reported: Reported::default(), ended: None });
    }

    /// To be called before a trial that has ended is waited for, so that its number can't be another's: what came of it
    /// if it was told to.
    pub(super) fn ended(&self, group: Pid) -> Option<Outcome> {
        let Ended { step, value, .. } = self.running().remove(&group.as_raw_pid())?.ended?;
        Some(Outcome::pruned(step, value))
    }

    /// Looks at all of them.
    pub(super) fn look(&self, ledger: &Ledger) -> Result<()> {
        let mut news = Vec::new();
        for (group, trial) in self.running().iter_mut() {
            let has_news = trial.reported.go_on(&trial.metrics)?;
            match trial.ended {
                Some(ended) if ended.at.elapsed() > GRACE => send(*group, Signal::KILL),
                Some(_) => {}
                None if has_news => news.push(*group),
                None => {}
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let others = self.others(ledger)?;
        let mut running = self.running();
        for group in news {
            let Some(trial) = running.get_mut(&group) else { continue };
            let judged = self.rule.judge(&trial.reported.curve, &others.finished, ledger.maximize());
            if let Some((step, value)) = judged {
                trial.ended = Some(Ended { step, value, at: Instant::now() });
                send(group, Signal::TERM);
            }
        }
        Ok(())
    }

    fn others(&self, ledger: &Ledger) -> Result<MutexGuard<'_, Others>> {
        let mut others = self.others.lock().expect("nothing panics while it holds the lock");
        if others.next.is_some_and(|next| Instant::now() < next) {
            return Ok(others);
        }
        let begin = Instant::now();
        for id in ledger.begun()? {
            if others.known.contains(&id) {
                continue;
            }
            let Some(outcome) = ledger.outcome(&id)? else { continue };
            if outcome.value().is_ok() {
                others.finished.add(&Reported::read(&ledger.folder(&id).join(METRICS))?.curve);
            }
            // A failure may be tried again.
            if !outcome.has_failed() {
                others.known.insert(id);
            }
        }
        let took = begin.elapsed();
        others.next = (took > Duration::from_millis(10)).then(|| Instant::now() + 10 * took);
        Ok(others)
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<i32, Running>> {
        self.running.lock().expect("nothing panics while it holds the lock")
    }
}

fn send(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // One that has ended needs no signal.
        let _ = kill_process_group(group, signal);
    }
}
