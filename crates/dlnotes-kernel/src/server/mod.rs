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
mod queue;
mod shared;
mod shell;
mod stdin;
mod widgets;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use jupyter_protocol::{ConnectionInfo, JupyterMessage, Status};
use jupyter_zmq_client::{Connection, RouterSendConnection};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use self::shared::Shared;
use crate::evaluator::Launch;
use crate::history::History;
use crate::output::Router;
use crate::{Result, wire};

/// How often text that waits is looked at.
const TICK: Duration = Duration::from_millis(10);

/// Serves a front end until it asks for shutdown or has gone.
pub async fn run(info: ConnectionInfo, launch: Launch, history: History) -> Result<()> {
    let sockets = wire::bind(&info).await?;
    let (outbox, iopub) = iopub::spawn(sockets.iopub);
    let (stdin_send, stdin_receive) = sockets.stdin.split();
    let stdin = stdin::Stdin::new(replies(stdin_send));
    let (shared, mut stopped) = Shared::new(Router::new(outbox), Arc::clone(&launch.interrupter), stdin);
    shared.router.send(Status::starting(), None);
    let worker = worker::spawn(launch, &shared);

    tokio::spawn(heartbeat(sockets.heartbeat));
    tokio::spawn(tick(Arc::clone(&shared.router)));
    tokio::spawn(parent::watch(Arc::clone(&shared)));
    tokio::spawn(stdin::listen(stdin_receive, Arc::clone(&shared.stdin)));
    let (control_send, control_receive) = sockets.control.split();
    let control = tokio::spawn(control::serve(control_receive, replies(control_send), Arc::clone(&shared)));
    let (shell_send, shell_receive) = sockets.shell.split();
    let shell_replies = replies(shell_send);
    tokio::spawn(shell::listen(shell_receive, shell_replies.clone(), Arc::clone(&shared)));
    let shell = tokio::spawn(shell::serve(shell_replies, worker, Arc::clone(&shared), history));

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
