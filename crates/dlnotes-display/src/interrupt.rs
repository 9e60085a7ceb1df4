//! The flag that an interrupt sets and long-running code polls.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// What an interrupted cell unwinds with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Whether the reader has asked the running cell to stop.
pub fn interrupted() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Leaves the cell if the reader has asked it to stop; otherwise costs one load.
///
/// Call it where everything is whole, such as between two steps of training: it unwinds with [`Interrupted`], running
/// destructors on the way, and prints no panic message. While the thread is already panicking it does nothing.
#[inline]
pub fn poll_interrupt() {
    if interrupted() {
        leave();
    }
}

#[cold]
fn leave() {
    if !std::thread::panicking() && REQUESTED.swap(false, Ordering::Relaxed) {
        if crate::is_live() {
            crate::show::send(&crate::record::Record::Interrupted);
        }
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}

/// Sets the flag: the next poll of any thread leaves. An interrupt does so, and a thread that left because of one but
/// knows of others at the same work.
pub fn request_interrupt() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Takes the flag back: what was to be stopped has ended.
pub fn forget_interrupt() {
    REQUESTED.store(false, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PollsWhileUnwinding;
    impl Drop for PollsWhileUnwinding {
        fn drop(&mut self) {
            request_interrupt();
            poll_interrupt();
        }
    }

    // One test, because the flag belongs to the process.
    #[test]
    fn a_poll_unwinds_once_and_never_during_another_unwinding() {
        poll_interrupt();
        request_interrupt();
        let payload = std::panic::catch_unwind(poll_interrupt).unwrap_err();
        assert!(payload.is::<Interrupted>());
        assert!(!interrupted(), "the next cell must not be stopped too");
        poll_interrupt();

        let payload = std::panic::catch_unwind(|| {
            let _guard = PollsWhileUnwinding;
            std::panic::resume_unwind(Box::new("first"));
        });
        assert_eq!(payload.unwrap_err().downcast_ref(), Some(&"first"));
        assert!(interrupted());
        forget_interrupt();
    }
}
