//! What asynchronous cells run on: one runtime for the session, so that a task that one cell spawns goes on in the next.

extern crate dlnotes_display;
pub extern crate tokio;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::time::Duration;

/// How often an interrupt is looked for while a cell waits.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs a cell's future to its end, or until the reader stops the cell.
///
/// A shell over compiled code: next to nothing of it is compiled in a cell.
#[inline]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut result = None;
    drive(pin!(async { result = Some(future.await) }));
    result.expect("a future that has ended has a result")
}

#[inline(never)]
fn drive(mut body: Pin<&mut (dyn Future<Output = ()> + '_)>) {
    runtime().block_on(async {
        while tokio::time::timeout(LOOK_EVERY, body.as_mut()).await.is_err() {
            dlnotes_display::poll_interrupt();
        }
    });
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.expect("the threads of the asynchronous runtime could not be started")
    })
}
