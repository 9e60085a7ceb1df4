//! Comms: what pages say about controls.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dlnotes_eval::Event;
use dlnotes_eval::controls::Panel;
use jupyter_protocol::{CommInfoRequest, CommMsg, JupyterMessage, JupyterMessageContent as Content};
use tokio::sync::mpsc::UnboundedSender;

use super::Shared;
use super::worker::Worker;
use crate::output::{Router, add_png};
use crate::widgets::{Arrival, Widgets};
use crate::wire;

/// Names how controls are shown: `live` or `frames`; without it, by whether the front end lets cells ask the reader.
const SHOWN_AS: &str = "DLNOTES_CONTROLS";
/// Where Jupyter's server says which notebook a kernel belongs to.
const NOTEBOOK: &str = "JPY_SESSION_NAME";
/// How often it is looked whether a figure may be sent.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// A figure that is larger than what may be sent at all goes after this.
const MOST_LOOKS: usize = 400;

/// The models of a kernel, which every part of the server may change.
pub(crate) struct SharedWidgets {
    widgets: Mutex<Widgets>,
    notebook: Option<PathBuf>,
    shown_as: Option<String>,
}

impl SharedWidgets {
    pub(super) fn new() -> Self {
        let notebook = std::env::var_os(NOTEBOOK).map(PathBuf::from);
        Self { widgets: Mutex::default(), notebook, shown_as: std::env::var(SHOWN_AS).ok() }
    }

    fn lock(&self) -> MutexGuard<'_, Widgets> {
        // At worst, a panic cut short what a page is told of one panel.
        self.widgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether controls can be moved; `can_be_asked` says whether a reader looks.
    pub(super) fn has_reader(&self, can_be_asked: bool) -> bool {
        match self.shown_as.as_deref() {
            Some("live") => true,
            Some("frames") => false,
            _ => can_be_asked,
        }
    }

    /// A cell begins: what it showed before goes. The panels whose closures aren't needed any more.
    pub(super) fn begin(&self, request: &JupyterMessage, router: &Router) -> Vec<u64> {
        let cell = request.metadata["cellId"].as_str();
        let deleted = request.metadata["deletedCells"].as_array().into_iter().flatten();
        let deleted: Vec<&str> = deleted.filter_map(|id| id.as_str()).collect();
        let (closes, gone) = self.lock().begin(cell, &deleted);
        closes.into_iter().for_each(|close| router.comm(close, Some(request)));
        gone
    }

    /// A cell shows controls.
    pub(super) fn open(&self, panel: Panel, router: &Router) {
        let (opens, bundle) = self.lock().open(panel, add_png);
        opens.into_iter().for_each(|open| router.comm(open, None));
        router.emit(Event::Display(bundle, None));
    }

    /// What controls moved is gone.
    pub(super) fn ended(&self, router: &Router) {
        self.lock().ended().into_iter().for_each(|content| router.comm(content, None));
    }

    /// The kernel ends.
    pub(super) fn close_all(&self, request: &JupyterMessage, router: &Router) {
        self.lock().close_all().into_iter().for_each(|close| router.comm(close, Some(request)));
    }

    pub(super) fn info(&self, request: &CommInfoRequest) -> Content {
        self.lock().info(request.target_name.as_deref())
    }
}

/// Answers what needs no closure; `false` if its turn has to be waited for.
pub(super) fn answered_at_once(
    request: &JupyterMessage,
    replies: &UnboundedSender<JupyterMessage>,
    shared: &Arc<Shared>,
) -> bool {
    let arrival = match &request.content {
        Content::CommInfoRequest(info) => {
            let reply = wire::child(shared.widgets.info(info), Some(request));
            // Fails only while the kernel ends.
            shared.aside(request, || drop(replies.send(reply)));
            return true;
        }
        Content::CommOpen(open) => shared.widgets.lock().comm_opened(open),
        Content::CommMsg(message) => shared.widgets.lock().comm_message(message, shared.widgets.notebook.as_deref()),
        Content::CommClose(close) => shared.widgets.lock().comm_closed(&close.comm_id),
        _ => return false,
    };
    let answers = match arrival {
        Arrival::Later => return false,
        Arrival::Now(answers) => answers,
        Arrival::Steer { panel, at, answers } => {
            shared.interrupter.steer(panel, &at);
            answers
        }
    };
    shared.aside(request, || answers.into_iter().for_each(|answer| shared.router.comm(answer, Some(request))));
    true
}

/// The turn of a move has come: its closure is called, unless that was done for a move before it.
pub(super) async fn moved(message: &CommMsg, request: &JupyterMessage, worker: &Worker, shared: &Arc<Shared>) {
    let (answers, due) = {
        let mut widgets = shared.widgets.lock();
        (widgets.answers(&message.comm_id), widgets.due(&message.comm_id))
    };
    answers.into_iter().for_each(|answer| shared.router.comm(answer, Some(request)));
    let Some((panel, at)) = due else { return };
    let called = worker.call(panel, at).await;
    let contents = shared.widgets.lock().called(panel, &called);
    for content in contents {
        // The front end sends the next move when this one has been answered: waiting here is what slows it down.
        for _ in 0..MOST_LOOKS {
            if shared.router.has_room_for(&content) {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        shared.router.comm(content, Some(request));
    }
}
