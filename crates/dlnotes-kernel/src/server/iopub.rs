//! The one task that writes to the iopub socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jupyter_protocol::{IoPubWelcome, JupyterMessage};
use jupyter_zmq_client::{Connection, SubscriptionEvent};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use zeromq::XPubSocket;

use crate::output::Outbox;
use crate::wire;

/// The task and the way to wait for what it still has to send.
pub(super) struct IoPub {
    task: JoinHandle<()>,
    in_flight: Arc<AtomicUsize>,
}

impl IoPub {
    /// Waits, but not for ever, until everything queued has been sent.
    pub(super) async fn finish(self) {
        for _ in 0..100 {
            if self.in_flight.load(Ordering::Relaxed) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.task.abort();
    }
}

pub(super) fn spawn(socket: Connection<XPubSocket>) -> (Outbox, IoPub) {
    let (queue, receiver) = unbounded_channel();
    let in_flight = Arc::new(AtomicUsize::new(0));
    let task = tokio::spawn(serve(socket, receiver, Arc::clone(&in_flight)));
    (Outbox { queue, in_flight: Arc::clone(&in_flight) }, IoPub { task, in_flight })
}

async fn serve(
    mut socket: Connection<XPubSocket>,
    mut queue: UnboundedReceiver<(JupyterMessage, usize)>,
    in_flight: Arc<AtomicUsize>,
) {
    loop {
        tokio::select! {
            message = queue.recv() => {
                let Some((message, size)) = message else { return };
                if let Err(e) = socket.send(message).await {
                    log::error!("an output could not be sent: {e}");
                }
                in_flight.fetch_sub(size, Ordering::Relaxed);
            }
            event = socket.recv_subscription() => match event {
                Ok(SubscriptionEvent::Subscribe(topic)) => {
                    let welcome = wire::child(IoPubWelcome::new(topic), None);
                    if let Err(e) = socket.send(welcome).await {
                        log::warn!("a listener could not be welcomed: {e}");
                    }
                }
                Ok(SubscriptionEvent::Unsubscribe(_)) => {}
                // A listener that went away; the pause is for a socket that keeps saying so.
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            },
        }
    }
}
