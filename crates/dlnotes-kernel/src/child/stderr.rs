//! The child's standard error, held back for a moment.

use std::time::{Duration, Instant};

use crate::output::Utf8;

/// `?` prints its error just before evcxr says that it happened: it must be told once, as the cell's failure, and not
/// as text too. That line is on another stream, so text waits this long for it.
const WAIT: Duration = Duration::from_millis(15);

/// Text on standard error that may turn out to be the cell's failure.
#[derive(Debug, Default)]
pub(super) struct Held {
    utf8: Utf8,
    text: String,
    since: Option<Instant>,
}

impl Held {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text += &self.utf8.push(bytes);
        self.since.get_or_insert_with(Instant::now);
    }

    /// How long until the text has waited enough; `None` if there is none.
    pub(super) fn due(&self) -> Option<Duration> {
        self.since.map(|since| WAIT.saturating_sub(since.elapsed()))
    }

    /// The text that waits.
    pub(super) fn take(&mut self) -> String {
        self.since = None;
        std::mem::take(&mut self.text)
    }

    /// Splits the last line off, the error that `?` printed.
    pub(super) fn take_error(&mut self) -> (String, String) {
        let text = self.take();
        let text = text.trim_end_matches('\n');
        let (before, last) = match text.rfind('\n') {
            Some(newline) => text.split_at(newline + 1),
            None => ("", text),
        };
        (before.to_owned(), last.to_owned())
    }
}
