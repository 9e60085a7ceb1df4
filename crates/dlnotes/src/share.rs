//! Work shared out to threads.
#![allow(unsafe_code)] // The lifetime of one reference is extended: `share_out` says why that is sound.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long an idle helper watches for the next operation before it sleeps: longer than what lies between two operations
/// of a training loop.
const LOOKOUT: Duration = Duration::from_micros(200);

/// The threads that help, one operation at a time.
///
/// A pool that sends its threads to sleep after each operation pays for waking them 30 µs each time, as much as the
/// operation itself takes on a network of this size. These watch for the next one for a moment; and nobody waits for
/// a helper that has not begun.
struct Team {
    /// Held by the thread that shares out; how many helpers there are.
    helpers: Mutex<usize>,
    work: Mutex<Work>,
    wake: Condvar,
    /// Counts the operations; changed under the lock of `work`.
    round: AtomicUsize,
    /// Helpers at work; grows under the lock of `work`.
    busy: AtomicUsize,
}

struct Work {
    job: Option<&'static Job>,
    /// How many helpers may still join in.
    places: usize,
    asleep: usize,
    panic: Option<Box<dyn Any + Send>>,
}

type Job = dyn Fn() + Sync + 'static;

static TEAM: Team = Team {
    helpers: Mutex::new(0),
    work: Mutex::new(Work { job: None, places: 0, asleep: 0, panic: None }),
    wake: Condvar::new(),
    round: AtomicUsize::new(0),
    busy: AtomicUsize::new(0),
};

/// Calls `work` on every part: this thread takes one after the other from the front, and helpers join in from the back,
/// together as many as the rayon pool around has threads. So the same rows tend to meet the same core, whose cache has
/// them, in one operation after the other. Where another thread shares out at the moment, this one does all by itself.
///
/// # Panics
/// If `work` does, when every thread is through with its part.
pub(crate) fn share_out<P: Send>(parts: impl DoubleEndedIterator<Item = P> + Send, work: &(dyn Fn(P) + Sync)) {
    let threads = rayon::current_num_threads().min(parts.size_hint().0);
    let Some(turn) = (threads > 1).then(|| TEAM.turn(threads - 1)).flatten() else {
        return parts.for_each(work);
    };
    // The lock is held while a part is taken, not while it is worked on.
    let parts = Mutex::new(parts);
    let left = || parts.lock().unwrap_or_else(PoisonError::into_inner);
    let take_front = || left().next();
    let take_back = || left().next_back();
    let job = || {
        while let Some(part) = take_back() {
            work(part);
        }
    };
    let job: &(dyn Fn() + Sync) = &job;
    // SAFETY: helpers get this reference from `TEAM.work` and are counted in `TEAM.busy` while they use it. The guard
    // `round`, which is dropped before `job` whether or not the lines below panic, takes it out of `TEAM.work` and waits
    // until nobody is busy. `turn` keeps other threads from putting in another one meanwhile.
    let job = unsafe { std::mem::transmute::<&(dyn Fn() + Sync), &'static Job>(job) };
    let round = TEAM.begin(job, threads - 1);
    while let Some(part) = take_front() {
        work(part);
    }
    drop(round);
    let panic = TEAM.work().panic.take();
    drop(turn);
    if let Some(payload) = panic {
        resume_unwind(payload);
    }
}

/// An operation that is being worked on; its end waits for the helpers.
struct Round;

impl Drop for Round {
    fn drop(&mut self) {
        let mut work = TEAM.work();
        work.job = None;
        work.places = 0;
        drop(work);
        let since = Instant::now();
        while TEAM.busy.load(Ordering::Acquire) > 0 {
            // What is left is part of one part; where the helper's core was taken from it, it may have this one.
            if since.elapsed() < LOOKOUT { std::hint::spin_loop() } else { thread::yield_now() }
        }
    }
}

impl Team {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to share out, with at least this many helpers if the system has threads left.
    fn turn(&'static self, wanted: usize) -> Option<MutexGuard<'static, usize>> {
        let mut helpers = match self.helpers.try_lock() {
            Ok(helpers) => helpers,
            // A part panicked in that turn; the count is right.
            Err(std::sync::TryLockError::Poisoned(error)) => error.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return None,
        };
        while *helpers < wanted {
            let name = format!("dlnotes-{}", *helpers + 1);
            if thread::Builder::new().name(name).spawn(|| self.help()).is_err() {
                break;
            }
            *helpers += 1;
        }
        Some(helpers)
    }

    fn begin(&self, job: &'static Job, places: usize) -> Round {
        let mut work = self.work();
        work.job = Some(job);
        work.places = places;
        work.panic = None;
        self.round.fetch_add(1, Ordering::Release);
        if work.asleep > 0 {
            self.wake.notify_all();
        }
        Round
    }

    /// What a helper does all its life.
    fn help(&self) {
        let mut seen = 0;
        loop {
            let since = Instant::now();
            while self.round.load(Ordering::Acquire) == seen && since.elapsed() < LOOKOUT {
                std::hint::spin_loop();
            }
            let mut work = self.work();
            while self.round.load(Ordering::Acquire) == seen {
                work.asleep += 1;
                work = self.wake.wait(work).unwrap_or_else(PoisonError::into_inner);
                work.asleep -= 1;
            }
            seen = self.round.load(Ordering::Acquire);
            let Some(job) = work.job.filter(|_| work.places > 0) else { continue };
            work.places -= 1;
            self.busy.fetch_add(1, Ordering::Relaxed);
            drop(work);
            let result = catch_unwind(AssertUnwindSafe(job));
            if let Err(payload) = result {
                self.work().panic.get_or_insert(payload);
            }
            self.busy.fetch_sub(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(f)
    }

    #[test]
    fn every_part_is_worked_on_once_whoever_else_shares_out() {
        let square = |threads: usize| {
            on_threads(threads, || {
                for round in 0..300 {
                    let mut numbers = vec![round; 97];
                    share_out(numbers.chunks_mut(5).enumerate(), &|(i, part)| {
                        part.iter_mut().enumerate().for_each(|(j, n)| *n += 5 * i + j);
                    });
                    assert_eq!(numbers, (round..round + 97).collect::<Vec<_>>());
                }
            });
        };
        thread::scope(|scope| {
            for threads in [1, 2, 3, 8] {
                scope.spawn(move || square(threads));
            }
        });
    }

    #[test]
    fn work_inside_of_work_is_done_by_its_own_thread() {
        let total = AtomicUsize::new(0);
        on_threads(4, || {
            share_out(1..=20_usize, &|i| {
                share_out(0..i, &|_| _ = total.fetch_add(1, Ordering::Relaxed));
            });
        });
        assert_eq!(total.into_inner(), 210);
    }

    #[test]
    fn a_panic_in_any_part_is_the_callers_and_the_team_goes_on() {
        for bad in 0..8 {
            let run = || {
                on_threads(3, || share_out(0..8, &|i| assert!(i != bad, "part {i}")));
            };
            let payload = catch_unwind(run).expect_err("one part panics");
            assert_eq!(payload.downcast_ref::<String>(), Some(&format!("part {bad}")));
        }
        every_part_is_worked_on_once_whoever_else_shares_out();
    }
}
