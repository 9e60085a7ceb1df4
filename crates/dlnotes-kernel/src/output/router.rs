//! Puts everything that is sent on iopub into one order and paces it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dlnotes_eval::{Event, MimeBundle, Stream};
use jupyter_protocol::{
    ClearOutput, DisplayData, ErrorOutput, ExecuteResult, ExecutionCount, JupyterMessage, JupyterMessageContent, Media,
    MediaType, StreamContent, Transient, UpdateDisplayData,
};
use tokio::sync::mpsc::UnboundedSender;

use super::budget::Budget;
use super::pending::Pending;
use super::png;
use crate::{widgets, wire};

/// Text that comes faster than this is sent together: Jupyter's server drops above 1,000 messages a second.
const TOGETHER: Duration = Duration::from_millis(20);

/// Above this many bytes on their way to a front end that doesn't read, text waits (and is elided) here.
const IN_FLIGHT: usize = 4_000_000;

/// Where the router puts messages; the task that owns the iopub socket takes them out and counts down.
#[derive(Clone)]
pub struct Outbox {
    /// The queue in front of the socket.
    pub queue: UnboundedSender<(JupyterMessage, usize)>,
    /// Bytes in the queue.
    pub in_flight: Arc<AtomicUsize>,
}

/// Puts everything that is sent on iopub into one order and paces it.
pub struct Router {
    state: Mutex<State>,
}

struct State {
    outbox: Outbox,
    parent: Option<JupyterMessage>,
    count: usize,
    silent: bool,
    text: Pending,
    /// The newest state of figures that were replaced and not sent yet, by display id.
    updates: BTreeMap<String, MimeBundle>,
    /// Figures that were replaced in this cell: they get a picture when it ends.
    live: BTreeMap<String, MimeBundle>,
    /// Help texts of this cell: they travel in its reply.
    pages: Vec<MimeBundle>,
    clear_pending: bool,
    last_sent: Option<Instant>,
    budget: Budget,
}

impl Router {
    /// A router that sends to `outbox`.
    pub fn new(outbox: Outbox) -> Self {
        let state = State {
            outbox,
            parent: None,
            count: 0,
            silent: false,
            text: Pending::default(),
            updates: BTreeMap::new(),
            live: BTreeMap::new(),
            pages: Vec::new(),
            clear_pending: false,
            last_sent: None,
            budget: Budget::new(Instant::now()),
        };
        Self { state: Mutex::new(state) }
    }

    /// From here on outputs belong to `parent`, a cell with number `count`; a silent one shows nothing but errors.
    pub fn begin(&self, parent: &JupyterMessage, count: usize, silent: bool) {
        let mut state = self.lock();
        state.flush_all();
        state.parent = Some(parent.clone());
        state.count = count;
        state.silent = silent;
    }

    /// The cell is over: everything that waits is sent, and live figures get their picture. Help texts come back.
    pub fn end(&self) -> Vec<MimeBundle> {
        let mut state = self.lock();
        state.finish();
        std::mem::take(&mut state.pages)
    }

    /// Shows something, under the cell that runs or ran last.
    pub fn emit(&self, event: Event) {
        self.lock().emit(event);
    }

    /// Sends a message that is not a cell's output, such as a status, after everything that came before it.
    pub fn send(&self, content: impl Into<JupyterMessageContent>, parent: Option<&JupyterMessage>) {
        let mut state = self.lock();
        state.flush_all();
        state.post(wire::child(content, parent), 256);
    }

    /// Sends a message about a model, as part of what `parent` led to or, without one, of what the cell shows.
    pub fn comm(&self, content: JupyterMessageContent, parent: Option<&JupyterMessage>) {
        let mut state = self.lock();
        state.flush_all();
        let size = size_of_comm(&content);
        let opens = matches!(content, JupyterMessageContent::CommOpen(_));
        let mut message = wire::child(content, parent.or(state.parent.as_ref()));
        if opens {
            message.metadata = serde_json::json!({ "version": widgets::VERSION });
        }
        state.post(message, size);
    }

    /// Whether Jupyter's server would take such a message about a model now.
    pub fn has_room_for(&self, content: &JupyterMessageContent) -> bool {
        self.lock().budget.allows(size_of_comm(content), Instant::now())
    }

    /// Sends what has waited long enough; called every few milliseconds.
    pub fn tick(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.last_sent.is_none_or(|at| now.saturating_duration_since(at) >= TOGETHER) && state.may_send(now) {
            state.flush_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, even if a panic cut it short: at worst one output is missing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn emit(&mut self, event: Event) {
        match event {
            Event::Text(stream, text) => self.push_text(stream, &text),
            Event::Error(failure) => {
                self.flush_all();
                let traceback = failure.traceback.clone();
                let size = 256 + traceback.iter().map(String::len).sum::<usize>();
                self.output(ErrorOutput { ename: failure.ename, evalue: failure.evalue, traceback }, size);
            }
            _ if self.silent => {}
            Event::Display(mut bundle, id) => {
                self.flush_all();
                png::add_png(&mut bundle);
                let mut message = DisplayData::new(media(&bundle));
                message.metadata = bundle.metadata.clone();
                message.transient = id.map(|id| Transient { display_id: Some(id) });
                self.output(message, bundle.size());
            }
            Event::Result(mut bundle) => {
                self.flush_all();
                png::add_png(&mut bundle);
                if !bundle.data.contains_key("text/plain") {
                    bundle.insert("text/plain", "(a rich output)");
                }
                let mut message = ExecuteResult::new(ExecutionCount::new(self.count), media(&bundle));
                message.metadata = bundle.metadata.clone();
                message.transient = Some(Transient::default());
                self.output(message, bundle.size());
            }
            Event::Update(bundle, id) => {
                self.live.insert(id.clone(), bundle.clone());
                self.updates.insert(id, bundle);
                if self.last_sent.is_none_or(|at| at.elapsed() >= TOGETHER) && self.may_send(Instant::now()) {
                    self.flush_all();
                }
            }
            Event::Page(bundle) => self.pages.push(bundle),
            // Not outputs, but models: `widgets`.
            Event::Controls(_) | Event::View(..) | Event::ControlsEnded => {}
            Event::Clear(true) => {
                self.flush_all();
                self.clear_pending = true;
            }
            Event::Clear(false) => {
                self.text.clear();
                self.flush_all();
                // What is gone gets no picture at the cell's end.
                self.live.clear();
                self.clear_pending = false;
                self.output(ClearOutput { wait: false }, 64);
            }
        }
    }

    fn push_text(&mut self, stream: Stream, text: &str) {
        if self.silent || text.is_empty() {
            return;
        }
        self.text.push(stream, text);
        let is_time = self.text.is_full() || self.last_sent.is_none_or(|at| at.elapsed() >= TOGETHER);
        if is_time && self.may_send(Instant::now()) {
            self.flush_all();
        } else {
            self.text.shorten();
        }
    }

    fn may_send(&mut self, now: Instant) -> bool {
        let waiting = self.text.bytes() + self.updates.values().map(MimeBundle::size).sum::<usize>();
        self.budget.allows(waiting, now) && self.outbox.in_flight.load(Ordering::Relaxed) < IN_FLIGHT
    }

    fn flush_all(&mut self) {
        for (stream, text) in self.text.take() {
            let size = text.len();
            let message = match stream {
                Stream::Out => StreamContent::stdout(&text),
                Stream::Err => StreamContent::stderr(&text),
            };
            self.output(message, size);
        }
        for (id, bundle) in std::mem::take(&mut self.updates) {
            self.update(&id, &bundle);
        }
    }

    fn finish(&mut self) {
        for (id, mut bundle) in std::mem::take(&mut self.live) {
            png::add_png(&mut bundle);
            self.updates.insert(id, bundle);
        }
        self.flush_all();
        self.clear_pending = false;
    }

    fn update(&mut self, id: &str, bundle: &MimeBundle) {
        let mut message = UpdateDisplayData::new(media(bundle), id);
        message.metadata = bundle.metadata.clone();
        self.post_output(message, bundle.size());
    }

    /// An output that a pending clear makes way for.
    fn output(&mut self, content: impl Into<JupyterMessageContent>, size: usize) {
        if std::mem::take(&mut self.clear_pending) {
            self.post_output(ClearOutput { wait: true }, 64);
        }
        self.post_output(content, size);
    }

    fn post_output(&mut self, content: impl Into<JupyterMessageContent>, size: usize) {
        let message = wire::child(content, self.parent.as_ref());
        self.last_sent = Some(Instant::now());
        self.post(message, size);
    }

    fn post(&mut self, message: JupyterMessage, size: usize) {
        self.budget.spend(size);
        self.outbox.in_flight.fetch_add(size, Ordering::Relaxed);
        // The receiver is gone only when the kernel is ending.
        let _ = self.outbox.queue.send((message, size));
    }
}

/// About how many bytes a message about a model takes.
fn size_of_comm(content: &JupyterMessageContent) -> usize {
    let data = match content {
        JupyterMessageContent::CommOpen(open) => &open.data,
        JupyterMessageContent::CommMsg(message) => &message.data,
        _ => return 256,
    };
    256 + serde_json::to_string(data).map_or(0, |text| text.len())
}

/// As the protocol has it.
pub(crate) fn media(bundle: &MimeBundle) -> Media {
    Media::new(bundle.data.iter().map(|(mime, value)| MediaType::Other((mime.clone(), value.clone()))).collect())
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
