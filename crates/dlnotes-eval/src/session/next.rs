//! The cell that is queued behind the one that runs: its first crate is compiled ahead, as far as it is known by then.

use std::fmt;

use super::entry::CellText;
use super::evaluate::for_rustc;
use super::given::Code;
use super::stage::Staged;
use super::statements::is_new;
use super::{Cell, Session, variables};
use crate::cell::{Source, Split, parse_with, words};

/// A cell that is queued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    /// Its source, as in the notebook.
    pub code: String,
    /// The number that it will have in the notebook's margin.
    pub count: usize,
}

/// Says which cell is queued behind another one, at the moment when somebody asks.
#[derive(Clone, Copy, Default)]
pub struct Next<'a>(Option<&'a dyn Fn() -> Option<Queued>>);

impl<'a> Next<'a> {
    /// What `ask` says.
    pub fn new(ask: &'a dyn Fn() -> Option<Queued>) -> Self {
        Self(Some(ask))
    }

    fn cell(&self) -> Option<Queued> {
        self.0?()
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Next")
    }
}

impl Session {
    /// Begins to compile the first crate of the cell behind this one, whose items are staged, if nothing of it depends on
    /// what this one is about to define.
    pub(super) fn look_ahead(&mut self, cell: &Cell<'_>, split: &Split, staged: &Staged) {
        if self.build.has_looked_ahead() || self.watch.stop_requested() {
            return;
        }
        let Some(next) = cell.next.cell() else { return };
        let code = self.foreseen(&next, split, staged);
        self.build.look_ahead(code, &self.watch);
    }

    /// The first crate of the cell `next`, as far as it is known while the one in front of it, with the parts `before`, is
    /// being compiled.
    fn foreseen(&self, next: &Queued, before: &Split, staged: &Staged) -> Option<Code> {
        let source = Source::new(&next.code, |name| self.knows(name));
        if !source.head.is_empty() || source.code.trim().is_empty() {
            return None;
        }
        let split = parse_with(&source.code, &staged.items.macros()).ok()?;
        let code = for_rustc(&source.code, &split);
        let text = CellText::new(self.sequence + 1, (next.count, &next.code), &code, &split);
        let planned = Staged::plan(&staged.items, &staged.imports, &split, text);
        if let Some(items) = planned.code(&self.build.libraries().prelude) {
            return Some(items);
        }
        let mentioned = words(&code);
        let is_taken = |name: &str| mentioned.contains(name) && !is_new(name, &code, &split);
        if before.variables().iter().any(|variable| is_taken(&variable.name)) {
            return None;
        }
        let cell = Cell { code: &next.code, count: next.count, ..Cell::default() };
        let variables = variables::after(&self.variables, &staged.change);
        Some(self.first_code(&cell, &code, &split, &planned, &variables))
    }
}
