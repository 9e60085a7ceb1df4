//! Tells a cell that has to wait for the evaluator what it waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dlnotes_eval::{Console, Event, MimeBundle};

use crate::evaluator::Stage;

/// A cell that waits no longer than this is told nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Whether the evaluator still opens, and whether a cell waits for it.
#[derive(Debug)]
pub(super) struct Opening {
    opening: AtomicBool,
    awaited: AtomicBool,
}

impl Opening {
    pub(super) fn new() -> Self {
        Self { opening: AtomicBool::new(true), awaited: AtomicBool::new(false) }
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.opening.load(Ordering::SeqCst)
    }

    /// A cell has been handed in.
    pub(super) fn is_awaited(&self) {
        self.awaited.store(true, Ordering::SeqCst);
    }
}

/// Shows one live line under the first cell while the evaluator opens.
pub(super) struct Teller {
    opening: Arc<Opening>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Teller {
    pub(super) fn start(opening: &Arc<Opening>, stage: Stage, console: Arc<dyn Console>) -> Self {
        let (stop, stopped) = channel::<()>();
        let shared = Arc::clone(opening);
        let thread = std::thread::spawn(move || {
            let id = format!("opening-{}", uuid::Uuid::new_v4());
            let mut since = None;
            // The second that was shown last.
            let mut shown = None;
            while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                if !shared.awaited.load(Ordering::SeqCst) {
                    continue;
                }
                let waited = since.get_or_insert_with(Instant::now).elapsed();
                let second = waited.as_secs();
                if waited >= PATIENCE && shown != Some(second) {
                    let line = format!("the kernel is starting: {}; {second} s", stage());
                    let bundle = MimeBundle::new("text/plain", &line);
                    console.show(match shown.replace(second) {
                        Some(_) => Event::Update(bundle, id.clone()),
                        None => Event::Display(bundle, Some(id.clone())),
                    });
                }
            }
            // The line isn't output of the cell: nothing of it stays in the notebook.
            if shown.is_some() {
                console.show(Event::Clear(false));
            }
        });
        Self { opening: Arc::clone(opening), stop, thread }
    }

    /// The evaluator is open, or failed to open: the line is gone when this returns.
    pub(super) fn finish(self) {
        drop(self.stop);
        // It only shows text: if it panicked, the cell is none the worse.
        let _ = self.thread.join();
        self.opening.opening.store(false, Ordering::SeqCst);
    }
}
