//! What can go wrong.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What can go wrong outside a trial; each message names the thing and the remedy. A trial that fails is a row of the
/// table instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}; {}", path.display(), advice(source))]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the ledger doesn't hold what it should.
    #[error("{}: {reason}", path.display())]
    Ledger {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it, and the remedy.
        reason: String,
    },
    /// A parameter, or another argument, isn't usable.
    #[error("{0}")]
    Usage(String),
    /// The program isn't the one that the sweep was planned with.
    #[error(
        "{} has changed since the sweep was planned (SHA-256 {} then, {} now), and results of two programs don't belong \
         into one table; plan a sweep in another folder, or put the old file back",
        path.display(), &planned[..12], now.as_deref().map_or("it is missing", |hash| &hash[..12])
    )]
    ProgramChanged {
        /// The program, or the script that it runs.
        path: PathBuf,
        /// Its hash when the sweep was planned.
        planned: String,
        /// Its hash now, if it is there.
        now: Option<String>,
    },
    /// A scheduler doesn't do what it was asked for.
    #[error("{engine}: {reason}")]
    Engine {
        /// Slurm, Dask or HyperQueue.
        engine: &'static str,
        /// What it said, and the remedy.
        reason: String,
    },
    /// The program could not be started.
    #[error("{program} could not be started in {}: {source}; try the command by hand there", directory.display())]
    Start {
        /// The program.
        program: String,
        /// Where it is started.
        directory: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A result with the crate's error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// For `map_err`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn ledger(path: &Path, reason: impl Into<String>) -> Self {
        Self::Ledger { path: path.to_owned(), reason: reason.into() }
    }
}

fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full: make room and run again, what is done is kept"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "you may not write there: copy the sweep's folder to a place where you may, or change who owns it"
        }
        ErrorKind::NotFound => "check the path",
        _ => "check that the path exists, that you may write there and that the disk is not full",
    }
}
