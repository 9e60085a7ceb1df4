//! Passes what is shown on, or keeps it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Console, Event};

/// So much text is kept of what is kept.
const MOST_TEXT: usize = 64 * 1024;

/// Passes what is shown on, or keeps it.
pub(super) struct Switch {
    console: Arc<dyn Console>,
    kept: Mutex<Option<Kept>>,
    /// The text of the last value that the cell has shown.
    result: Mutex<Option<String>>,
}

#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    text: usize,
}

impl Switch {
    pub(super) fn new(console: Arc<dyn Console>) -> Self {
        Self { console, kept: Mutex::new(None), result: Mutex::new(None) }
    }

    /// From here on what is shown is kept.
    pub(super) fn keep(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept::default());
    }

    /// What was shown meanwhile.
    pub(super) fn kept(&self) -> Vec<Event> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default().events
    }

    /// A cell begins.
    pub(super) fn begin(&self) {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The text of the value that it has shown.
    pub(super) fn last_result(&self) -> Option<String> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows something in any case.
    pub(super) fn pass(&self, event: Event) {
        self.console.show(event);
    }
}

impl Kept {
    fn push(&mut self, event: Event) {
        let Event::Text(stream, mut text) = event else { return self.events.push(event) };
        let room = MOST_TEXT.saturating_sub(self.text);
        self.text += text.len();
        if room == 0 {
            return;
        }
        if text.len() > room {
            text.truncate(text.floor_char_boundary(room));
            text.push_str("\n[… the rest of the output is left out …]\n");
        }
        match self.events.last_mut() {
            Some(Event::Text(last, before)) if *last == stream => before.push_str(&text),
            _ => self.events.push(Event::Text(stream, text)),
        }
    }
}

impl Console for Switch {
    fn show(&self, event: Event) {
        if let Event::Result(bundle) = &event {
            let text = bundle.text("text/plain").map(str::to_owned);
            *self.result.lock().unwrap_or_else(PoisonError::into_inner) = text;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *kept {
            Some(kept) => kept.push(event),
            None => {
                drop(kept);
                self.console.show(event);
            }
        }
    }

    fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        self.console.ask(prompt, password)
    }

    fn has_reader(&self) -> bool {
        self.console.has_reader()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Quiet, Stream};

    #[test]
    fn text_that_is_kept_is_joined_and_ends_somewhere() {
        let switch = Switch::new(Arc::new(Quiet));
        switch.keep();
        for _ in 0..100_000 {
            switch.show(Event::Text(Stream::Out, "0123456789".into()));
        }
        switch.show(Event::Text(Stream::Err, "e".into()));
        let [Event::Text(Stream::Out, text)] = &switch.kept()[..] else { panic!("one text") };
        assert!(text.len() < MOST_TEXT + 100 && text.ends_with("left out …]\n"));
        assert!(switch.kept().is_empty());
    }
}
