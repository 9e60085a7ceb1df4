//! Interrupts, in a process of their own: the request is the process's, and whatever polls in another test would leave.

use dlnotes_display::{Interrupted, forget_interrupt, interrupt_after, interrupted, poll_interrupt, request_interrupt};

struct PollsWhileUnwinding;

impl Drop for PollsWhileUnwinding {
    fn drop(&mut self) {
        request_interrupt();
        poll_interrupt();
    }
}

// One test, for the same reason.
#[test]
fn every_poll_unwinds_and_none_during_another_unwinding() {
    poll_interrupt();
    request_interrupt();
    let payload = std::panic::catch_unwind(poll_interrupt).unwrap_err();
    assert!(payload.is::<Interrupted>());
    // Other threads of the same cell leave too; the kernel takes the request back when the cell is over.
    assert!(std::thread::spawn(poll_interrupt).join().unwrap_err().is::<Interrupted>());
    forget_interrupt();
    poll_interrupt();

    let payload = std::panic::catch_unwind(|| {
        let _guard = PollsWhileUnwinding;
        std::panic::resume_unwind(Box::new("first"));
    });
    assert_eq!(payload.unwrap_err().downcast_ref(), Some(&"first"));
    assert!(interrupted());
    forget_interrupt();

    interrupt_after(3);
    poll_interrupt();
    poll_interrupt();
    assert!(std::panic::catch_unwind(poll_interrupt).is_err());
    assert_eq!(interrupt_after(0), 1, "the request stays until somebody takes it back");
}
