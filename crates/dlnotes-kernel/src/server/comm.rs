//! Comms: this kernel has no targets, so it answers and closes.

use std::sync::Arc;

use jupyter_protocol::{CommClose, CommInfoReply, CommOpen, JupyterMessage, JupyterMessageContent};

use super::Shared;

/// No comm is ever open.
pub(super) fn info() -> JupyterMessageContent {
    CommInfoReply::default().into()
}

/// An unknown target is closed at once, as the protocol asks.
pub(super) fn refuse(open: &CommOpen, request: &JupyterMessage, shared: &Arc<Shared>) {
    log::info!("comm target {:?} is unknown", open.target_name);
    let close = CommClose { comm_id: open.comm_id.clone(), data: serde_json::Map::new() };
    shared.router.send(close, Some(request));
}
