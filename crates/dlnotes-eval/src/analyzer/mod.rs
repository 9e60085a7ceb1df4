//! Completion and inspection: rust-analyzer where there is one, an index of the crates and the session otherwise.
//!
//! [`Analyzer`] is asked with a [`Document`]: the session, and the cell in which somebody types. rust-analyzer is a program
//! of its own, started by the first question; until it knows the crates, and whenever it takes too long, the [`Index`]
//! answers, which needs nothing but the crates' sources and is quick from the beginning.

mod commands;
mod crates;
mod cursor;
mod document;
mod index;
mod lsp;
mod markdown;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

pub use self::commands::Commands;
pub use self::crates::{Crate, Crates};
pub use self::document::{Document, Variable};
pub use self::index::{CrateSource, Index};
use self::lsp::RustAnalyzer;
pub use self::lsp::{Program, VARIABLE, built};
use crate::MimeBundle;

/// Answers to a completion request; offsets are bytes of the cell that was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Where the text to replace begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What could stand there, the best first.
    pub items: Vec<Completion>,
}

/// One possible completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text to insert.
    pub text: String,
    /// `function`, `struct`, `field`, …
    pub kind: String,
    /// What it is in a line, such as the signature.
    pub signature: String,
}

/// Where things are that an [`Analyzer`] needs.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The file of the index that was prepared with the crates; without one the index is made on the first question.
    pub index: Option<PathBuf>,
    /// The commands of a cell, each with a few words of help.
    pub commands: Commands,
    /// rust-analyzer; without it the index is asked alone.
    pub program: Option<Program>,
}

/// Answers what could stand at a place in a cell, and what stands there.
pub struct Analyzer {
    settings: Settings,
    index: Option<Index>,
    program: Option<RustAnalyzer>,
}

impl Analyzer {
    /// One that has done nothing yet.
    pub fn new(settings: Settings) -> Self {
        let program = settings.program.clone().map(RustAnalyzer::new);
        Self { settings, index: None, program }
    }

    /// What could stand at the byte `at` of the document's cell.
    pub fn complete(&mut self, document: &Document, at: usize) -> Completions {
        let at = document.cell.floor_char_boundary(at);
        let document = match commands::at_cursor(document, at, self.settings.commands) {
            commands::Place::Command(completions) => return completions,
            commands::Place::Shell => return Completions::default(),
            commands::Place::Code(document) => document,
        };
        if !cursor::can_complete(&document, at) {
            return Completions::default();
        }
        let known = self.program.as_mut().and_then(|program| program.complete(&document, at));
        let knows_all = self.program.as_ref().is_some_and(RustAnalyzer::knows_standard);
        match known.filter(|known| !known.items.is_empty()) {
            Some(known) if knows_all => known,
            Some(known) => joined(known, cursor::complete(&document, at, self.index(&document.crates))),
            None => cursor::complete(&document, at, self.index(&document.crates)),
        }
    }

    /// What is known about the name at the byte `at` of the document's cell, or about the function whose call is open
    /// there.
    pub fn inspect(&mut self, document: &Document, at: usize) -> Option<MimeBundle> {
        let at = document.cell.floor_char_boundary(at);
        let document = match commands::at_cursor(document, at, self.settings.commands) {
            commands::Place::Command(_) => return commands::inspect(document, at, self.settings.commands),
            commands::Place::Shell => return None,
            commands::Place::Code(document) => document,
        };
        let subject = cursor::subject(&document, at)?;
        let known = self.program.as_mut().and_then(|program| program.hover(&document, subject));
        match known {
            Some(markdown) => Some(markdown::shown(&markdown)),
            None => cursor::inspect(&document, at, self.index(&document.crates)),
        }
    }

    /// Makes the index of the crates that every session has, unless it has been made: it takes seconds, and front ends
    /// drop an answer that comes late.
    pub fn prepare(&mut self, crates: impl FnOnce() -> Crates) {
        if let Some(file) = self.settings.index.as_deref().filter(|file| !file.exists()) {
            let sources = crates().sources();
            // Cargo could not describe them: the next session tries again.
            if sources.is_empty() {
                return;
            }
            let index = Index::build(&sources);
            let _ = index.save(file).inspect_err(|e| log::info!("completion: the index isn't kept: {e}"));
        }
    }

    /// Reads the index, so that the first question is answered sooner. rust-analyzer isn't started: it takes hundreds of
    /// megabytes, and somebody may only want to run cells.
    pub fn warm_up(&mut self, crates: &Crates) {
        self.index(crates);
    }

    /// The index of the session's crates: the prepared one, with what came after it.
    fn index(&mut self, crates: &Crates) -> &Index {
        let file = self.settings.index.as_deref();
        let index = self.index.get_or_insert_with(|| {
            let prepared = file.and_then(|file| {
                let loaded = Index::load(file);
                loaded.inspect_err(|e| log::info!("completion: no prepared index: {e}")).ok()
            });
            prepared.unwrap_or_default()
        });
        for source in crates.sources() {
            index.add(&source);
        }
        index
    }
}

/// What rust-analyzer offers, and what it doesn't know without the sources of the standard library.
fn joined(mut known: Completions, more: Completions) -> Completions {
    if (known.start, known.end) == (more.start, more.end) {
        let new = |item: &Completion| known.items.iter().all(|old| old.text != item.text);
        let more: Vec<Completion> = more.items.into_iter().filter(new).collect();
        known.items.extend(more);
    }
    known
}
