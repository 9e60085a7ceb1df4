//! A console that can keep what is shown for itself.

use std::sync::{Arc, Mutex, PoisonError};

use crate::evaluator::Console;
use crate::output::Event;

/// Passes everything on, except while something hidden runs.
pub(super) struct Capture {
    console: Arc<dyn Console>,
    kept: Mutex<Option<Vec<Event>>>,
}

impl Capture {
    pub(super) fn new(console: Arc<dyn Console>) -> Self {
        Self { console, kept: Mutex::new(None) }
    }

    /// From now on events are kept.
    pub(super) fn begin(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// From now on events are passed on again; what was kept.
    pub(super) fn end(&self) -> Vec<Event> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

impl Console for Capture {
    fn show(&self, event: Event) {
        match &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(kept) => kept.push(event),
            None => self.console.show(event),
        }
    }

    fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        self.console.ask(prompt, password)
    }
}
