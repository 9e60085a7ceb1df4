//! An end before all is done.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a trial may take to end when it is asked to.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// Ends a [`run`](crate::run) early: trials that are running are ended, and are open again.
///
/// ```
/// use dlnotes_sweep::Stop;
/// let stop = Stop::default();
/// assert!(!stop.is_asked());
/// stop.ask();             // from any thread, such as a Ctrl-C handler's
/// assert!(stop.is_asked());
/// ```
#[derive(Debug, Default)]
pub struct Stop {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    asked: Option<Instant>,
    /// Groups of processes that are running. One is only here while its first process hasn't been waited for, so that
    /// its number can't be another's.
    groups: BTreeSet<i32>,
}

impl Stop {
    /// Asks for the end; a second time, without a delay.
    pub fn ask(&self) {
        let mut state = self.state();
        let signal = if state.asked.is_some() { Signal::KILL } else { Signal::TERM };
        state.asked.get_or_insert_with(Instant::now);
        state.send(signal);
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.state().asked.is_some()
    }

    /// Kills what didn't end when it was asked to.
    pub(super) fn press(&self) {
        let state = self.state();
        if state.asked.is_some_and(|asked| asked.elapsed() > GRACE) {
            state.send(Signal::KILL);
        }
    }

    /// Starts a process unless the end was asked for.
    pub(super) fn start<E>(
        &self,
        start: impl FnOnce() -> Result<std::process::Child, E>,
    ) -> Option<Result<std::process::Child, E>> {
        let mut state = self.state();
        if state.asked.is_some() {
            return None;
        }
        let child = start();
        if let Ok(child) = &child {
            state.groups.insert(child.id().cast_signed());
        }
        Some(child)
    }

    /// To be called before a process that has ended is waited for.
    pub(super) fn ended(&self, group: Pid) {
        self.state().groups.remove(&group.as_raw_pid());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the lock")
    }
}

impl State {
    fn send(&self, signal: Signal) {
        for group in self.groups.iter().filter_map(|group| Pid::from_raw(*group)) {
            // One that has ended needs no signal.
            let _ = kill_process_group(group, signal);
        }
    }
}
