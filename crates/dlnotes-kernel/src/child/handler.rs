//! Turns pieces of the child's output into what is shown and what is noted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::filter::{COMPLETE, Filter, PANICKED, Piece, QUESTION_MARK};
use super::stderr::Held;
use super::{PanicPlace, Watch};
use crate::evaluator::Console;
use crate::output::{Event, MimeBundle, Stream, Utf8};

/// A content block may be the cell's value, which is known only when the cell ends: it waits this long for that.
const VALUE_WAITS: Duration = Duration::from_millis(60);

/// What the pump has to do.
pub(super) enum Step {
    /// Pass the line to evcxr.
    Forward(String),
    /// The same, after the error that `?` printed has been read.
    ForwardError(String),
    /// The cell's code has run.
    HasRun,
    /// Everything that the cell printed has been written.
    Flushed,
}

pub(super) struct Handler {
    watch: Arc<Watch>,
    console: Arc<dyn Console>,
    filter: Filter,
    out: Utf8,
    err: Held,
    /// Content blocks that follow each other, of different types: one output in several forms.
    block: Option<(MimeBundle, Instant)>,
    /// A panic that may be the cell's failure; told as text if it turns out not to be.
    panic: Option<PanicPlace>,
}

impl Handler {
    pub(super) fn new(watch: Arc<Watch>, console: Arc<dyn Console>) -> Self {
        Self {
            watch,
            console,
            filter: Filter::default(),
            out: Utf8::default(),
            err: Held::default(),
            block: None,
            panic: None,
        }
    }

    pub(super) fn stdout(&mut self, bytes: &[u8]) -> Vec<Step> {
        let pieces = self.filter.push(bytes);
        pieces.into_iter().filter_map(|piece| self.piece(piece)).collect()
    }

    pub(super) fn stderr(&mut self, bytes: &[u8]) {
        self.err.push(bytes);
    }

    /// How long until something that is held back must be shown.
    pub(super) fn due(&self) -> Option<Duration> {
        let block = self.block.as_ref().map(|(_, since)| VALUE_WAITS.saturating_sub(since.elapsed()));
        [self.err.due(), block].into_iter().flatten().min()
    }

    pub(super) fn tick(&mut self) {
        if self.err.due().is_some_and(|due| due.is_zero()) {
            self.show_stderr();
        }
        if self.block.as_ref().is_some_and(|(_, since)| since.elapsed() >= VALUE_WAITS) {
            self.show_block(false);
        }
    }

    /// The cell was left by `?`: the last line on standard error is why.
    pub(super) fn question_mark(&mut self) {
        let (before, error) = self.err.take_error();
        self.text(Stream::Err, before);
        self.watch.see(|seen| seen.error = Some(error));
    }

    pub(super) fn end_cell(&mut self) {
        self.show_stderr();
        let has_value = self.watch.has_value();
        self.show_block(has_value);
        let mut unwound = false;
        self.watch.see(|seen| {
            unwound = seen.unwound;
            if seen.unwound {
                seen.panic = self.panic.take();
            }
        });
        self.tell_panic();
    }

    /// The child has died.
    pub(super) fn finish(&mut self) {
        let rest = self.filter.finish();
        let text = self.out.push(&rest) + &self.out.finish();
        self.text(Stream::Out, text);
        self.show_block(false);
        self.tell_panic();
        self.show_stderr();
    }

    fn piece(&mut self, piece: Piece) -> Option<Step> {
        match piece {
            Piece::Text(bytes) => {
                let text = self.out.push(&bytes);
                if !text.is_empty() {
                    self.show_block(false);
                    self.text(Stream::Out, text);
                }
                None
            }
            Piece::Content { mime, text } => {
                self.content(&mime, &text);
                None
            }
            Piece::Record(record) => self.record(&record),
            Piece::Line(line) if line == COMPLETE => Some(Step::HasRun),
            Piece::Line(line) if line == QUESTION_MARK => Some(Step::ForwardError(line)),
            Piece::Line(line) => {
                if line == PANICKED {
                    self.watch.see(|seen| seen.unwound = true);
                }
                Some(Step::Forward(line))
            }
        }
    }

    fn content(&mut self, mime: &str, text: &str) {
        if self.block.as_ref().is_some_and(|(bundle, _)| bundle.data.contains_key(mime)) {
            self.show_block(false);
        }
        let (bundle, since) = self.block.get_or_insert_with(|| (MimeBundle::default(), Instant::now()));
        bundle.insert(mime, text);
        *since = Instant::now();
    }

    fn record(&mut self, record: &Value) -> Option<Step> {
        let id = || record["id"].as_str().map(str::to_owned);
        match record["kind"].as_str()? {
            "display" => self.show(Event::Display(bundle(record), id())),
            "update" => self.show(Event::Update(bundle(record), id()?)),
            "result" => self.show(Event::Result(bundle(record))),
            "clear" => self.show(Event::Clear(record["wait"] == true)),
            "panic" => {
                self.tell_panic();
                let place: PanicPlace = serde_json::from_value(record.clone()).ok()?;
                if place.thread == "main" {
                    self.panic = Some(place);
                } else {
                    self.text(Stream::Err, describe(&place));
                }
            }
            "interrupted" => self.watch.see(|seen| seen.interrupted = true),
            "ready" => self.watch.child_ready(),
            "flushed" => return Some(Step::Flushed),
            _ => {}
        }
        None
    }

    fn show(&mut self, event: Event) {
        self.show_block(false);
        self.console.show(event);
    }

    fn show_block(&mut self, is_value: bool) {
        let Some((bundle, _)) = self.block.take() else { return };
        let is_unit = bundle.data.len() == 1 && bundle.text("text/plain").is_some_and(|text| text == "()");
        match (is_value, is_unit) {
            (true, true) => {}
            (true, false) => self.console.show(Event::Result(bundle)),
            (false, _) => self.console.show(Event::Display(bundle, None)),
        }
    }

    fn show_stderr(&mut self) {
        let text = self.err.take();
        self.text(Stream::Err, text);
    }

    /// A panic that did not end the cell, because it was caught, or because another followed.
    fn tell_panic(&mut self) {
        if let Some(place) = self.panic.take() {
            self.text(Stream::Err, describe(&place));
        }
    }

    fn text(&self, stream: Stream, text: String) {
        if !text.is_empty() {
            self.console.show(Event::Text(stream, text));
        }
    }
}

fn describe(place: &PanicPlace) -> String {
    let PanicPlace { message, file, line, column, thread } = place;
    format!("thread '{thread}' panicked at {file}:{line}:{column}:\n{message}\n")
}

fn bundle(record: &Value) -> MimeBundle {
    let mut bundle = MimeBundle::default();
    for (mime, content) in record["data"].as_object().into_iter().flatten() {
        bundle.insert(mime, content.as_str().unwrap_or_default());
    }
    if let Some(alt) = record["alt"].as_str() {
        bundle.describe(alt);
    }
    bundle
}
