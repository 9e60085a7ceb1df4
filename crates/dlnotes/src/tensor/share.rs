//! Work shared out to threads.

use std::sync::{Mutex, PoisonError};

/// Calls `work` on every part: this thread takes one after the other, and the pool's other threads join in as soon as
/// they are awake.
///
/// rayon's own loops send a thread from outside its pool to sleep, and wake it when all is done: twice a wake-up more for
/// each operation, together a fifth of a training step.
pub(crate) fn share_out<P: Send>(parts: impl Iterator<Item = P> + Send, work: &(dyn Fn(P) + Sync)) {
    let threads = rayon::current_num_threads().min(parts.size_hint().0);
    let parts = Mutex::new(parts);
    // The lock is held while a part is taken, not while it is worked on.
    let take = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        while let Some(part) = take() {
            work(part);
        }
    };
    rayon::in_place_scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|_| run());
        }
        run();
    });
}
