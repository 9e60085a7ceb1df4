//! What a build leaves for those who compile and run cells.

use std::path::PathBuf;

/// Crates that are built, as rustc and the process that runs cells need them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Name and file of each crate that a cell may name: `--extern NAME=FILE`.
    pub externs: Vec<(String, PathBuf)>,
    /// Name and file of those among [`load`](Self::load) that have the runtime of the user's tokio: cells that await
    /// run within each.
    pub runtimes: Vec<(String, PathBuf)>,
    /// Folders in which the crates below them are: `-L dependency=FOLDER`.
    pub search: Vec<PathBuf>,
    /// Shared libraries that the process opens before the first cell that needs them, in order.
    pub load: Vec<PathBuf>,
    /// Folders in which the dynamic linker finds what those need, besides [`Toolchain::libraries`](super::Toolchain).
    pub library_path: Vec<PathBuf>,
    /// The program that runs cells.
    pub host: PathBuf,
    /// What a session begins with: `use dlnotes::prelude::*;`, on one line.
    pub prelude: String,
}

/// What has come to a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Shared libraries that the process is to open now, in order.
    pub load: Vec<PathBuf>,
    /// Crates that could be named before and are others now: code that was compiled before uses the old ones.
    pub replaced: Vec<String>,
}
