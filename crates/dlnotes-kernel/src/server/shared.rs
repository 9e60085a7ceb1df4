//! What every part of the server shares, and what brackets the work on a request.

use std::sync::{Arc, Mutex, PoisonError};

use jupyter_protocol::{JupyterMessage, Status};
use tokio::sync::{Notify, watch};

use super::queue::Queue;
use super::stdin::Stdin;
use super::widgets::SharedWidgets;
use crate::evaluator::Interrupter;
use crate::output::Router;

/// What every part of the server shares.
pub(crate) struct Shared {
    pub(crate) router: Arc<Router>,
    pub(crate) interrupter: Arc<dyn Interrupter>,
    pub(crate) stdin: Arc<Stdin>,
    pub(crate) widgets: Arc<SharedWidgets>,
    /// The request that shell is at.
    at: Mutex<Option<JupyterMessage>>,
    /// Requests that wait for their turn on shell.
    pub(super) queue: Arc<Queue>,
    /// Wakes a cell that waits for the evaluator, when the reader interrupts it.
    pub(super) stop_waiting: Notify,
    stop: watch::Sender<bool>,
}

impl Shared {
    /// What the parts share, and what becomes true when the kernel is to end.
    pub(super) fn new(
        router: Router,
        interrupter: Arc<dyn Interrupter>,
        stdin: Stdin,
    ) -> (Arc<Self>, watch::Receiver<bool>) {
        let (stop, stopped) = watch::channel(false);
        let shared = Self {
            router: Arc::new(router),
            interrupter,
            stdin: Arc::new(stdin),
            widgets: Arc::new(SharedWidgets::new()),
            at: Mutex::new(None),
            queue: Arc::default(),
            stop_waiting: Notify::new(),
            stop,
        };
        (Arc::new(shared), stopped)
    }

    /// Brackets the work on a request with busy and idle: idle comes whatever happens.
    pub(crate) fn bracket(self: &Arc<Self>, request: &JupyterMessage) -> Bracket {
        self.router.send(Status::busy(), Some(request));
        Bracket { shared: Arc::clone(self), request: request.clone(), is_shell: false }
    }

    /// The same for the request that shell is at.
    pub(crate) fn work_on(self: &Arc<Self>, request: &JupyterMessage) -> Bracket {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.clone());
        let mut bracket = self.bracket(request);
        bracket.is_shell = true;
        bracket
    }

    /// Brackets what is answered while another request is worked on: front ends take what was said last for the kernel's
    /// state, so that one is busy again afterwards.
    pub(crate) fn aside(self: &Arc<Self>, request: &JupyterMessage, answer: impl FnOnce()) {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        self.router.send(Status::busy(), Some(request));
        answer();
        self.router.send(Status::idle(), Some(request));
        if at.is_some() {
            self.router.send(Status::busy(), at.as_ref());
        }
    }

    pub(crate) fn shut_down(&self) {
        self.stop.send_replace(true);
    }
}

/// While this lives the kernel is busy with a request.
pub(crate) struct Bracket {
    shared: Arc<Shared>,
    request: JupyterMessage,
    is_shell: bool,
}

impl Drop for Bracket {
    fn drop(&mut self) {
        let mut at = self.shared.at.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_shell {
            *at = None;
        }
        self.shared.router.send(Status::idle(), Some(&self.request));
    }
}
