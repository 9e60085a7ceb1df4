//! What runs for a cell, and how the reader stops it.

use std::os::unix::net::UnixStream;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dlnotes_display::cells::protocol::Command;
use rustix::process::{Pid, Signal};

use super::signals::{Reach, send, send_to_group, stop, wait_without_reaping};

/// A second interrupt within this time stops the cell at any cost.
const INSIST: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// No cell.
    #[default]
    Idle,
    /// A cell is being compiled, or has run.
    Compiling,
    /// The process has been told to run something, and does not say yet that it does.
    Starting,
    /// The process runs something.
    Running,
}

#[derive(Default)]
struct State {
    phase: Phase,
    /// An interrupt came while the process was about to run something.
    pending: bool,
    stop_requested: bool,
    killed: bool,
    last_interrupt: Option<Instant>,
    /// The process that runs cells.
    host: Option<Pid>,
    /// Where commands for it are written.
    commands: Option<Arc<Mutex<UnixStream>>>,
    /// Other programs that run for the cell.
    programs: Vec<(Pid, Reach)>,
    /// What watches over work that is done ahead of its turn.
    ahead: Vec<Watch>,
}

impl State {
    fn starts(&mut self) {
        if self.phase == Phase::Compiling {
            (self.phase, self.pending) = (Phase::Starting, false);
        }
    }
}

/// What runs for a cell, and how the reader stops it: shared by whoever compiles, runs and interrupts.
///
/// ```
/// use dlnotes_eval::host::Watch;
/// let watch = Watch::default();
/// watch.interrupt();                         // nothing runs: nothing to stop
/// assert!(!watch.stop_requested());
/// watch.begin();
/// let other_thread = watch.clone();
/// other_thread.interrupt();
/// assert!(watch.stop_requested());
/// watch.end();
/// ```
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<State>>);

impl Watch {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Plain values: whole even after a panic somewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A cell begins, with compiling.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.phase = Phase::Compiling;
        (state.pending, state.stop_requested, state.killed) = (false, false, false);
        state.last_interrupt = None;
    }

    /// The cell is over; whether the reader asked to stop it.
    pub fn end(&self) -> bool {
        let mut state = self.lock();
        state.phase = Phase::Idle;
        state.stop_requested
    }

    /// Whether the reader has asked to stop the cell.
    pub fn stop_requested(&self) -> bool {
        self.lock().stop_requested
    }

    /// Whether the process that runs cells was killed in this cell, because the reader insisted.
    pub fn killed(&self) -> bool {
        self.lock().killed
    }

    /// A program runs for the cell and is to be stopped with it; at once, if the reader has asked for that already.
    pub fn register(&self, child: &Child, reach: Reach) -> Registered {
        self.register_pid(Pid::from_child(child), reach)
    }

    /// The same for a program that somebody else has started, with all of its group.
    pub fn register_group(&self, group: u32) -> Option<Registered> {
        Some(self.register_pid(Pid::from_raw(group.cast_signed())?, Reach::Group))
    }

    fn register_pid(&self, pid: Pid, reach: Reach) -> Registered {
        let mut state = self.lock();
        state.programs.push((pid, reach));
        if state.stop_requested && state.phase != Phase::Idle {
            stop(pid, reach, false);
        }
        Registered { watch: self.clone(), pid }
    }

    /// Whatever stops the cell stops what `ahead` watches over too; an interrupt does so even between two cells.
    pub(crate) fn include(&self, ahead: &Self) {
        let mut state = self.lock();
        if state.stop_requested && state.phase != Phase::Idle {
            ahead.interrupt();
        }
        state.ahead.push(ahead.clone());
    }

    /// What `ahead` watches over has ended.
    pub(crate) fn leave_out(&self, ahead: &Self) {
        self.lock().ahead.retain(|other| !Arc::ptr_eq(&other.0, &ahead.0));
    }

    /// The reader asks to stop the cell.
    pub fn interrupt(&self) {
        let mut state = self.lock();
        state.ahead.iter().for_each(Self::interrupt);
        if state.phase == Phase::Idle {
            return;
        }
        let insists = state.last_interrupt.is_some_and(|at| at.elapsed() < INSIST);
        state.last_interrupt = Some(Instant::now());
        state.stop_requested = true;
        for (pid, reach) in &state.programs {
            stop(*pid, *reach, insists);
        }
        let Some(host) = state.host else { return };
        match state.phase {
            Phase::Idle | Phase::Compiling => {}
            _ if insists => {
                state.killed = true;
                send_to_group(host, Signal::KILL);
            }
            Phase::Starting => state.pending = true,
            Phase::Running => send(host, Signal::INT),
        }
    }

    /// Ends everything that runs.
    pub fn kill(&self) {
        let mut state = self.lock();
        if state.phase != Phase::Idle {
            state.stop_requested = true;
        }
        state.ahead.iter().for_each(Self::interrupt);
        for (pid, reach) in &state.programs {
            match reach {
                Reach::Process => send(*pid, Signal::KILL),
                Reach::Group => send_to_group(*pid, Signal::KILL),
            }
        }
        if let Some(host) = state.host {
            state.killed = true;
            send_to_group(host, Signal::KILL);
        }
    }

    /// Waits until the process that runs cells has ended, if it does so in time.
    pub fn wait_for_end(&self, limit: Duration) {
        let end = Instant::now() + limit;
        while self.lock().host.is_some() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The reader has moved controls whose numbers cells read: at once, even while one runs.
    pub fn steer(&self, panel: u64, at: &[f64]) {
        let commands = self.lock().commands.clone();
        if let Some(commands) = commands {
            // If the process is gone, there is nothing to steer.
            let _ = super::write(&commands, &Command::Steer { panel, at: at.to_vec() });
        }
    }

    pub(super) fn host_started(&self, child: &Child, commands: Arc<Mutex<UnixStream>>) {
        let mut state = self.lock();
        (state.host, state.commands) = (Some(Pid::from_child(child)), Some(commands));
    }

    /// Ends the process that runs cells, with all that it has started.
    pub(super) fn end_host(&self, pid: Pid) {
        // Under the lock its number can't have been given to another process.
        let state = self.lock();
        if state.host == Some(pid) {
            send_to_group(pid, Signal::KILL);
        }
    }

    /// Waits for the end of the process that runs cells.
    pub(super) fn wait_for_host(&self, mut child: Child) -> std::io::Result<ExitStatus> {
        let pid = Pid::from_child(&child);
        wait_without_reaping(pid)?;
        let mut state = self.lock();
        if state.host == Some(pid) {
            (state.host, state.commands) = (None, None);
        }
        child.wait()
    }

    /// The process is told to run a cell; `false` if the reader has asked to stop it meanwhile.
    pub(super) fn may_run(&self) -> bool {
        let mut state = self.lock();
        if state.stop_requested && state.phase != Phase::Idle {
            return false;
        }
        state.starts();
        true
    }

    /// The process is told to run something. What runs while no cell has begun is not interrupted.
    pub(super) fn starts(&self) {
        self.lock().starts();
    }

    /// The process says that it runs.
    pub(super) fn runs(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Starting {
            state.phase = Phase::Running;
            if let (true, Some(host)) = (std::mem::take(&mut state.pending), state.host) {
                send(host, Signal::INT);
            }
        }
    }

    /// It has run: an interrupt is too late now.
    pub(super) fn has_run(&self) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Starting | Phase::Running) {
            state.phase = Phase::Compiling;
        }
    }
}

/// A program that is stopped with the cell, until this is dropped.
pub struct Registered {
    watch: Watch,
    pid: Pid,
}

impl Registered {
    /// Waits for the program's end. An interrupt at that moment never reaches another process that has got its number.
    pub fn wait(self, child: &mut Child) -> std::io::Result<ExitStatus> {
        wait_without_reaping(self.pid)?;
        drop(self);
        child.wait()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.watch.lock().programs.retain(|(pid, _)| *pid != self.pid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::Command;

    fn sleeper() -> Child {
        Command::new("sleep").arg("60").process_group(0).spawn().unwrap()
    }

    #[test]
    fn programs_are_stopped_with_the_cell_and_only_while_they_are_registered() {
        let watch = Watch::default();
        watch.interrupt();
        watch.begin();
        assert!(!watch.stop_requested());
        let (mut compiler, mut shell) = (sleeper(), sleeper());
        let registered = (watch.register(&compiler, Reach::Process), watch.register(&shell, Reach::Group));
        watch.interrupt();
        assert_eq!(registered.0.wait(&mut compiler).unwrap().signal(), Some(9));
        assert_eq!(registered.1.wait(&mut shell).unwrap().signal(), Some(2));
        // One that comes later is stopped at once.
        let mut late = sleeper();
        assert_eq!(watch.register(&late, Reach::Process).wait(&mut late).unwrap().signal(), Some(9));
        assert!(watch.end());
        let mut other = sleeper();
        drop(watch.register(&other, Reach::Process));
        watch.kill();
        assert_eq!(other.try_wait().unwrap(), None);
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[test]
    fn a_cell_that_was_stopped_does_not_run() {
        let watch = Watch::default();
        watch.begin();
        assert!(watch.may_run());
        watch.has_run();
        watch.interrupt();
        assert!(!watch.may_run());
        watch.end();
        watch.begin();
        assert!(watch.may_run());
    }
}
