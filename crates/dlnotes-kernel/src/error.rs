//! What can go wrong outside a cell.

use std::path::{Path, PathBuf};

/// What can go wrong outside a cell; each message names the thing and the way out.
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
    /// What cells are compiled with could not be prepared.
    #[error(transparent)]
    Evaluator(#[from] dlnotes_eval::Error),
    /// The connection file that the front end wrote is not usable.
    #[error("the connection file {} is not usable: {reason}; start the kernel from Jupyter, which writes it", path.display())]
    Connection {
        /// The connection file.
        path: PathBuf,
        /// What is wrong in it.
        reason: String,
    },
    /// A socket could not be opened.
    #[error(
        "the {channel} socket could not be opened at {address}: {reason}; another program may use the port: start the kernel again"
    )]
    Socket {
        /// The protocol's name of the socket.
        channel: &'static str,
        /// Where it should have listened.
        address: String,
        /// What the socket library said.
        reason: String,
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
