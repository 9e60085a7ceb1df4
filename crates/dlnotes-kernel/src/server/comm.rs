//! Comms: what pages say about controls.

use std::sync::Arc;
use std::time::Duration;

use jupyter_protocol::{CommMsg, JupyterMessage, JupyterMessageContent as Content};
use tokio::sync::mpsc::UnboundedSender;

use super::shared::Shared;
use super::worker::Worker;
use crate::widgets::Arrival;
use crate::wire;

/// How often it is looked whether a figure may be sent.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// A figure that is larger than what may be sent at all goes after this.
const MOST_LOOKS: usize = 400;

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
        Content::CommMsg(message) => shared.widgets.lock().comm_message(message, shared.widgets.notebook()),
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
