//! What a question is about: the session, and the cell in which somebody types.

use super::crates::Crates;

/// The session as the analyzer sees it, and a cell.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// What every session begins with, such as `use dlnotes::prelude::*;`.
    pub prelude: String,
    /// The session's `use` lines.
    pub uses: Vec<String>,
    /// The source of the session's items, in order.
    pub items: Vec<String>,
    /// The session's variables.
    pub variables: Vec<Variable>,
    /// The crates that cells can name, and the ones below them.
    pub crates: Crates,
    /// The cell's text.
    pub cell: String,
}

/// A variable of the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type as it can be written; empty where it has no name.
    pub type_name: String,
    /// Whether it is `mut`.
    pub mutable: bool,
}

impl Document {
    /// The session's items and the cell as one text, with the byte at which the cell begins.
    pub(super) fn text(&self) -> (String, usize) {
        let mut text = self.prelude.clone();
        for part in self.uses.iter().chain(&self.items) {
            text.push('\n');
            text.push_str(part);
        }
        text.push('\n');
        let start = text.len();
        text.push_str(&self.cell);
        (text, start)
    }
}
