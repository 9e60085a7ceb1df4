//! The requests of the front end, one after another.

use std::sync::Arc;

use jupyter_protocol::{
    HistoryReply, JupyterMessage, JupyterMessageContent as Content, ReplyError, ReplyStatus, UnknownMessage,
};
use jupyter_zmq_client::RouterRecvConnection;
use tokio::sync::mpsc::UnboundedSender;

use super::shared::Shared;
use super::worker::Worker;
use super::{comm, dropped, execute, info, lookup};
use crate::history::History;
use crate::wire;

/// Reads requests as they arrive, so that it is known which ones were waiting when a cell failed.
/// What concerns controls is answered at once, even while a cell runs, unless a closure has to be called for it.
pub(super) async fn listen(
    mut socket: RouterRecvConnection,
    replies: UnboundedSender<JupyterMessage>,
    shared: Arc<Shared>,
) {
    loop {
        match wire::receive(&mut socket).await {
            Ok(message) if comm::answered_at_once(&message, &replies, &shared) => {}
            Ok(message) => shared.queue.push(message),
            Err(e) => dropped::tell("shell", &e).await,
        }
    }
}

/// Answers requests until the kernel ends.
pub(super) async fn serve(
    replies: UnboundedSender<JupyterMessage>,
    worker: Worker,
    shared: Arc<Shared>,
    history: History,
) {
    let mut session = execute::Session::new(worker.clone(), Arc::clone(&shared), history);
    loop {
        let (number, request) = shared.queue.pop().await;
        let _busy = shared.work_on(&request);
        let reply = match &request.content {
            Content::CommMsg(message) => {
                comm::moved(message, &request, &worker, &shared).await;
                None
            }

            Content::ExecuteRequest(execute) => Some(session.execute(number, &request, execute).await.into()),
            Content::CompleteRequest(complete) => Some(lookup::complete(&worker, complete).await.into()),
            Content::InspectRequest(inspect) => Some(lookup::inspect(&worker, inspect).await.into()),
            Content::HistoryRequest(query) => Some(Content::HistoryReply(HistoryReply::new(session.history(query)))),
            Content::IsCompleteRequest(code) => Some(lookup::is_complete(&code.code).into()),
            other => plain(other, &shared),
        };
        if let Some(content) = reply {
            // Fails only while the kernel ends.
            let _ = replies.send(wire::child(content, Some(&request)));
        }
    }
}

/// The reply to a request that needs no evaluator; `None` for messages that are not answered.
pub(super) fn plain(content: &Content, shared: &Shared) -> Option<Content> {
    match content {
        Content::KernelInfoRequest(_) => Some(info::reply()),
        Content::CommInfoRequest(info) => Some(shared.widgets.info(info)),
        Content::UnknownMessage(unknown) => refuse(unknown),
        other => {
            log::warn!("{} does not belong on this socket", other.message_type());
            None
        }
    }
}

fn refuse(unknown: &UnknownMessage) -> Option<Content> {
    log::warn!("{} is unknown, or its content is not what the protocol says", unknown.msg_type);
    let request = unknown.msg_type.strip_suffix("_request")?;
    let error = ReplyError {
        ename: "UnknownMessage".into(),
        evalue: format!("{request}_request is unknown, or its content is not what the protocol says"),
        traceback: Vec::new(),
    };
    let mut content = serde_json::to_value(error).unwrap_or_default();
    content["status"] = serde_json::to_value(ReplyStatus::Error).unwrap_or_default();
    Some(Content::UnknownMessage(UnknownMessage { msg_type: format!("{request}_reply"), content }))
}
