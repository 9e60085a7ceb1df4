//! Running a cell that compiled, and keeping what it leaves.

use std::collections::BTreeSet;
use std::time::Duration;

use super::build::owned_words;
use super::items::From;
use super::statements::Compiled;
use super::variables::{self, Variable};
use super::{Cell, Session, failures};
use crate::cell::Split;
use crate::failure::{Failure, Gone, Loss};
use crate::generate::How;
use crate::host::{Ending, Ran, Trouble};

impl Session {
    pub(super) fn run(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        compiled: &Compiled,
    ) -> Result<Duration, Failure> {
        let slots: Vec<usize> =
            compiled.taken.iter().filter_map(|taken| self.variables.get(&taken.name)).map(|v| v.slot).collect();
        let has_value = split.value.is_some();
        let ran = match self.host()?.run(&compiled.unit.library(), &slots, has_value) {
            Ok(ran) => ran,
            Err(Trouble::Load(what)) => {
                return Err(Failure::new("KernelError", format!("the cell could not be loaded: {what}")));
            }
            Err(Trouble::Died(died)) => {
                let mut lost = self.restart(cell.count, &Loss::Died);
                lost.extend(compiled.kept.iter().filter(|name| !lost.contains(name)).cloned().collect::<Vec<_>>());
                return Err(failures::of_death(&died, &lost));
            }
        };
        self.keep(cell, code, split, compiled, &ran);
        self.keep_panels(cell, &compiled.unit.sources, &ran);
        match &ran.ending {
            Ending::Completed => Ok(ran.time),
            ending => {
                let mut lost: Vec<String> = compiled.kept.clone();
                lost.extend(compiled.left_out.iter().map(|(name, _)| name.clone()));
                lost.extend(compiled.taken.iter().filter(|taken| !taken.back).map(|taken| taken.name.clone()));
                lost.retain(|name| !self.variables.contains_key(name));
                lost.sort();
                lost.dedup();
                let sources = self.with_older(&compiled.unit.sources);
                Err(failures::of_ending(&sources, ending, &lost))
            }
        }
    }

    /// What the cell left, and what it took for good.
    fn keep(&mut self, cell: &Cell<'_>, code: &str, split: &Split, compiled: &Compiled, ran: &Ran) {
        let completed = ran.ending == Ending::Completed;
        let gone = |why: Loss| Gone { cell: cell.count, why };
        // What was found out of them while the cell was compiled.
        for taken in &compiled.taken {
            if let Some(variable) = self.variables.get_mut(&taken.name) {
                variable.how = taken.how.clone();
            }
        }
        for taken in compiled.taken.iter().filter(|taken| !taken.back) {
            self.variables.remove(&taken.name);
            self.gone.insert(taken.name.clone(), gone(Loss::Moved));
        }
        for (name, loss) in &compiled.left_out {
            if !self.variables.contains_key(name) {
                self.gone.insert(name.clone(), gone(loss.clone()));
            }
        }
        if !completed {
            for name in compiled.kept.iter().filter(|name| !self.variables.contains_key(*name)) {
                self.gone.insert(name.clone(), gone(Loss::Failed));
            }
        }
        let replays: Vec<String> = ran.kept.iter().map(|kept| self.replay(&kept.name, code, split, compiled)).collect();
        let unknown = |session: &Self| {
            ran.kept
                .iter()
                .zip(&replays)
                .any(|(kept, replay)| variables::how(kept, replay, &session.paths, &session.items).is_none())
        };
        if unknown(self) {
            match self.build.middle(&compiled.unit, &self.watch) {
                Ok(middle) => {
                    let kept = ran.kept.iter().map(|kept| (kept.name.as_str(), kept.type_name.as_str()));
                    self.paths.learn(&middle, kept);
                }
                Err(error) => log::warn!("types could not be looked up: {error}"),
            }
        }
        let mut replaced = Vec::new();
        for (kept, replay) in ran.kept.iter().zip(replays) {
            let how = variables::how(kept, &replay, &self.paths, &self.items);
            let mutable = split.variables().iter().any(|name| name.name == kept.name && name.mutable);
            let variable = Variable {
                slot: kept.slot,
                mutable,
                type_name: kept.type_name.clone(),
                how: how.unwrap_or_else(|| How::Replay(replay.clone())),
                replay,
            };
            replaced.extend(self.variables.insert(kept.name.clone(), variable).map(|old| old.slot));
            self.gone.remove(&kept.name);
        }
        if let (false, Some(host)) = (replaced.is_empty(), self.host.as_mut()) {
            // If the process has ended, the next cell says so.
            let _ = host.drop_values(&replaced);
        }
    }

    /// The code up to the `let` that defines `name`, as a closure whose result has the variable's type.
    fn replay(&self, name: &str, code: &str, split: &Split, compiled: &Compiled) -> String {
        let end = split.lets.iter().rev().find(|l| l.names.iter().any(|n| n.name == name)).map_or(0, |l| l.range.end);
        let mut text = String::new();
        let mut at = 0;
        for item in split.items.iter().map(|item| &item.range).chain(split.uses.iter().map(|(range, _)| range)) {
            if item.end <= end && item.start >= at {
                text += &code[at..item.start];
                at = item.end;
            }
        }
        text += &code[at..end];
        let words = owned_words(&text);
        let stand_ins: String = compiled
            .taken
            .iter()
            .filter(|taken| words.contains(&taken.name))
            .map(|taken| variables::stand_in(&taken.name, &taken.how))
            .collect();
        let uses = self.imports.lines(&BTreeSet::new());
        let items = self.items.uses(&words, From { krate: None, module: None, hidden: &BTreeSet::new() });
        let uses = items.into_iter().chain(uses).collect::<String>();
        let left = "::dlnotes_display::cell::Left";
        match split.awaits {
            false => format!("|| {{ {uses} {stand_ins}\n{text}\n::std::result::Result::<_, {left}>::Ok({name}) }}"),
            true => format!(
                "|| {{ {uses} {stand_ins} ::dlnotes_runtime::block_on(async {{\n{text}\n\
                 ::std::result::Result::<_, {left}>::Ok({name}) }}) }}"
            ),
        }
    }
}
