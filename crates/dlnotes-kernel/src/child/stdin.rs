//! A cell that reads standard input without evcxr's ways: the reader is asked.
//!
//! `std::io::stdin()` in a cell reads the pipe on which evcxr sends its commands, and nothing ever comes there while a
//! cell runs. Linux says what a process waits for: if the thread that runs cells waits in `read` on descriptor 0 while a
//! cell runs, the reader is asked for a line.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Watch;
use crate::evaluator::Console;
use crate::output::{Event, Stream};

/// How often it is looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The number of the system call `read`.
const READ: &str = if cfg!(target_arch = "x86_64") { "0" } else { "63" };

/// Asks the reader, one question at a time.
pub(super) struct Asker {
    watch: Arc<Watch>,
    console: Arc<dyn Console>,
    asking: Arc<AtomicBool>,
    /// It was seen waiting the last time too: not just in between two of evcxr's own lines.
    seen: bool,
    told: bool,
}

impl Asker {
    pub(super) fn new(watch: Arc<Watch>, console: Arc<dyn Console>) -> Self {
        Self { watch, console, asking: Arc::default(), seen: false, told: false }
    }

    /// Whether it should be looked at: only while a cell runs, and where the system tells.
    pub(super) fn is_due(&self) -> bool {
        cfg!(target_os = "linux") && self.watch.is_running() && !self.asking.load(Ordering::SeqCst)
    }

    /// evcxr has asked the reader itself, and will send the answer.
    pub(super) fn evcxr_asks(&mut self) {
        self.asking.store(true, Ordering::SeqCst);
    }

    /// A line has been sent to the child.
    pub(super) fn answered(&mut self) {
        self.asking.store(false, Ordering::SeqCst);
        (self.seen, self.told) = (false, false);
    }

    /// Looks, and asks if the cell waits.
    pub(super) fn look(&mut self, stdin: &std::fs::File) {
        let waits = self.watch.child_id().is_some_and(waits_for_stdin);
        if !std::mem::replace(&mut self.seen, waits) || !waits {
            return;
        }
        let Ok(mut stdin) = stdin.try_clone() else { return };
        self.seen = false;
        self.asking.store(true, Ordering::SeqCst);
        let (console, asking) = (Arc::clone(&self.console), Arc::clone(&self.asking));
        let tell = !std::mem::replace(&mut self.told, true);
        std::thread::spawn(move || {
            let answer = console.ask("", false);
            if answer.is_none() && tell {
                let text = "the cell reads standard input, and nobody can be asked here: it gets empty lines\n";
                console.show(Event::Text(Stream::Err, text.into()));
            }
            // The child may have been ended meanwhile.
            let _ = stdin.write_all(format!("{}\n", answer.unwrap_or_default()).as_bytes());
            asking.store(false, Ordering::SeqCst);
        });
    }
}

fn waits_for_stdin(pid: i32) -> bool {
    // NUMBER FIRST-ARGUMENT …; `running` while it is not in a call.
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    let mut fields = call.split_whitespace();
    fields.next() == Some(READ) && fields.next() == Some("0x0")
}
