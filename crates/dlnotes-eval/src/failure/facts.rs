//! What a session knows that explains a failure.

use std::collections::{BTreeMap, BTreeSet};

/// What there is besides the cell that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Variables: name → type, as it is shown to a reader.
    pub variables: BTreeMap<String, String>,
    /// Variables that were there once.
    pub gone: BTreeMap<String, Gone>,
    /// Functions, types, macros and so on: name → number of the cell that defines it.
    pub items: BTreeMap<String, usize>,
    /// Imports: name → path, and number of the cell that imports it.
    pub imports: BTreeMap<String, (String, usize)>,
    /// Crates that a cell may name.
    pub crates: BTreeSet<String>,
}

/// A variable that is no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The number of the cell in which it went.
    pub cell: usize,
    /// Why.
    pub why: Loss,
}

/// Why a variable is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The cell moved it.
    Moved,
    /// The cell panicked, or was left by `?` or an interrupt.
    Failed,
    /// The process that runs cells ended.
    Died,
    /// Its type, of this name, is another one now.
    TypeChanged(String),
    /// It borrowed from a variable, if known of which name.
    BorrowEnded(Option<String>),
    /// The cell that was to define it did not compile.
    NotCompiled,
    /// The cell may have given it a value and may not.
    Uninitialized,
    /// It is an item of the cell of this number, and no longer compiled beside the one in which it went.
    SetAside(usize),
}

impl Gone {
    /// One sentence: where `name` went, why, and what to do.
    pub fn sentence(&self, name: &str) -> String {
        let cell = self.cell;
        match &self.why {
            Loss::Moved => {
                format!(
                    "`{name}` went in cell [{cell}] (moved there): run the cell that defines it, and use `.clone()` where it is moved"
                )
            }
            Loss::Failed => {
                format!("`{name}` went in cell [{cell}] (lost when that cell failed): run the cell that defines it")
            }
            Loss::Died => {
                format!(
                    "`{name}` went in cell [{cell}] (lost with the process that ran it): run the cell that defines it"
                )
            }
            Loss::TypeChanged(of) => {
                format!(
                    "`{name}` went in cell [{cell}] (its type `{of}` was changed there): run the cell that defines it"
                )
            }
            Loss::BorrowEnded(from) => {
                let from = from.as_ref().map(|from| format!(" from `{from}`")).unwrap_or_default();
                format!(
                    "`{name}` went in cell [{cell}] (its borrow{from} ended with the cell): keep an owned value (`.clone()`, \
                     `.to_owned()`, `.to_vec()`), or borrow again in this cell"
                )
            }
            Loss::NotCompiled => {
                format!("cell [{cell}], which was to define `{name}`, did not compile: correct it and run it first")
            }
            Loss::SetAside(own) => format!(
                "`{name}` of cell [{own}] no longer compiles beside cell [{cell}] and was left out: correct it and run cell [{own}] again"
            ),
            Loss::Uninitialized => {
                format!("`{name}` went in cell [{cell}] (it isn't given a value on every way through that cell)")
            }
        }
    }
}
