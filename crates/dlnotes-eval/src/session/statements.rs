//! A cell's statements: compiled, with the session's variables and items at hand.

use std::collections::BTreeSet;

use super::blame::Blamed;
use super::build::{Unit, owned_words, remove};
use super::items::From;
use super::stage::Staged;
use super::{Cell, Session, failures, variables};
use crate::cell::{Split, words};
use crate::failure::{Failure, Loss, Why, moved_or_borrowed};
use crate::generate::{Body, How, Taken};

/// How often a cell is compiled again without something that can't be kept.
const ATTEMPTS: usize = 12;

/// A cell's statements, compiled.
pub(super) struct Compiled {
    pub(super) unit: Unit,
    pub(super) taken: Vec<Taken>,
    pub(super) kept: Vec<String>,
    /// Variables that the cell defines and that are not kept.
    pub(super) left_out: Vec<(String, Loss)>,
}

impl Session {
    /// The declarations that code which mentions these words needs.
    fn uses(&self, code: &str, split: &Split, staged: &Staged) -> Vec<String> {
        // What the cell imports itself stands in its text.
        let hidden: BTreeSet<String> =
            split.uses.iter().flat_map(|(_, imports)| imports).filter_map(|import| import.name.clone()).collect();
        let mut mentioned = owned_words(code);
        mentioned.extend(staged.imports.words());
        let items = staged.items.uses(&mentioned, From { krate: None, module: None, hidden: &hidden });
        items.into_iter().chain(staged.imports.lines(&hidden)).collect()
    }

    pub(super) fn statements(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        staged: &mut Staged,
    ) -> Result<Compiled, Failure> {
        let changed = variables::with_changed_type(&self.variables, &staged.change.changed);
        let mut renewed = self.variables.clone();
        variables::renew(&mut renewed, &staged.change);
        let words = owned_words(code);
        let mut taken: Vec<Taken> = renewed
            .iter()
            .filter(|(name, _)| words.contains(*name) && !changed.contains_key(*name) && !is_new(name, code, split))
            .map(|(name, variable)| Taken {
                name: name.clone(),
                mutable: variable.mutable,
                how: variable.how.clone(),
                back: true,
            })
            .collect();
        let mut kept: Vec<String> =
            split.variables().iter().map(|name| name.name.clone()).filter(|n| n != "_").collect();
        let runtimes: Vec<String> = self.build.libraries().runtimes.iter().map(|(name, _)| name.clone()).collect();
        let (mut left_out, mut shows, mut borrowed) = (Vec::new(), true, None);
        for _ in 0..ATTEMPTS {
            let uses = self.uses(code, split, staged);
            let body = Body {
                cell: cell.code,
                code,
                count: cell.count,
                split,
                uses: &uses,
                taken: &taken,
                kept: &kept,
                runtimes: &runtimes,
                shows,
            };
            let watch = self.watch.clone();
            let unit = self.build.body(&body, &watch);
            let unit = unit.map_err(|error| failures::of_rustc(&error, &self.work))?;
            self.compiler_failed(&unit)?;
            if unit.compiled.is_ok() && borrowed.is_none() {
                return Ok(Compiled { unit, taken, kept, left_out });
            }
            remove(&unit.folder);
            if let (true, Some(failure)) = (unit.compiled.is_ok(), borrowed.take()) {
                return Err(failure);
            }
            let blamed = Blamed::find(&unit);
            let mut again = false;
            for taken in &mut taken {
                if blamed.moved.contains(&taken.name) && taken.back {
                    taken.back = false;
                    again = true;
                }
                if let (true, Some(variable)) = (blamed.unnamed.contains(&taken.name), renewed.get(&taken.name))
                    && !matches!(taken.how, How::Replay(_))
                {
                    taken.how = How::Replay(variable.replay.clone());
                    again = true;
                }
            }
            let dead = blamed.imports.iter().map(|line| line.trim_start_matches("use ").trim_end_matches(';'));
            again |= staged.forget(&dead.collect::<Vec<_>>());
            for (name, why) in moved_or_borrowed(&unit.compiled.messages, &unit.sources) {
                let loss = match why {
                    Why::Moved => Loss::Moved,
                    Why::Uninitialized => Loss::Uninitialized,
                    // Without what borrows, rustc says what it would in a program; if that is nothing, this is what's wrong.
                    Why::Borrows(from) => {
                        if borrowed.is_none() {
                            borrowed = Some(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
                        }
                        Loss::BorrowEnded(from)
                    }
                    Why::TypeUnknown => continue,
                };
                kept.retain(|other| *other != name);
                left_out.push((name, loss));
                again = true;
            }
            if !again && shows && blamed.value_of_no_type {
                shows = false;
                again = true;
            }
            if !again {
                return Err(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
            }
        }
        Err(Failure::new("KernelError", "the cell could not be compiled in a dozen ways; please report it"))
    }
}

/// Whether the first that `code` has of a name is a `let` that defines it.
fn is_new(name: &str, code: &str, split: &Split) -> bool {
    let mut lets = split.lets.iter();
    let Some(first) = lets.find(|statement| statement.names.iter().any(|other| other.name == name)) else {
        return false;
    };
    let own = first.names.iter().filter(|other| other.name == name).map(|other| other.range.clone());
    let mut before = code[..first.range.end].to_owned();
    for range in own {
        before.replace_range(range.clone(), &" ".repeat(range.len()));
    }
    !words(&before).contains(name)
}
