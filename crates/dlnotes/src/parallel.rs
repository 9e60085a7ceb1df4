//! Independent pieces of work on several cores, each with random numbers of its own.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::tensor::{is_grad_enabled, no_grad, with_stream};

/// How many pieces for each core the system may run in turn.
const BY_TURNS: usize = 3;

/// `work(0)`, …, `work(count − 1)` on all cores, in this order in the result: folds of a cross-validation, refits on new
/// samples, one training for each learning rate.
///
/// Piece i draws its random numbers from stream i of `seed` (see [`with_stream`]). Where there are fewer pieces than
/// cores, they share the cores among them. Where there are a few more, the system runs them in turn (up to three for each
/// core): five folds on two cores take two and a half rounds then, and not three. No operation's bits depend on the number
/// of threads, so neither does the result.
///
/// ```
/// use dlnotes::prelude::*;
/// let means = parallel(42, 4, |_| Tensor::randn([100]).mean().item());
/// let one_by_one: Vec<f32> = (0..4).map(|i| with_stream(42, i, || Tensor::randn([100]).mean().item())).collect();
/// assert_eq!(means, one_by_one);
/// ```
///
/// # Panics
/// If a piece does; the others end first, or stop if it was an interrupt.
pub fn parallel<R: Send>(seed: u64, count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    // Only what depends on `R`: the rest is compiled in this crate, and not in the cell.
    let mut empty = Vec::with_capacity(count);
    for _ in 0..count {
        empty.push(None);
    }
    let results = Mutex::new(empty);
    pieces(seed, count, &|i| {
        let result = work(i);
        results.lock().expect("nothing panics while it holds the lock")[i] = Some(result);
    });
    let mut all = Vec::with_capacity(count);
    for result in results.into_inner().expect("nothing panics while it holds the lock") {
        all.push(result.expect("every piece has ended"));
    }
    all
}

/// Calls `work` on the number of each piece; returns when all have ended.
fn pieces(seed: u64, count: usize, work: &(dyn Fn(usize) + Sync)) {
    let recorded = is_grad_enabled();
    let next = AtomicUsize::new(0);
    let cores = rayon::current_num_threads();
    // A reader who allows fewer threads than the machine has cores gets no more than these.
    let all_cores = thread::available_parallelism().is_ok_and(|all| cores >= all.get());
    let workers = count.min(if all_cores { BY_TURNS * cores } else { cores });
    // Pieces differ in length: each thread takes the next one when it is through with its own.
    let take_pieces = || {
        while let Ok(i) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |i| (i < count).then_some(i + 1)) {
            let piece = || with_stream(seed, i as u64, || work(i));
            if recorded { piece() } else { no_grad(piece) }
        }
    };
    let worker = || {
        let done = catch_unwind(AssertUnwindSafe(|| on_threads((cores / workers).max(1), take_pieces)));
        if done.is_err() {
            next.store(count, Ordering::Relaxed);
        }
        done
    };
    let panic = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().filter_map(|handle| handle.join().expect("panics are caught inside").err()).last()
    });
    if let Some(payload) = panic {
        resume_unwind(payload);
    }
}

/// Runs `f` in a pool of its own, whose threads its loops share out to. In a pool that all pieces share, a thread that
/// waits would take up another piece in the middle of its own.
fn on_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_scoped(|thread| thread.run(), |pool| pool.install(f)).expect("the system has a thread left")
}
