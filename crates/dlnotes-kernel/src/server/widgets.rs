//! The models of controls, for every part of the server.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlnotes_eval::Event;
use dlnotes_eval::controls::Panel;
use jupyter_protocol::{CommInfoRequest, JupyterMessage, JupyterMessageContent as Content};

use crate::output::{Router, add_png};
use crate::widgets::{Widgets, anywidget};

/// Names how controls are shown: `live` or `frames`; without it, by whether the front end lets cells ask the reader.
const SHOWN_AS: &str = "DLNOTES_CONTROLS";
/// Where Jupyter's server says which notebook a kernel belongs to.
const NOTEBOOK: &str = "JPY_SESSION_NAME";
/// The models of a kernel, which every part of the server may change.
pub(crate) struct SharedWidgets {
    widgets: Mutex<Widgets>,
    notebook: Option<PathBuf>,
    shown_as: Option<String>,
}

impl SharedWidgets {
    pub(super) fn new() -> Self {
        let notebook = std::env::var_os(NOTEBOOK).map(PathBuf::from);
        Self {
            widgets: Mutex::new(Widgets::new(anywidget::version())),
            notebook,
            shown_as: std::env::var(SHOWN_AS).ok(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Widgets> {
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

    /// The notebook's file, as Jupyter's server names it.
    pub(super) fn notebook(&self) -> Option<&Path> {
        self.notebook.as_deref()
    }

    pub(super) fn info(&self, request: &CommInfoRequest) -> Content {
        self.lock().info(request.target_name.as_deref())
    }
}
