//! What can go wrong outside a cell.

use std::path::{Path, PathBuf};

/// What can go wrong outside a cell; each message names the thing and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or a tool, as the evaluator tells it.
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
}

/// The result of everything outside a cell.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Names the path in an I/O error: `.map_err(Error::file(path))`.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let error = dlnotes_eval::Error::file(path);
        move |source| error(source).into()
    }

    /// A tool that the kernel needs did not work, or was asked for what can't be; what to do about it.
    pub fn tool(tool: impl Into<String>, reason: impl Into<String>, advice: &'static str) -> Self {
        dlnotes_eval::Error::Tool { tool: tool.into(), reason: reason.into(), advice }.into()
    }
}
