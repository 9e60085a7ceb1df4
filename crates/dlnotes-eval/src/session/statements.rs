//! A cell's statements: compiled, with the session's variables and items at hand.

use std::collections::BTreeSet;

use super::blame::Blamed;
use super::build::{Unit, owned_words, remove};
use super::given::Code;
use super::items::From;
use super::stage::Staged;
use super::variables::{self, Variables};
use super::{Cell, Session, failures};
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

/// Which variables a crate of statements has to do with, and whether it shows its value.
#[derive(Clone, Copy)]
struct Names<'a> {
    taken: &'a [Taken],
    kept: &'a [String],
    shows: bool,
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

    /// The crate of a cell's statements, with all variables that it may need and all that it defines.
    pub(super) fn first_code(
        &self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        staged: &Staged,
        variables: &Variables,
    ) -> Code {
        let (taken, kept) = (taken(variables, code, split), kept(split));
        self.statements_code(cell, code, split, staged, Names { taken: &taken, kept: &kept, shows: true })
    }

    fn statements_code(&self, cell: &Cell<'_>, code: &str, split: &Split, staged: &Staged, names: Names<'_>) -> Code {
        let uses = self.uses(code, split, staged);
        let runtimes: Vec<String> = self.build.libraries().runtimes.iter().map(|(name, _)| name.clone()).collect();
        let Names { taken, kept, shows } = names;
        self.build.statements(&Body {
            cell: cell.code,
            code,
            count: cell.count,
            split,
            uses: &uses,
            taken,
            kept,
            runtimes: &runtimes,
            shows,
        })
    }

    pub(super) fn statements(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        staged: &mut Staged,
    ) -> Result<Compiled, Failure> {
        let renewed = variables::after(&self.variables, &staged.change);
        let (mut taken, mut kept) = (taken(&renewed, code, split), kept(split));
        let (mut left_out, mut shows, mut borrowed) = (Vec::new(), true, None);
        for _ in 0..ATTEMPTS {
            let names = Names { taken: &taken, kept: &kept, shows };
            let begun = self.build.begin(self.statements_code(cell, code, split, staged, names));
            self.look_ahead(cell, split, staged);
            let watch = self.watch.clone();
            let unit = self.build.finish(begun, &watch).map_err(|error| failures::of_rustc(&error, &self.work))?;
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
            let not_kept = moved_or_borrowed(&unit.compiled.messages, &unit.sources);
            let fewer = not_kept.iter().any(|(name, _)| kept.contains(name));
            for taken in &mut taken {
                // It may be borrowed only by what isn't kept, and then it can be put back without that.
                let is_borrowed = !fewer && blamed.borrowed.contains(&taken.name);
                if (is_borrowed || blamed.moved.contains(&taken.name)) && taken.back {
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
            for (name, why) in not_kept {
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

/// Variables of the session that the code mentions.
fn taken(variables: &Variables, code: &str, split: &Split) -> Vec<Taken> {
    let words = owned_words(code);
    variables
        .iter()
        .filter(|(name, _)| words.contains(*name) && !is_new(name, code, split))
        .map(|(name, variable)| Taken {
            name: name.clone(),
            mutable: variable.mutable,
            how: variable.how.clone(),
            back: true,
        })
        .collect()
}

/// Variables that it defines.
fn kept(split: &Split) -> Vec<String> {
    split.variables().iter().map(|name| name.name.clone()).filter(|name| name != "_").collect()
}

/// Whether the first that `code` has of a name is a `let` that defines it.
pub(super) fn is_new(name: &str, code: &str, split: &Split) -> bool {
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
