//! A crate that is compiled ahead of its turn, while another cell is compiled, linked or runs.
//!
//! What rustc makes is decided by what it is given, and by files that the code names. So nothing is guessed: what was made
//! ahead is taken if the cell, when its turn comes, would give rustc the very same, and thrown away otherwise.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use super::build::{Unit, remove};
use super::given::Given;
use crate::compile::message::Message;
use crate::compile::{Compiled, read_nothing_else};
use crate::host::Watch;

/// A crate that is compiled ahead of its turn; dropped, it leaves nothing behind.
pub(super) struct Ahead {
    given: Arc<Given>,
    /// What ends its rustc; and the session's, which does so too.
    watch: Watch,
    session: Watch,
    /// Who waits for it, and the folder.
    work: Option<(JoinHandle<io::Result<Compiled>>, PathBuf)>,
}

impl Ahead {
    /// Begins, in a new folder; what stops the session's cells stops this too.
    pub(super) fn start(rustc: &Path, folder: PathBuf, given: Given, session: &Watch) -> io::Result<Self> {
        let (given, watch) = (Arc::new(given), Watch::default());
        watch.begin();
        session.include(&watch);
        let mut ahead = Self { given: Arc::clone(&given), watch: watch.clone(), session: session.clone(), work: None };
        let (rustc, place) = (rustc.to_owned(), folder.clone());
        let thread = std::thread::Builder::new().name("ahead".into());
        let thread = thread.spawn(move || given.compile(&rustc, &place, &watch))?;
        ahead.work = Some((thread, folder));
        Ok(ahead)
    }

    /// Whether it is this that is compiled.
    pub(super) fn is(&self, given: &Given) -> bool {
        *self.given == *given
    }

    /// Waits for the end; `None` if the cell's own turn may show something else.
    pub(super) fn finish(mut self) -> Option<Unit> {
        let (thread, folder) = self.work.take()?;
        match thread.join() {
            Ok(Ok(compiled)) if is_certain(&compiled) && read_nothing_else(&folder) => {
                Some(Unit { compiled, sources: self.given.code.sources(), folder })
            }
            _ => {
                remove(&folder);
                None
            }
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.watch.interrupt();
        if let Some((thread, folder)) = self.work.take() {
            // What became of it is nobody's business any more.
            let _ = thread.join();
            remove(&folder);
        }
        self.session.leave_out(&self.watch);
    }
}

/// Whether rustc has said all that there is to say of the code: errors of the language have a code, and those of the
/// machine, such as a full disk, have none.
fn is_certain(compiled: &Compiled) -> bool {
    let is_error = |message: &&Message| message.level == "error" && !message.spans.is_empty();
    let errors: Vec<&Message> = compiled.messages.iter().filter(is_error).collect();
    let of_language = !errors.is_empty() && errors.iter().all(|error| error.code.is_some());
    compiled.is_ok() || (compiled.status.code() == Some(1) && compiled.rest.is_empty() && of_language)
}
