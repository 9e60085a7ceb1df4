//! One sentence for what surprises a beginner: a notebook is not one program, and Rust is not Python.

mod habits;
mod session;
mod tensors;
mod types;

use super::diagnostic::Diagnostic;
use super::facts::Facts;
use super::names::{self, Token};
use crate::generate::Source;

/// An error, and everything that helps to explain it.
pub(super) struct Case<'a> {
    /// The error.
    error: &'a Diagnostic,
    /// Its name, or nothing.
    code: &'a str,
    /// The files that were compiled.
    sources: &'a [Source],
    /// The cell that failed.
    count: usize,
    /// Its text.
    cell: &'a str,
    /// Its tokens, if it can be cut into them.
    tokens: Vec<Token>,
    /// What the session has.
    facts: &'a Facts,
}

/// What to do, in a notebook, about an error; `None` where rustc's own words say it all.
pub(super) fn advice(error: &Diagnostic, sources: &[Source], count: usize, facts: &Facts) -> Option<String> {
    let cell = sources.iter().find(|source| source.count == count).map_or("", |source| source.cell.as_str());
    let code = error.code.as_deref().unwrap_or_default();
    let case = Case { error, code, sources, count, cell, tokens: names::tokens(cell), facts };
    session::advice(&case)
        .or_else(|| tensors::advice(&case))
        .or_else(|| habits::advice(&case))
        .or_else(|| types::advice(&case))
}

impl Case<'_> {
    /// The `n`th of the things that the message quotes, from 0.
    fn quoted(&self, n: usize) -> Option<&str> {
        self.error.message.split('`').nth(2 * n + 1)
    }

    /// The line of the cell with the error.
    fn line(&self) -> &str {
        let Some(label) = self.error.labels.first() else { return "" };
        let Some(source) = self.sources.get(label.source) else { return "" };
        let before = source.cell.get(..label.mark.range.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        source.cell[start..].lines().next().unwrap_or_default()
    }

    /// What the error points to.
    fn pointed_to(&self) -> &str {
        self.error.pointed_to(self.sources).map_or("", |(_, text)| text)
    }

    /// Whether the line with the error has this word.
    fn line_has(&self, word: &str) -> bool {
        names::word(self.line(), word).is_some()
    }
}
