//! Turns what the process prints and sends into what the reader sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dlnotes_display::cells::protocol;
use serde_json::Value;

use super::content::{Contents, Piece};
use super::stdin::Asker;
use super::{MAIN_THREAD, PanicPlace};
use crate::text::Utf8;
use crate::{Console, Event, MimeBundle, Stream, controls};

/// Content blocks of different types that follow each other are one output: the next one may take so long.
const NEXT_BLOCK: Duration = Duration::from_millis(60);
/// The block of a cell that has a value may be that value, which is known only when the cell ends.
const VALUE_WAITS: Duration = Duration::from_millis(250);
/// Text that may be the beginning of a special line waits so long for the rest, which is on its way.
const LINE_WAITS: Duration = Duration::from_millis(30);

/// Shows what the process prints and sends.
pub(super) struct Shower {
    console: Arc<dyn Console>,
    contents: Contents,
    out: Utf8,
    err: Utf8,
    /// A content block that may not be complete, and when its last form came.
    block: Option<(MimeBundle, Instant)>,
    /// A panic that may be the cell's failure; told as text if it turns out not to be.
    panic: Option<PanicPlace>,
    has_value: bool,
    held_since: Option<Instant>,
}

impl Shower {
    pub(super) fn new(console: Arc<dyn Console>) -> Self {
        Self {
            console,
            contents: Contents::default(),
            out: Utf8::default(),
            err: Utf8::default(),
            block: None,
            panic: None,
            has_value: false,
            held_since: None,
        }
    }

    /// A cell begins to run, or destructors do.
    pub(super) fn starts(&mut self, has_value: bool) {
        self.has_value = has_value;
    }

    /// How long until something that is held back must be shown.
    pub(super) fn due(&self) -> Option<Duration> {
        let block = self.block.as_ref().map(|(_, since)| self.block_waits().saturating_sub(since.elapsed()));
        let held = self.held_since.map(|since| LINE_WAITS.saturating_sub(since.elapsed()));
        [block, held].into_iter().flatten().min()
    }

    /// Shows what has been held back long enough.
    pub(super) fn tick(&mut self) {
        if self.held_since.is_some_and(|since| since.elapsed() >= LINE_WAITS) {
            self.release();
        }
        if self.block.as_ref().is_some_and(|(_, since)| since.elapsed() >= self.block_waits()) {
            self.show_block(false);
        }
    }

    /// Text has been printed.
    pub(super) fn text(&mut self, stream: Stream, bytes: &[u8], asker: &mut Asker) {
        if stream == Stream::Err {
            let text = self.err.push(bytes);
            return self.show_text(Stream::Err, text);
        }
        for piece in self.contents.push(bytes) {
            match piece {
                Piece::Text(bytes) => self.show_printed(&bytes),
                Piece::Content { mime, text } => self.content(&mime, &text),
                Piece::Ask { prompt, password } => {
                    self.show_block(false);
                    asker.ask(prompt, password);
                }
            }
        }
        self.held_since = self.contents.holds_text().then(Instant::now);
    }

    /// A record has been sent.
    pub(super) fn record(&mut self, record: &Value) {
        let id = || record["id"].as_str().map(str::to_owned);
        match record["kind"].as_str() {
            Some("display") => self.show(Event::Display(bundle(record), id())),
            Some("update") => match id() {
                Some(id) => self.show(Event::Update(bundle(record), id)),
                None => log::warn!("an update without a name: {record}"),
            },
            Some("result") => self.show(Event::Result(bundle(record))),
            Some("clear") => self.show(Event::Clear(record["wait"] == true)),
            Some("panic") => match serde_json::from_value::<PanicPlace>(record.clone()) {
                Ok(place) => self.panicked(place),
                Err(e) => log::warn!("a panic that can't be understood: {e}: {record}"),
            },
            Some("controls") => match controls::panel(record, bundles(record)) {
                Some(panel) => self.show(Event::Controls(panel)),
                None => log::warn!("controls that can't be understood: {record}"),
            },
            Some("view") => match record["panel"].as_u64() {
                Some(panel) => self.show(Event::View(panel, bundles(record))),
                None => log::warn!("a view without controls: {record}"),
            },
            // The end of a cell says whether it was interrupted.
            _ => {}
        }
    }

    /// The cell is over, or what else was asked for; the panic that was its failure is handed back.
    pub(super) fn ends(&mut self, ending: Option<&protocol::Ending>) -> Option<PanicPlace> {
        let completed = matches!(ending, None | Some(protocol::Ending::Completed));
        self.finish_text(!completed);
        self.show_block(self.has_value && completed);
        self.has_value = false;
        let Some(protocol::Ending::Panicked { message }) = ending else {
            self.tell_panic();
            return None;
        };
        let told = self.panic.take_if(|place| place.message == *message);
        self.tell_panic();
        // A panic hook of the cell's, or `resume_unwind`: nobody told where.
        Some(told.unwrap_or_else(|| PanicPlace {
            message: message.clone(),
            thread: MAIN_THREAD.to_owned(),
            ..PanicPlace::default()
        }))
    }

    /// The process has ended.
    pub(super) fn finish(&mut self) {
        self.finish_text(true);
        self.show_block(false);
        self.tell_panic();
    }

    fn block_waits(&self) -> Duration {
        if self.has_value { VALUE_WAITS } else { NEXT_BLOCK }
    }

    fn finish_text(&mut self, cut_short: bool) {
        let rest = self.contents.finish(cut_short);
        self.held_since = None;
        self.show_printed(&rest);
        for stream in [Stream::Out, Stream::Err] {
            let text = match stream {
                Stream::Out => self.out.finish(),
                Stream::Err => self.err.finish(),
            };
            self.show_text(stream, text);
        }
    }

    fn release(&mut self) {
        self.held_since = None;
        let text = self.contents.release();
        self.show_printed(&text);
    }

    fn show_printed(&mut self, bytes: &[u8]) {
        let text = self.out.push(bytes);
        if !text.is_empty() {
            self.show_block(false);
            self.show_text(Stream::Out, text);
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

    fn show(&mut self, event: Event) {
        self.release();
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

    fn panicked(&mut self, place: PanicPlace) {
        self.tell_panic();
        if place.thread == MAIN_THREAD {
            self.panic = Some(place);
        } else {
            self.show_text(Stream::Err, describe(&place));
        }
    }

    /// A panic that did not end the cell, because it was caught, or because another followed.
    fn tell_panic(&mut self) {
        if let Some(place) = self.panic.take() {
            self.show_text(Stream::Err, describe(&place));
        }
    }

    fn show_text(&self, stream: Stream, text: String) {
        if !text.is_empty() {
            self.console.show(Event::Text(stream, text));
        }
    }
}

fn describe(place: &PanicPlace) -> String {
    let PanicPlace { message, file, line, column, thread } = place;
    format!("thread '{thread}' panicked at {file}:{line}:{column}:\n{message}\n")
}

fn bundles(record: &Value) -> Vec<MimeBundle> {
    record["views"].as_array().into_iter().flatten().map(bundle).collect()
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
