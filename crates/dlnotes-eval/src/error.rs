//! What can go wrong outside a cell.

use std::path::{Path, PathBuf};

/// What can go wrong outside a cell; each message names the thing and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be read or written.
    #[error("{}: {source}; check that the path exists, that you may write there and that the disk is not full", path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A directory for things that are compiled and run belongs to somebody else.
    #[error(
        "{} belongs to user {owner}, who could change what is run; remove it, or name another folder in DLNOTES_CACHE_DIR",
        path.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
    },
    /// A tool that the kernel needs did not work.
    #[error("{tool}: {reason}; {advice}")]
    Tool {
        /// The program.
        tool: String,
        /// What went wrong.
        reason: String,
        /// What to do about it.
        advice: &'static str,
    },
}

/// The result of everything outside a cell.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Names the path in an I/O error: `.map_err(Error::file(path))`.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { path, source }
    }
}
