//! The process that runs cells.

use std::path::Path;
use std::sync::Arc;

use crate::depend::{Libraries, Toolchain};
use crate::{Console, Failure};

/// The process that runs cells, seen from ours.
pub struct Host {}

/// A value that a cell left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The variable.
    pub name: String,
    /// Where it is.
    pub slot: usize,
    /// `std::any::type_name`.
    pub type_name: String,
    /// In bytes.
    pub size: usize,
    /// In bytes.
    pub align: usize,
}

/// A panic, as the process reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct PanicPlace {
    /// The panic's message.
    pub message: String,
    /// The source file that it names.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// The thread; `main` runs cells.
    pub thread: String,
}

/// How a cell's code ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end.
    Completed,
    /// It was left by `?`; the error's text and the place.
    Left {
        /// What the error says.
        message: String,
        /// The file, line and column of the `?`, if known.
        place: Option<(String, usize, usize)>,
    },
    /// It panicked.
    Panicked(PanicPlace),
    /// It left because the reader asked it to.
    Interrupted,
}

/// What came of running a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// New variables.
    pub kept: Vec<Kept>,
    /// How the code ended.
    pub ending: Ending,
    /// How long it ran.
    pub time: std::time::Duration,
}

/// The process has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Died {
    /// Such as `signal: 11 (SIGSEGV)` or `exit status: 3`.
    pub how: String,
    /// We killed it, because the reader insisted.
    pub killed: bool,
}

/// Why something could not be done by the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is gone.
    Died(Died),
    /// It could not load a library.
    Load(String),
}

impl Host {
    /// Starts it in `directory`, with the libraries open.
    pub fn start(_: &Toolchain, _: &Libraries, _: &Path, _: Arc<dyn Console>) -> Result<Self, Failure> {
        todo!()
    }

    /// Opens a shared library whose symbols all later ones may use.
    pub fn open(&mut self, _: &Path) -> Result<(), Trouble> {
        todo!()
    }

    /// Loads a cell's library and runs it with the values in the slots `taken`; returns when it is over and all that it
    /// printed has been shown.
    pub fn run(&mut self, _: &Path, _taken: &[usize]) -> Result<Ran, Trouble> {
        todo!()
    }

    /// Drops values.
    pub fn drop_values(&mut self, _slots: &[usize]) -> Result<(), Trouble> {
        todo!()
    }
}
