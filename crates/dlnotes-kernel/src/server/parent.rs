//! Ends the kernel when the program that started it has gone.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches the process that Jupyter names in `JPY_PARENT_PID`; without it the kernel lives until it is told to stop.
pub(super) async fn watch(shared: Arc<Shared>) {
    let named = std::env::var("JPY_PARENT_PID").ok().and_then(|pid| pid.parse::<i32>().ok());
    let Some(pid) = named.and_then(rustix::process::Pid::from_raw) else { return };
    // A parent that has ended, and that nobody has waited for, still has its number.
    let is_parent = rustix::process::getppid() == Some(pid);
    let lives =
        || rustix::process::test_kill_process(pid).is_ok() && (!is_parent || rustix::process::getppid() == Some(pid));
    while lives() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    log::info!("the program that started the kernel has gone: ending");
    shared.shut_down();
}
