//! rust-analyzer as a program of its own: started by the first question, ended when nobody asks for long.

mod answer;
mod client;
mod file;
mod find;
mod server;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use self::find::{VARIABLE, built};
use self::server::{Server, Trouble};
use super::Completions;
use super::document::Document;

/// Longer than this nobody waits for a completion: JupyterLab drops what takes a second.
const PATIENCE: Duration = Duration::from_millis(600);

/// It is ended when there was no question for this long.
const IDLE: Duration = Duration::from_secs(20 * 60);

/// After this many failures it isn't started again.
const MOST_TROUBLES: u32 = 3;

/// Where rust-analyzer and what it reads are.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Files that can be one: those that the project built itself.
    pub built: Vec<PathBuf>,
    /// The folder of the Rust installation, whose component comes before them.
    pub sysroot: Option<PathBuf>,
    /// The sources of the standard library (`…/library`), if they aren't in the installation.
    pub library: Option<PathBuf>,
    /// A folder of the session's own, for the files that it reads.
    pub folder: PathBuf,
}

impl Program {
    /// The rust-analyzer to use: the one that [`VARIABLE`] names, the toolchain's own component, one on the PATH, one of
    /// those that were built.
    pub fn find(&self) -> Option<PathBuf> {
        find::find(self.sysroot.as_deref(), &self.built)
    }

    /// The sources of the standard library, if there are any.
    fn library(&self) -> Option<PathBuf> {
        let own = self.sysroot.as_ref().map(|sysroot| sysroot.join("lib/rustlib/src/rust/library"));
        self.library.iter().cloned().chain(own).find(|library| library.join("core/src/lib.rs").is_file())
    }
}

/// A rust-analyzer that may or may not be there.
pub(super) struct RustAnalyzer {
    program: Program,
    /// Its file, once it was looked for.
    found: Option<Option<PathBuf>>,
    server: Option<Server>,
    troubles: u32,
}

impl RustAnalyzer {
    pub(super) fn new(program: Program) -> Self {
        Self { program, found: None, server: None, troubles: 0 }
    }

    /// Whether it knows the standard library, too.
    pub(super) fn knows_standard(&self) -> bool {
        self.program.library().is_some()
    }

    /// What could stand at the byte `at` of the document's cell; `None` if it can't say in time.
    pub(super) fn complete(&mut self, document: &Document, at: usize) -> Option<Completions> {
        self.ask(document, |server, deadline| server.complete(document, at, deadline))
    }

    /// The Markdown that describes what stands at the byte `at`; `None` if it can't say in time.
    pub(super) fn hover(&mut self, document: &Document, at: usize) -> Option<String> {
        self.ask(document, |server, deadline| server.hover(document, at, deadline)).flatten()
    }

    fn ask<T>(
        &mut self,
        document: &Document,
        question: impl FnOnce(&mut Server, Instant) -> Result<Option<T>, Trouble>,
    ) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let server = self.server(document)?;
        match question(server, deadline) {
            Ok(answer) => answer,
            Err(trouble) => {
                self.server = None;
                if !matches!(trouble, Trouble::Idle) {
                    self.troubles += 1;
                    log::warn!("completion: rust-analyzer {trouble}");
                }
                None
            }
        }
    }

    /// The running one, or a new one.
    fn server(&mut self, document: &Document) -> Option<&mut Server> {
        if self.server.is_none() && self.troubles < MOST_TROUBLES {
            let program = &self.program;
            let found = self.found.get_or_insert_with(|| program.find());
            let file = found.as_deref()?;
            let started = Server::start(file, program, program.library().as_deref(), document, IDLE);
            match started {
                Ok(server) => self.server = Some(server),
                Err(e) => {
                    self.troubles += 1;
                    log::warn!("completion: {} can't be started: {e}", file.display());
                }
            }
        }
        self.server.as_mut()
    }

    /// The number of its process.
    #[cfg(test)]
    pub(super) fn process(&self) -> Option<u32> {
        self.server.as_ref().map(Server::process)
    }

    /// Whether it knows the crates by now.
    #[cfg(test)]
    pub(super) fn is_ready(&self) -> bool {
        self.server.as_ref().is_some_and(Server::is_ready)
    }
}
