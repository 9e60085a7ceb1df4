//! A console that can keep what is shown for itself, and that knows which cell runs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::evaluator::{Cell, Console};
use crate::output::{Event, Stream};
use crate::report::{FILE, with_cell_lines};

/// Passes everything on, except while something hidden runs.
pub(super) struct Capture {
    console: Arc<dyn Console>,
    /// The file that evcxr compiles.
    source: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Vec<Event>>,
    /// The code and the number of the cell that runs.
    cell: Option<(String, usize)>,
}

impl Capture {
    pub(super) fn new(console: Arc<dyn Console>, source: PathBuf) -> Self {
        Self { console, source, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on events are kept.
    pub(super) fn begin(&self) {
        self.lock().kept = Some(Vec::new());
    }

    /// From now on events are passed on again; what was kept.
    pub(super) fn end(&self) -> Vec<Event> {
        self.lock().kept.take().unwrap_or_default()
    }

    /// From now on it is this cell that runs.
    pub(super) fn enter(&self, cell: &Cell<'_>) {
        self.lock().cell = Some((cell.code.to_owned(), cell.count));
    }

    /// The cell is over.
    pub(super) fn leave(&self) {
        self.lock().cell = None;
    }
}

impl Console for Capture {
    fn show(&self, event: Event) {
        let mut state = self.lock();
        if let Some(kept) = &mut state.kept {
            return kept.push(event);
        }
        self.console.show(match (event, &state.cell) {
            (Event::Text(Stream::Err, text), Some((cell, count))) if text.contains(FILE) => {
                let source = std::fs::read_to_string(&self.source).unwrap_or_default();
                Event::Text(Stream::Err, with_cell_lines(&text, cell, *count, &source))
            }
            (event, _) => event,
        });
    }

    fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        self.console.ask(prompt, password)
    }
}
