//! Messages that could not be received.

use std::time::Duration;

use crate::wire::Dropped;

/// Says that a message was dropped. A broken socket says so again and again: the pause keeps the kernel idle then.
pub(super) async fn tell(channel: &str, why: &Dropped) {
    log::warn!("{channel}: {why}");
    if matches!(why, Dropped::Socket(_)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
