//! A cell that reads standard input: the reader is asked.
//!
//! Linux says what a thread waits for. If one of the process waits in `read` on descriptor 0 while a cell runs, the reader
//! is asked for a line; so too when a crate made for evcxr prints that it wants one.

use std::collections::VecDeque;
use std::io::{PipeWriter, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Console, Event, Stream};

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The number of the system call `read`.
const READ: &str = if cfg!(target_arch = "x86_64") { "0" } else { "63" };

/// Asks the reader, one question at a time.
pub(super) struct Asker {
    shared: Arc<Shared>,
    /// Where the system lists the threads of the process.
    threads: String,
    looked: Instant,
    /// It was seen waiting the last time too: not just about to read what has been sent.
    seen: bool,
}

/// What the pump and the thread that waits for the reader share.
struct Shared {
    console: Arc<dyn Console>,
    stdin: PipeWriter,
    questions: Mutex<Questions>,
}

#[derive(Default)]
struct Questions {
    /// Prompts, and whether the answer is a password.
    waiting: VecDeque<(String, bool)>,
    /// A thread asks them.
    asking: bool,
    /// The reader has been told that nobody can be asked.
    told: bool,
}

impl Asker {
    pub(super) fn new(console: Arc<dyn Console>, stdin: PipeWriter, pid: u32) -> Self {
        let shared = Arc::new(Shared { console, stdin, questions: Mutex::default() });
        Self { shared, threads: format!("/proc/{pid}/task"), looked: Instant::now(), seen: false }
    }

    /// A cell begins to run.
    pub(super) fn cell_starts(&mut self) {
        self.shared.questions().told = false;
        (self.seen, self.looked) = (false, Instant::now());
    }

    /// How long until it should be looked at again.
    pub(super) fn due(&self) -> Option<Duration> {
        cfg!(target_os = "linux").then(|| LOOK_EVERY.saturating_sub(self.looked.elapsed()))
    }

    /// Looks, if it is time to, and asks if the cell waits.
    pub(super) fn tick(&mut self) {
        if self.due().is_none_or(|due| !due.is_zero()) {
            return;
        }
        self.looked = Instant::now();
        let waits = !self.shared.questions().asking && waits_for_stdin(Path::new(&self.threads));
        if std::mem::replace(&mut self.seen, waits) && waits {
            self.ask(String::new(), false);
        }
    }

    /// Asks the reader, and sends the answer.
    pub(super) fn ask(&mut self, prompt: String, password: bool) {
        self.seen = false;
        let mut questions = self.shared.questions();
        questions.waiting.push_back((prompt, password));
        if questions.asking {
            return;
        }
        let shared = Arc::clone(&self.shared);
        match std::thread::Builder::new().name("question".into()).spawn(move || shared.ask_all()) {
            Ok(_) => questions.asking = true,
            Err(e) => log::warn!("the reader could not be asked: {e}"),
        }
    }
}

impl Shared {
    fn questions(&self) -> MutexGuard<'_, Questions> {
        // Plain values: whole even after a panic somewhere.
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_all(&self) {
        while let Some((prompt, password)) = self.next() {
            let answer = self.console.ask(&prompt, password);
            if answer.is_none() && !std::mem::replace(&mut self.questions().told, true) {
                let text = "the cell reads standard input, and nobody can be asked here: it gets empty lines\n";
                self.console.show(Event::Text(Stream::Err, text.into()));
            }
            // The process may have ended meanwhile.
            let _ = (&self.stdin).write_all(format!("{}\n", answer.unwrap_or_default()).as_bytes());
        }
    }

    fn next(&self) -> Option<(String, bool)> {
        let mut questions = self.questions();
        let next = questions.waiting.pop_front();
        questions.asking = next.is_some();
        next
    }
}

fn waits_for_stdin(threads: &Path) -> bool {
    let Ok(threads) = std::fs::read_dir(threads) else { return false };
    threads.flatten().any(|thread| {
        // NUMBER FIRST-ARGUMENT …; `running` while it is not in a call.
        let call = std::fs::read_to_string(thread.path().join("syscall")).unwrap_or_default();
        let mut fields = call.split_whitespace();
        fields.next() == Some(READ) && fields.next() == Some("0x0")
    })
}
