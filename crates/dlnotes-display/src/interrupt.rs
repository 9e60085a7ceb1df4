//! The flag that an interrupt sets and long-running code polls.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// 0: nothing to do; 1: leave at the next poll, and at every one after it; more: count down first.
static POLLS_LEFT: AtomicU64 = AtomicU64::new(0);
const NOW: u64 = 1;
/// Whether a poll has left, in any thread.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// What an interrupted cell unwinds with.
///
/// ```
/// use dlnotes_display::{Interrupted, poll_interrupt, request_interrupt};
/// request_interrupt();                                     // the reader presses "interrupt"
/// let payload = std::panic::catch_unwind(poll_interrupt).unwrap_err();
/// assert!(payload.is::<Interrupted>());                    // told from a panic by its payload
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Whether the reader has asked the running cell to stop.
///
/// ```
/// use dlnotes_display::{interrupted, request_interrupt};
/// assert!(!interrupted());
/// request_interrupt();
/// assert!(interrupted());                                  // asking does not answer it: poll_interrupt does
/// ```
pub fn interrupted() -> bool {
    POLLS_LEFT.load(Ordering::Relaxed) == NOW
}

/// Leaves the cell if the reader has asked it to stop; otherwise costs one load.
///
/// Call it where everything is whole, such as between two steps of training: it unwinds with [`Interrupted`], running
/// destructors on the way, and prints no panic message. Every thread that polls leaves, until the cell is over. While
/// the thread is already panicking it does nothing.
///
/// ```
/// use dlnotes_display::{poll_interrupt, request_interrupt};
/// let mut steps = 0;
/// let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
///     loop {
///         poll_interrupt();
///         steps += 1;
///         if steps == 3 {
///             request_interrupt();                         // stands for the user's click
///         }
///     }
/// }));
/// assert!(outcome.is_err());
/// assert_eq!(steps, 3);                                    // whole steps only
/// ```
#[inline]
pub fn poll_interrupt() {
    if POLLS_LEFT.load(Ordering::Relaxed) != 0 {
        count_down();
    }
}

/// Interrupts at the poll with this number from now; 0 takes an interrupt back. Returns how many polls were left before.
///
/// For tests: what can be interrupted at any poll must be whole at every one.
///
/// ```
/// use dlnotes_display::{Interrupted, interrupt_after, poll_interrupt};
/// interrupt_after(2);
/// poll_interrupt();
/// let payload = std::panic::catch_unwind(poll_interrupt).unwrap_err();
/// assert!(payload.is::<Interrupted>());
/// interrupt_after(0);
/// ```
pub fn interrupt_after(polls: u64) -> u64 {
    POLLS_LEFT.swap(polls, Ordering::Relaxed)
}

#[cold]
fn count_down() {
    if std::thread::panicking() {
        return;
    }
    let down = |left| if left > NOW { Some(left - 1) } else { None };
    if POLLS_LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, down) == Err(NOW) {
        ANSWERED.store(true, Ordering::Relaxed);
        if crate::is_live() {
            crate::show::send(&crate::record::Record::Interrupted);
        }
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}

/// Sets the flag: the next poll of any thread leaves. An interrupt does so, and a thread that left because of one but
/// knows of others at the same work.
///
/// ```
/// use dlnotes_display::{interrupted, poll_interrupt, request_interrupt};
/// request_interrupt();
/// assert!(interrupted());
/// assert!(std::panic::catch_unwind(poll_interrupt).is_err());
/// ```
pub fn request_interrupt() {
    interrupt_after(NOW);
}

/// Takes the flag back: what was to be stopped has ended.
///
/// ```
/// use dlnotes_display::{forget_interrupt, poll_interrupt, request_interrupt};
/// request_interrupt();
/// forget_interrupt();
/// poll_interrupt();                                        // goes on
/// ```
pub fn forget_interrupt() {
    interrupt_after(0);
}

/// Whether a poll has left since [`forget_answer`].
#[cfg(unix)]
pub(crate) fn was_answered() -> bool {
    ANSWERED.load(Ordering::Relaxed)
}

#[cfg(unix)]
pub(crate) fn forget_answer() {
    ANSWERED.store(false, Ordering::Relaxed);
}
