//! What a reader is told when a cell fails.
//!
//! A compiler's message goes this way: `generated` says of the cell what rustc says of code of ours, `place` finds the
//! cell's text, `clean` takes names of ours out, `help` does the same for notes and suggestions, `advice` adds what a
//! beginner needs besides, and `compile` puts it into lines with an `excerpt`. `run` tells of cells that compiled,
//! `trouble` of a compiler that could not work.

mod advice;
mod build;
mod clean;
mod compile;
mod diagnostic;
mod excerpt;
mod facts;
mod generated;
mod help;
mod kept;
mod label;
mod names;
mod place;
mod run;
mod trouble;

pub use build::{cargo_failure, crate_failure};
pub use compile::compile_failure;
use compile::errors;
pub use facts::{Facts, Gone, Loss};
pub use kept::{Blamed, Why, moved_or_borrowed, older_cells};
pub use run::{Run, run_failure};
pub use trouble::{LINKER, Work, trouble};

/// Why a cell failed: the three fields that Jupyter shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// A stable name, such as `Panic` or `CompileError[E0382]`.
    pub ename: String,
    /// One line: what happened.
    pub evalue: String,
    /// Everything there is to say, in lines that may hold colours.
    pub traceback: Vec<String>,
}

impl Failure {
    /// A failure whose traceback is its name and its message.
    pub fn new(ename: impl Into<String>, evalue: impl Into<String>) -> Self {
        let (ename, evalue) = (ename.into(), evalue.into());
        let traceback = vec![heading(&ename, &evalue)];
        Self { ename, evalue, traceback }
    }

    /// Adds lines to the traceback.
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.traceback.extend(lines);
        self
    }
}

/// The first line of a traceback.
pub fn heading(ename: &str, evalue: &str) -> String {
    format!("{RED}{ename}{RESET}: {evalue}")
}

pub(crate) const RED: &str = "\x1b[1;31m";
pub(crate) const BLUE: &str = "\x1b[1;34m";
pub(crate) const CYAN: &str = "\x1b[36m";
pub(crate) const RESET: &str = "\x1b[0m";

/// `text` without colours.
pub fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("\x1b[") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find('m').map_or("", |end| &rest[start + end + 1..]);
    }
    out + rest
}
