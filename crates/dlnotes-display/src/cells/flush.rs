//! A thread that writes what the standard streams hold back: unfinished lines soon, everything at the end of a cell.
//!
//! It is a thread of its own because whoever flushes may have to wait for ever: for one of the user's threads that keeps
//! standard output locked, or that waits for input inside C's library.

use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::sink;

/// How long an unfinished line may wait before it is shown.
const SOON: Duration = Duration::from_millis(50);
/// The end of a cell waits this long.
const LAST: Duration = Duration::from_secs(1);

/// The thread, for those who want something of it.
#[derive(Clone, Default)]
pub(super) struct Flusher(Arc<(Mutex<Count>, Condvar)>);

#[derive(Default)]
struct Count {
    asked: u64,
    done: u64,
}

impl Flusher {
    /// Starts it.
    pub(super) fn start() -> std::io::Result<Self> {
        let flusher = Self::default();
        let own = flusher.clone();
        std::thread::Builder::new().name("dlnotes-flush".into()).spawn(move || own.work())?;
        Ok(flusher)
    }

    /// Returns when everything that was held back has been written, or has waited long enough.
    pub(super) fn flush(&self) {
        let (count, changed) = &*self.0;
        let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
        count.asked += 1;
        let number = count.asked;
        changed.notify_all();
        // Whether it was in time makes no difference: the cell is over.
        let _ = changed.wait_timeout_while(count, LAST, |count| count.done < number);
    }

    fn work(&self) -> ! {
        let (count, changed) = &*self.0;
        loop {
            let held = count.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = changed.wait_timeout_while(held, SOON, |count| count.asked == count.done);
            let asked = waited.unwrap_or_else(PoisonError::into_inner).0.asked;
            // A closed stream has nobody to report to.
            let _ = std::io::stdout().lock().flush();
            sink::flush_c();
            let mut held = count.lock().unwrap_or_else(PoisonError::into_inner);
            if held.done < asked {
                drop(held);
                sink::flush_all_of_c();
                held = count.lock().unwrap_or_else(PoisonError::into_inner);
                held.done = asked;
                changed.notify_all();
            }
        }
    }
}
