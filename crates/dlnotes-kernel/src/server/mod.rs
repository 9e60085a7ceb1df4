//! The kernel as the front end sees it: five sockets, and requests answered one after another.
//!
//! [`run`] opens everything; `shell` answers requests and runs cells; `control` interrupts and shuts down beside it;
//! `worker` is the thread on which the evaluator lives.

mod comm;
mod control;
mod dropped;
mod execute;
mod info;
mod iopub;
mod lookup;
mod opening;
mod parent;
mod shell;
mod stdin;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jupyter_protocol::{ConnectionInfo, JupyterMessage, Status};
use jupyter_zmq_client::{Connection, RouterSendConnection};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, watch};

use crate::evaluator::{Interrupter, Launch};
use crate::history::History;
use crate::output::Router;
use crate::{Result, wire};

/// How often text that waits is looked at.
const TICK: Duration = Duration::from_millis(10);

/// What every part of the server shares.
pub(crate) struct Shared {
    pub(crate) router: Arc<Router>,
    pub(crate) interrupter: Arc<dyn Interrupter>,
    pub(crate) stdin: Arc<stdin::Stdin>,
    /// Requests that have arrived on the shell socket; see `shell::Queue`.
    arrived: AtomicU64,
    /// Queued cells that arrived up to here are aborted.
    abort_until: AtomicU64,
    /// Wakes a cell that waits for the evaluator, when the reader interrupts it.
    stop_waiting: Notify,
    stop: watch::Sender<bool>,
}

impl Shared {
    /// Brackets the work on a request with busy and idle: idle comes whatever happens.
    pub(crate) fn bracket(self: &Arc<Self>, request: &JupyterMessage) -> Bracket {
        self.router.send(Status::busy(), Some(request));
        Bracket { shared: Arc::clone(self), request: request.clone() }
    }

    /// Cells that wait in the queue now are answered with `aborted`.
    pub(crate) fn abort_queued(&self) {
        self.abort_until.store(self.arrived.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    pub(crate) fn shut_down(&self) {
        self.stop.send_replace(true);
    }
}

/// While this lives the kernel is busy with a request.
pub(crate) struct Bracket {
    shared: Arc<Shared>,
    request: JupyterMessage,
}

impl Drop for Bracket {
    fn drop(&mut self) {
        self.shared.router.send(Status::idle(), Some(&self.request));
    }
}

/// Serves a front end until it asks for shutdown or has gone.
pub async fn run(info: ConnectionInfo, launch: Launch, history: History) -> Result<()> {
    let sockets = wire::bind(&info).await?;
    let (outbox, iopub) = iopub::spawn(sockets.iopub);
    let (stop, mut stopped) = watch::channel(false);
    let (stdin_send, stdin_receive) = sockets.stdin.split();
    let shared = Arc::new(Shared {
        router: Arc::new(Router::new(outbox)),
        interrupter: Arc::clone(&launch.interrupter),
        stdin: Arc::new(stdin::Stdin::new(replies(stdin_send))),
        arrived: AtomicU64::new(0),
        abort_until: AtomicU64::new(0),
        stop_waiting: Notify::new(),
        stop,
    });
    shared.router.send(Status::starting(), None);
    let worker = worker::spawn(launch, &shared);

    tokio::spawn(heartbeat(sockets.heartbeat));
    tokio::spawn(tick(Arc::clone(&shared.router)));
    tokio::spawn(parent::watch(Arc::clone(&shared)));
    tokio::spawn(stdin::listen(stdin_receive, Arc::clone(&shared.stdin)));
    let (control_send, control_receive) = sockets.control.split();
    let control = tokio::spawn(control::serve(control_receive, replies(control_send), Arc::clone(&shared)));
    let (shell_send, shell_receive) = sockets.shell.split();
    let requests = shell::listen(shell_receive, Arc::clone(&shared));
    let shell = tokio::spawn(shell::serve(requests, replies(shell_send), worker, Arc::clone(&shared), history));

    // The senders live as long as `shared`: an error here can't happen before the value is true.
    let _ = stopped.wait_for(|stop| *stop).await;
    shared.interrupter.kill();
    // Shutdown's reply is on its way: control answers before it stops, iopub sends what is queued.
    let _ = tokio::time::timeout(Duration::from_secs(1), control).await;
    shell.abort();
    iopub.finish().await;
    Ok(())
}

/// A queue in front of a socket, so that every part may answer.
fn replies(mut socket: RouterSendConnection) -> UnboundedSender<JupyterMessage> {
    let (sender, mut receiver): (_, UnboundedReceiver<JupyterMessage>) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            if let Err(e) = send(&mut socket, message).await {
                log::error!("a reply could not be sent: {e}");
            }
        }
    });
    sender
}

async fn send(socket: &mut RouterSendConnection, message: JupyterMessage) -> Result<(), String> {
    Connection::send(socket, message).await.map_err(|e| e.to_string())
}

async fn heartbeat(mut socket: zeromq::RepSocket) {
    loop {
        if wire::echo(&mut socket).await.is_err() {
            tokio::time::sleep(TICK).await;
        }
    }
}

async fn tick(router: Arc<Router>) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        router.tick();
    }
}
