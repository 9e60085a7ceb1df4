//! Who tries what. A claim is a file that only one can create; claim-2 takes over from a dead claim-1, so that of two
//! that both find it dead one is first.

use std::fs;
use std::path::{Path, PathBuf};

use super::metrics::{self, METRICS};
use super::runner::Life;
use super::{Ledger, Outcome, Peers, Runner, file};
use crate::point::Point;
use crate::{Error, Result};

/// How the names of files begin that the next attempt finds again.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// The right to try a trial, until it is closed or given back.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) id: String,
    /// The number in the claim's name.
    pub(crate) attempt: u32,
    /// The failure that is tried again, by the number of its attempt.
    retry: Option<u32>,
}

/// What came of the wish to try a trial.
#[derive(Debug)]
pub(crate) enum Taken {
    Claimed(Claim),
    /// It is done.
    Done(Outcome),
    /// Another runner tries it.
    Held,
}

impl Ledger {
    /// Claims a trial. `retry` is the attempt of a failure that is to be tried again.
    pub(crate) fn claim(&self, point: &Point, runner: &Runner, peers: &Peers, retry: Option<u32>) -> Result<Taken> {
        let folder = self.folder(&point.id);
        let before = self.outcome(&point.id)?;
        let mut claim = Claim { id: point.id.clone(), attempt: 1, retry };
        if let Some(outcome) = before {
            if !claim.replaces(&outcome) {
                return Ok(Taken::Done(outcome));
            }
            claim.attempt = outcome.attempt + 1;
        }
        let params = folder.join("params.json");
        if !params.exists() {
            fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
            file::write_json(&params, point)?;
        } else if let Some(last) = self.last_claim(&point.id)? {
            if peers.life(self, &folder.join(name(last)))? != Life::Dead {
                return Ok(Taken::Held);
            }
            claim.attempt = claim.attempt.max(last + 1);
        }
        if !claim.create(self, runner)? {
            return Ok(Taken::Held);
        }
        // It may have been done, and its claim closed, since the first look.
        if let Some(outcome) = self.outcome(&point.id)?.filter(|outcome| !claim.replaces(outcome)) {
            claim.give_back(self)?;
            return Ok(Taken::Done(outcome));
        }
        claim.take_checkpoint(self)?;
        Ok(Taken::Claimed(claim))
    }

    /// The number of the newest claim on a trial.
    pub(crate) fn last_claim(&self, id: &str) -> Result<Option<u32>> {
        let names = file::names(&self.folder(id))?;
        Ok(names.iter().filter_map(|name| name.strip_prefix("claim-")?.parse().ok()).max())
    }

    /// Whether a trial's newest claim is a living runner's.
    pub(crate) fn life(&self, id: &str, peers: &Peers) -> Result<Option<Life>> {
        let Some(last) = self.last_claim(id)? else { return Ok(None) };
        peers.life(self, &self.folder(id).join(name(last))).map(Some)
    }
}

/// Moves a checkpoint, if there is one: files and folders whose names begin so; and copies what was reported.
fn move_checkpoint(from: &Path, to: &Path) -> Result<bool> {
    let names = file::names(from)?;
    let is_checkpoint = |name: &&String| name.starts_with(CHECKPOINT);
    if !names.iter().any(|name| is_checkpoint(&name)) {
        return Ok(false);
    }
    // What was reported comes first: where a checkpoint is, it is, too. A program that still runs may go on writing to it.
    if let Some(reported) = file::read(&from.join(METRICS))? {
        file::write(&to.join(METRICS), metrics::whole_lines(&reported))?;
    }
    for name in names.iter().filter(is_checkpoint) {
        let new = to.join(name);
        if new.is_dir() {
            file::remove_folder(&new)?;
        }
        fs::rename(from.join(name), &new).map_err(Error::file(&new))?;
    }
    Ok(true)
}

fn name(attempt: u32) -> String {
    format!("claim-{attempt}")
}

impl Claim {
    /// Where the program writes.
    pub(crate) fn folder(&self, ledger: &Ledger) -> PathBuf {
        ledger.folder(&self.id).join(format!("attempt-{}", self.attempt))
    }

    /// Whether `outcome` is the failure that is tried again.
    pub(crate) fn replaces(&self, outcome: &Outcome) -> bool {
        outcome.has_failed() && self.retry == Some(outcome.attempt)
    }

    /// Whether it was the first to ask for this attempt.
    fn create(&self, ledger: &Ledger, runner: &Runner) -> Result<bool> {
        let path = ledger.folder(&self.id).join(name(self.attempt));
        if !file::create(&path, runner.name.as_bytes())? {
            return Ok(false);
        }
        let folder = self.folder(ledger);
        let made = file::remove_folder(&folder).and_then(|()| fs::create_dir(&folder).map_err(Error::file(&folder)));
        if made.is_err() {
            // The first error is the one to be told.
            let _ = fs::remove_file(&path);
        }
        made.map(|()| true)
    }

    /// The next attempt of the same runner, unless another has taken over.
    pub(crate) fn next(self, ledger: &Ledger, runner: &Runner) -> Result<Option<Self>> {
        let next = Self { id: self.id.clone(), attempt: self.attempt + 1, retry: self.retry };
        if !next.create(ledger, runner)? {
            return Ok(None);
        }
        next.take_checkpoint(ledger)?;
        Ok(Some(next))
    }

    /// Puts the newest checkpoint of an earlier attempt where the program finds it, with what that one had reported. A
    /// failure that is tried again begins from the start: its checkpoint may be why it failed.
    fn take_checkpoint(&self, ledger: &Ledger) -> Result<()> {
        let first = self.retry.map_or(0, |failed| failed + 1);
        for attempt in (first..self.attempt).rev() {
            let from = match attempt {
                // Where one that was stopped has left it.
                0 => ledger.folder(&self.id),
                attempt => Self { id: self.id.clone(), attempt, retry: self.retry }.folder(ledger),
            };
            if move_checkpoint(&from, &self.folder(ledger))? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Puts what the program left into the trial's folder.
    pub(super) fn keep_files(&self, ledger: &Ledger) -> Result<()> {
        let (from, to) = (self.folder(ledger), ledger.folder(&self.id));
        for name in file::names(&from)? {
            // The program's own result becomes part of ours.
            if ["result.json", "params.json"].contains(&name.as_str()) {
                continue;
            }
            let (old, new) = (from.join(&name), to.join(&name));
            let is_log = ["stdout.txt", "stderr.txt"].contains(&name.as_str());
            if is_log && old.metadata().is_ok_and(|metadata| metadata.len() == 0) {
                continue;
            }
            if new.is_dir() {
                file::remove_folder(&new)?;
            }
            fs::rename(&old, &new).map_err(Error::file(&new))?;
        }
        Ok(())
    }

    /// Takes back the claim of a trial that was stopped, and keeps its checkpoint for the next attempt.
    pub(crate) fn stop(self, ledger: &Ledger) -> Result<()> {
        if self.retry.is_none() {
            move_checkpoint(&self.folder(ledger), &ledger.folder(&self.id))?;
        }
        self.give_back(ledger)
    }

    /// Takes back the claim of a trial that isn't done.
    pub(crate) fn give_back(self, ledger: &Ledger) -> Result<()> {
        file::remove_folder(&self.folder(ledger))?;
        file::remove(&ledger.folder(&self.id).join(name(self.attempt)))
    }

    /// Removes the claims of a trial that is done, also those that were taken over.
    pub(super) fn close(mut self, ledger: &Ledger) -> Result<()> {
        let first = self.retry.map_or(1, |failed| failed + 1);
        for attempt in (first..=self.attempt).rev() {
            self.attempt = attempt;
            file::remove_folder(&self.folder(ledger))?;
            file::remove(&ledger.folder(&self.id).join(name(attempt)))?;
        }
        Ok(())
    }
}
