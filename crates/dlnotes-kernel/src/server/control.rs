//! The control socket: interrupt and shutdown, answered while a cell runs.

use std::sync::Arc;

use jupyter_protocol::{InterruptReply, JupyterMessage, JupyterMessageContent as Content, ReplyStatus, ShutdownReply};
use jupyter_zmq_client::RouterRecvConnection;
use tokio::sync::mpsc::UnboundedSender;

use super::shared::Shared;
use super::{dropped, shell};
use crate::wire;

/// Answers until a shutdown has been answered.
pub(super) async fn serve(
    mut socket: RouterRecvConnection,
    replies: UnboundedSender<JupyterMessage>,
    shared: Arc<Shared>,
) {
    loop {
        let request = match wire::receive(&mut socket).await {
            Ok(request) => request,
            Err(e) => {
                dropped::tell("control", &e).await;
                continue;
            }
        };
        let bracket = shared.bracket(&request);
        let (reply, end) = match &request.content {
            Content::InterruptRequest(_) => {
                // Cells that wait in the queue would otherwise start right after the one that is stopped.
                shared.queue.abort();
                shared.stdin.cancel();
                shared.interrupter.interrupt();
                shared.stop_waiting.notify_waiters();
                (Some(InterruptReply::new().into()), false)
            }
            Content::ShutdownRequest(shutdown) => {
                shared.widgets.close_all(&request, &shared.router);
                let reply = ShutdownReply { restart: shutdown.restart, status: ReplyStatus::Ok, error: None };
                // Clients that listen on iopub learn of it too, as the protocol asks.
                shared.router.send(reply.clone(), Some(&request));
                (Some(reply.into()), true)
            }
            other => (shell::plain(other, &shared), false),
        };
        if let Some(content) = reply {
            // Fails only while the kernel ends.
            let _ = replies.send(wire::child(content, Some(&request)));
        }
        drop(bracket);
        if end {
            // The reply leaves from its own task; it has the time that ending the evaluator takes.
            shared.shut_down();
            return;
        }
    }
}
