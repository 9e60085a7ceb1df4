//! The things that a cell can show.

use serde_json::{Map, Value, json};

use crate::controls::Panel;
use crate::failure::Failure;

/// Which of the two text streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// One output in several forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MimeBundle {
    /// MIME type to content; JSON types hold JSON, all others text.
    pub data: Map<String, Value>,
    /// Metadata by MIME type.
    pub metadata: Map<String, Value>,
}

impl MimeBundle {
    /// A bundle of one form.
    pub fn new(mime: &str, content: &str) -> Self {
        let mut bundle = Self::default();
        bundle.insert(mime, content);
        bundle
    }

    /// Adds a form; the content of a JSON type is parsed, unless it isn't JSON.
    pub fn insert(&mut self, mime: &str, content: &str) {
        let is_json = mime == "application/json" || mime.ends_with("+json");
        let value = if is_json { serde_json::from_str(content).ok() } else { None };
        self.data.insert(mime.to_owned(), value.unwrap_or_else(|| Value::from(content)));
    }

    /// Attaches alternative text to the pictures.
    pub fn describe(&mut self, alt: &str) {
        for mime in self.data.keys().filter(|mime| mime.starts_with("image/")) {
            self.metadata.insert(mime.clone(), json!({ "alt": alt }));
        }
    }

    /// The text of one form.
    pub fn text(&self, mime: &str) -> Option<&str> {
        self.data.get(mime).and_then(Value::as_str)
    }

    /// About how many bytes it takes to send.
    pub fn size(&self) -> usize {
        self.data.values().map(|value| value.as_str().map_or(256, str::len)).sum()
    }
}

/// Something that a cell shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Text, as it was written.
    Text(Stream, String),
    /// A rich output, under a name if it is to be replaced later.
    Display(MimeBundle, Option<String>),
    /// A rich output in the place of the one shown under the name.
    Update(MimeBundle, String),
    /// The value of the cell.
    Result(MimeBundle),
    /// Something to read beside the notebook: a help text.
    Page(MimeBundle),
    /// The cell's outputs are to go; with `true`, when the next one comes.
    Clear(bool),
    /// The cell failed.
    Error(Failure),
    /// Controls, with what they move below them.
    Controls(Panel),
    /// What the closure of a panel gives when it is called.
    View(u64, Vec<MimeBundle>),
    /// The process that runs cells has ended, and with it all that controls moved.
    ControlsEnded,
}

/// Where an evaluator shows things and asks the reader.
pub trait Console: Send + Sync {
    /// Shows something.
    fn show(&self, event: Event);

    /// Asks the reader for a line; `None` where nobody can answer.
    fn ask(&self, prompt: &str, password: bool) -> Option<String>;

    /// Whether somebody looks who can move controls.
    fn has_reader(&self) -> bool {
        false
    }
}

/// A console where nobody looks, and nobody answers.
pub struct Quiet;

impl Console for Quiet {
    fn show(&self, _: Event) {}

    fn ask(&self, _: &str, _: bool) -> Option<String> {
        None
    }
}
