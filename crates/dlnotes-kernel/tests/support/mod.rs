//! A front end for tests: speaks to a kernel that runs in the same process with the echo evaluator.
#![allow(dead_code, unreachable_pub)] // each test file uses a part

use std::collections::VecDeque;
use std::time::Duration;

use dlnotes_kernel::evaluator::Echo;
use dlnotes_kernel::history::History;
use dlnotes_kernel::server;
use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{
    ConnectionInfo, ExecuteReply, ExecuteRequest, ExecutionState, JupyterMessage, JupyterMessageContent as Content,
};
use jupyter_zmq_client::{self as client, Connection};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);
const KEY: &str = "a key for tests";

/// A front end and its kernel.
pub struct Frontend {
    pub info: ConnectionInfo,
    pub shell: Connection<zeromq::DealerSocket>,
    pub control: Connection<zeromq::DealerSocket>,
    pub stdin: Connection<zeromq::DealerSocket>,
    iopub: Connection<zeromq::SubSocket>,
    kernel: JoinHandle<dlnotes_kernel::Result<()>>,
    early: VecDeque<JupyterMessage>,
}

/// What a request led to.
pub struct Answer {
    pub reply: JupyterMessage,
    /// Everything on iopub between busy and idle.
    pub outputs: Vec<Content>,
}

impl Answer {
    pub fn kinds(&self) -> Vec<&str> {
        self.outputs.iter().map(Content::message_type).collect()
    }

    pub fn execute(&self) -> &ExecuteReply {
        match &self.reply.content {
            Content::ExecuteReply(reply) => reply,
            other => panic!("{} instead of execute_reply", other.message_type()),
        }
    }

    pub fn printed(&self) -> String {
        let text = self.outputs.iter().filter_map(|content| match content {
            Content::StreamContent(stream) => Some(stream.text.as_str()),
            _ => None,
        });
        text.collect()
    }
}

impl Frontend {
    pub async fn tcp(warm_up: Duration) -> Self {
        let ip = "127.0.0.1".parse().unwrap();
        let (ports, held) = client::peek_ports_with_listeners(ip, 5).await.unwrap();
        drop(held);
        Self::start(connection(Transport::TCP, "127.0.0.1".into(), &ports), warm_up).await
    }

    pub async fn ipc(folder: &std::path::Path) -> Self {
        let prefix = folder.join("kernel").display().to_string();
        Self::start(connection(Transport::IPC, prefix, &[1, 2, 3, 4, 5]), Duration::ZERO).await
    }

    async fn start(info: ConnectionInfo, warm_up: Duration) -> Self {
        let kernel = tokio::spawn(server::run(info.clone(), Echo::launch(warm_up), History::in_memory()));
        let session = "session-of-the-tests";
        let identity = client::peer_identity_for_session(session).unwrap();
        // The kernel binds in its own task.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let shell = client::create_client_shell_connection_with_identity(&info, session, identity.clone());
        let stdin = client::create_client_stdin_connection_with_identity(&info, session, identity);
        let mut iopub = client::create_client_iopub_connection(&info, "", session).await.unwrap();
        let welcome = client::wait_for_iopub_welcome(&mut iopub, PATIENCE).await.unwrap();
        assert_eq!(welcome.as_deref(), Some(""), "the kernel welcomes a listener");
        Self {
            shell: shell.await.unwrap(),
            control: client::create_client_control_connection(&info, session).await.unwrap(),
            stdin: stdin.await.unwrap(),
            iopub,
            kernel,
            early: VecDeque::new(),
            info,
        }
    }

    /// Sends a request on shell and waits for its reply and its idle.
    pub async fn ask(&mut self, content: impl Into<Content>) -> Answer {
        let request = JupyterMessage::new(content, None);
        self.shell.send(request.clone()).await.unwrap();
        self.answer(&request).await
    }

    pub async fn run(&mut self, code: &str) -> Answer {
        self.ask(ExecuteRequest::new(code.into())).await
    }

    /// Waits for the reply to a request that was sent on shell.
    pub async fn answer(&mut self, request: &JupyterMessage) -> Answer {
        let outputs = self.outputs(request).await;
        let reply = timeout(PATIENCE, self.shell.read()).await.expect("no reply").unwrap();
        assert_eq!(parent(&reply), request.header.msg_id, "the reply is to another request");
        Answer { reply, outputs }
    }

    /// Everything on iopub for `request`, which begins with busy and ends with idle.
    pub async fn outputs(&mut self, request: &JupyterMessage) -> Vec<Content> {
        let mut outputs = Vec::new();
        let mut busy = false;
        loop {
            let message = self.heard(request).await;
            match message.content {
                Content::Status(status) if status.execution_state == ExecutionState::Busy => busy = true,
                Content::Status(status) if status.execution_state == ExecutionState::Idle => break,
                content => outputs.push(content),
            }
        }
        assert!(busy, "idle came without busy");
        outputs
    }

    /// The next message on iopub that belongs to `request`; others wait for their turn.
    async fn heard(&mut self, request: &JupyterMessage) -> JupyterMessage {
        if let Some(i) = self.early.iter().position(|message| parent(message) == request.header.msg_id) {
            return self.early.remove(i).unwrap();
        }
        loop {
            let message = timeout(PATIENCE, self.iopub.read()).await.expect("nothing on iopub").unwrap();
            if parent(&message) == request.header.msg_id {
                return message;
            }
            self.early.push_back(message);
        }
    }

    /// Waits until `text` has been printed for `request`.
    pub async fn wait_for_text(&mut self, request: &JupyterMessage, text: &str) {
        loop {
            let message = self.heard(request).await;
            if matches!(&message.content, Content::StreamContent(stream) if stream.text.contains(text)) {
                return;
            }
        }
    }

    /// Sends a request on control and gives its reply.
    pub async fn control(&mut self, content: impl Into<Content>) -> JupyterMessage {
        let request = JupyterMessage::new(content, None);
        self.control.send(request.clone()).await.unwrap();
        let reply = timeout(PATIENCE, self.control.read()).await.expect("no reply on control").unwrap();
        assert_eq!(parent(&reply), request.header.msg_id);
        reply
    }

    /// Waits for the kernel's end.
    pub async fn ended(self) {
        timeout(PATIENCE, self.kernel).await.expect("the kernel goes on").unwrap().unwrap();
    }
}

fn parent(message: &JupyterMessage) -> &str {
    message.parent_header.as_ref().map_or("", |header| &header.msg_id)
}

fn connection(transport: Transport, ip: String, ports: &[u16]) -> ConnectionInfo {
    let [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports.try_into().unwrap();
    let signature_scheme = "hmac-sha256".into();
    let (key, kernel_name) = (KEY.into(), None);
    ConnectionInfo {
        ip,
        transport,
        shell_port,
        iopub_port,
        stdin_port,
        control_port,
        hb_port,
        key,
        signature_scheme,
        kernel_name,
    }
}
