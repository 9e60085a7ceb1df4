//! Crates: the ones that every session has, built once, and the reader's own.

use std::path::PathBuf;

/// The Rust installation that compiles cells.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// rustc itself, not rustup's stand-in for it.
    pub rustc: PathBuf,
    /// Where its own shared libraries are: `…/lib/rustlib/TARGET/lib`.
    pub libraries: PathBuf,
    /// `rustc -vV`.
    pub version: String,
}

/// Crates that are built, as rustc and the process that runs cells need them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Name and file of each crate that a cell may name: `--extern NAME=FILE`.
    pub externs: Vec<(String, PathBuf)>,
    /// Folders in which the crates below them are: `-L dependency=FOLDER`.
    pub search: Vec<PathBuf>,
    /// Shared libraries that the process opens before the first cell that needs them, in order.
    pub load: Vec<PathBuf>,
    /// Folders in which the dynamic linker finds what those need, besides [`Toolchain::libraries`].
    pub library_path: Vec<PathBuf>,
    /// The program that runs cells.
    pub host: PathBuf,
    /// What a session begins with: `use dlnotes::prelude::*;`, on one line.
    pub prelude: String,
}
