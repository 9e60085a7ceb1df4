//! A cell that reads standard input: the reader is asked.
//!
//! Linux says what a thread waits for. If one of the process waits in `read` on descriptor 0 while a cell runs, the reader
//! is asked for a line; so too when a crate made for evcxr prints that it wants one.

use std::io::{PipeWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::{Console, Event, Stream};

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The number of the system call `read`.
const READ: &str = if cfg!(target_arch = "x86_64") { "0" } else { "63" };

/// Asks the reader, one question at a time.
pub(super) struct Asker {
    console: Arc<dyn Console>,
    stdin: Arc<PipeWriter>,
    /// Where the system lists the threads of the process.
    threads: String,
    asking: Arc<AtomicBool>,
    looked: Instant,
    /// It was seen waiting the last time too: not just about to read what has been sent.
    seen: bool,
    told: bool,
}

impl Asker {
    pub(super) fn new(console: Arc<dyn Console>, stdin: PipeWriter, pid: u32) -> Self {
        Self {
            console,
            stdin: Arc::new(stdin),
            threads: format!("/proc/{pid}/task"),
            asking: Arc::default(),
            looked: Instant::now(),
            seen: false,
            told: false,
        }
    }

    /// A cell begins to run.
    pub(super) fn cell_starts(&mut self) {
        (self.seen, self.told, self.looked) = (false, false, Instant::now());
    }

    /// How long until it should be looked at again.
    pub(super) fn due(&self) -> Option<Duration> {
        let possible = cfg!(target_os = "linux") && !self.asking.load(Ordering::SeqCst);
        possible.then(|| LOOK_EVERY.saturating_sub(self.looked.elapsed()))
    }

    /// Looks, if it is time to, and asks if the cell waits.
    pub(super) fn tick(&mut self) {
        if self.due().is_none_or(|due| !due.is_zero()) {
            return;
        }
        self.looked = Instant::now();
        let waits = waits_for_stdin(Path::new(&self.threads));
        if std::mem::replace(&mut self.seen, waits) && waits {
            self.ask(String::new(), false);
        }
    }

    /// Asks the reader, and sends the answer.
    pub(super) fn ask(&mut self, prompt: String, password: bool) {
        self.seen = false;
        if self.asking.swap(true, Ordering::SeqCst) {
            return;
        }
        let (console, stdin, asking) = (Arc::clone(&self.console), Arc::clone(&self.stdin), Arc::clone(&self.asking));
        let tell = !self.told;
        self.told = true;
        let answer = move || {
            let answer = console.ask(&prompt, password);
            if answer.is_none() && tell {
                let text = "the cell reads standard input, and nobody can be asked here: it gets empty lines\n";
                console.show(Event::Text(Stream::Err, text.into()));
            }
            // The process may have ended meanwhile.
            let _ = (&*stdin).write_all(format!("{}\n", answer.unwrap_or_default()).as_bytes());
            asking.store(false, Ordering::SeqCst);
        };
        if let Err(e) = std::thread::Builder::new().name("question".into()).spawn(answer) {
            log::warn!("the reader could not be asked: {e}");
            self.asking.store(false, Ordering::SeqCst);
        }
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
