//! Questions to the reader.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use jupyter_protocol::{InputRequest, JupyterMessage, JupyterMessageContent};
use jupyter_zmq_client::RouterRecvConnection;
use tokio::sync::mpsc::UnboundedSender;

use super::dropped;
use crate::wire;

/// Asks the reader on the stdin socket.
pub(crate) struct Stdin {
    socket: UnboundedSender<JupyterMessage>,
    /// The request whose sender may be asked: a cell that allows it.
    asker: Mutex<Option<JupyterMessage>>,
    waiting: Mutex<Option<Sender<String>>>,
}

impl Stdin {
    pub(super) fn new(socket: UnboundedSender<JupyterMessage>) -> Self {
        Self { socket, asker: Mutex::new(None), waiting: Mutex::new(None) }
    }

    /// From now on questions go to the front end that sent `request`; `None` means that nobody may be asked.
    pub(crate) fn set_asker(&self, request: Option<&JupyterMessage>) {
        *self.asker.lock().unwrap_or_else(PoisonError::into_inner) = request.cloned();
    }

    /// Waits for the user's answer; `None` where nobody may be asked, or when the cell is interrupted meanwhile.
    pub(crate) fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        let asker = self.asker.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (answer, answered) = channel();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        let question = InputRequest { prompt: prompt.to_owned(), password };
        self.socket.send(wire::child(question, Some(&asker))).ok()?;
        // The sender is dropped by `cancel`.
        answered.recv().ok()
    }

    /// Gives up waiting for an answer.
    pub(crate) fn cancel(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn answer(&self, text: String) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        match waiting {
            // Whoever asked may have been interrupted in this moment: the answer is of no use then.
            Some(sender) => drop(sender.send(text)),
            None => log::warn!("an answer came that nobody waits for"),
        }
    }
}

pub(super) async fn listen(mut socket: RouterRecvConnection, stdin: Arc<Stdin>) {
    loop {
        match wire::receive(&mut socket).await {
            Ok(message) => match message.content {
                JupyterMessageContent::InputReply(reply) => stdin.answer(reply.value),
                other => log::warn!("{} does not belong on the stdin socket", other.message_type()),
            },
            Err(e) => dropped::tell("stdin", &e).await,
        }
    }
}
