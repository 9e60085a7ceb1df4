//! The bytes on the sockets: frames to typed messages and back.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use jupyter_protocol::{ConnectionInfo, Header, JupyterMessage, JupyterMessageContent};
use jupyter_zmq_client::{Connection, RawMessage, RuntimeError};
use serde_json::Value;
use zeromq::{Socket, SocketRecv, XPubSocket, ZmqMessage};

use crate::{Error, Result};

/// The version of the messaging protocol that is spoken.
pub const PROTOCOL_VERSION: &str = "5.4";

/// The five sockets of a kernel, bound.
pub struct Sockets {
    /// Requests of the front end, one after another.
    pub shell: Connection<zeromq::RouterSocket>,
    /// Interrupt and shutdown, answered while a cell runs.
    pub control: Connection<zeromq::RouterSocket>,
    /// Questions to the reader.
    pub stdin: Connection<zeromq::RouterSocket>,
    /// What everybody who listens gets.
    pub iopub: Connection<XPubSocket>,
    /// Echoes.
    pub heartbeat: zeromq::RepSocket,
}

/// Opens the five sockets that the connection file names.
pub async fn bind(info: &ConnectionInfo) -> Result<Sockets> {
    let session = uuid::Uuid::new_v4().to_string();
    let open = |socket| Connection::new(socket, &info.key, &session);
    Ok(Sockets {
        shell: open(listen(zeromq::RouterSocket::new(), "shell", info.shell_url()).await?),
        control: open(listen(zeromq::RouterSocket::new(), "control", info.control_url()).await?),
        stdin: open(listen(zeromq::RouterSocket::new(), "stdin", info.stdin_url()).await?),
        iopub: Connection::new(listen(XPubSocket::new(), "iopub", info.iopub_url()).await?, &info.key, &session),
        heartbeat: listen(zeromq::RepSocket::new(), "heartbeat", info.hb_url()).await?,
    })
}

async fn listen<S: Socket>(mut socket: S, channel: &'static str, address: String) -> Result<S> {
    match socket.bind(&address).await {
        Ok(_) => private(&address).map(|()| socket),
        Err(e) => Err(Error::Socket { channel, address, reason: e.to_string() }),
    }
}

/// A socket that is a file is its owner's alone.
fn private(address: &str) -> Result<()> {
    let Some(path) = address.strip_prefix("ipc://") else { return Ok(()) };
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(Error::file(path))
}

/// Reads the next message; `Err` says why a message has to be dropped, or that the socket is closed.
pub async fn receive<S: SocketRecv>(connection: &mut Connection<S>) -> std::result::Result<JupyterMessage, Dropped> {
    let frames = connection.socket.recv().await.map_err(|e| Dropped::Socket(e.to_string()))?;
    match RawMessage::from_multipart(frames, &connection.mac) {
        Ok(raw) => decode(raw),
        Err(RuntimeError::VerifyError(_)) => Err(Dropped::Message("its signature is wrong".into())),
        Err(e) => Err(Dropped::Message(e.to_string())),
    }
}

/// Why a message was dropped.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    /// The socket reported an error; there may be more messages.
    #[error("socket: {0}")]
    Socket(String),
    /// The frames are not a message of the protocol, or the signature is wrong.
    #[error("not a message of the protocol: {0}")]
    Message(String),
}

/// A typed message from frames whose signature has been checked.
///
/// Fields that the protocol calls optional, and that front ends do leave out, get their default first; a request whose
/// content still doesn't fit its type is kept as an unknown message, so that it can be answered with an error.
pub fn decode(raw: RawMessage) -> std::result::Result<JupyterMessage, Dropped> {
    let [header, parent, metadata, content, ..] = raw.jparts.as_slice() else {
        return Err(Dropped::Message(format!("{} JSON frames instead of 4", raw.jparts.len())));
    };
    let json = |name: &str, e: serde_json::Error| Dropped::Message(format!("{name}: {e}"));
    let header: Header = serde_json::from_slice(header).map_err(|e| json("header", e))?;
    let metadata: Value = serde_json::from_slice(metadata).map_err(|e| json("metadata", e))?;
    let mut content: Value = serde_json::from_slice(content).map_err(|e| json("content", e))?;
    fill_in(&header.msg_type, &mut content);
    let typed = JupyterMessageContent::from_type_and_content(&header.msg_type, content.clone()).unwrap_or_else(|_| {
        let msg_type = header.msg_type.clone();
        JupyterMessageContent::UnknownMessage(jupyter_protocol::UnknownMessage { msg_type, content })
    });
    Ok(JupyterMessage {
        zmq_identities: raw.zmq_identities,
        header,
        // The empty object of a message without a parent is not a header.
        parent_header: serde_json::from_slice(parent).ok(),
        metadata,
        content: typed,
        buffers: raw.jparts[4..].to_vec(),
        channel: None,
    })
}

fn fill_in(msg_type: &str, content: &mut Value) {
    let defaults: &[(&str, Value)] = match msg_type {
        "execute_request" => &[("silent", Value::Bool(false)), ("store_history", Value::Bool(true))],
        "history_request" => &[
            ("output", Value::Bool(false)),
            ("raw", Value::Bool(true)),
            ("unique", Value::Bool(false)),
            ("n", Value::from(i32::MAX)),
            ("start", Value::from(1)),
            ("stop", Value::from(i32::MAX)),
            ("pattern", Value::from("*")),
        ],
        "shutdown_request" => &[("restart", Value::Bool(false))],
        _ => &[],
    };
    let Some(content) = content.as_object_mut() else { return };
    for (name, value) in defaults {
        let slot = content.entry(*name).or_insert_with(|| value.clone());
        if slot.is_null() {
            *slot = value.clone();
        }
    }
}

/// A message with `content` that answers or belongs to `parent`.
pub fn child(content: impl Into<JupyterMessageContent>, parent: Option<&JupyterMessage>) -> JupyterMessage {
    let mut message = JupyterMessage::new(content, parent);
    "kernel".clone_into(&mut message.header.username);
    PROTOCOL_VERSION.clone_into(&mut message.header.version);
    message
}

/// The echo of a heartbeat: the same frames.
pub async fn echo(heartbeat: &mut zeromq::RepSocket) -> std::result::Result<(), Dropped> {
    use zeromq::SocketSend as _;
    let frames: ZmqMessage = heartbeat.recv().await.map_err(|e| Dropped::Socket(e.to_string()))?;
    heartbeat.send(frames).await.map_err(|e| Dropped::Socket(e.to_string()))
}
