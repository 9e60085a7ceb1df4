//! What is known about the child and the cell that it runs.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::libraries::Libraries;
use crate::evaluator::Interrupter;

/// A second interrupt within this time stops the cell at any cost.
const INSIST: Duration = Duration::from_secs(5);

/// A panic, as the cells' side reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct PanicPlace {
    /// The panic's message.
    pub message: String,
    /// The source file that it names.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// The thread; `main` runs cells.
    pub thread: String,
}

/// What was seen while a cell ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The last panic on the thread that runs cells.
    pub panic: Option<PanicPlace>,
    /// The cell was left by a panic or an interrupt.
    pub unwound: bool,
    /// The error that `?` returned.
    pub error: Option<String>,
    /// The cell left because it was interrupted.
    pub interrupted: bool,
    /// The reader asked to stop.
    pub stop_requested: bool,
    /// The process was killed because the reader insisted.
    pub killed: bool,
    /// The process that ran cells has ended.
    pub died: bool,
    /// The cell was not run: a library that the process has loaded was built anew for it.
    pub stale: bool,
    /// When the cell began to run, after compiling.
    pub started: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Idle,
    Compiling,
    Running,
}

#[derive(Default)]
struct State {
    phase: Phase,
    seen: Seen,
    has_value: bool,
    child: Option<Pid>,
    control: Option<UnixStream>,
    ready: bool,
    /// Compilers that have reported themselves, and the cargo that started them.
    compilers: Vec<Pid>,
    crates: Vec<String>,
    last_interrupt: Option<Instant>,
    shell: Option<Pid>,
    libraries: Option<Libraries>,
}

/// What is known about the child and the cell that it runs; shared by the evaluator, the tap and the control socket.
#[derive(Default)]
pub struct Watch {
    state: Mutex<State>,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Plain values: whole also after a panic somewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A cell begins, with compiling; `has_value` says whether it ends in an expression.
    pub fn begin(&self, has_value: bool) {
        let mut state = self.lock();
        state.phase = Phase::Compiling;
        state.seen = Seen::default();
        state.has_value = has_value;
        state.crates.clear();
        state.compilers.clear();
        state.last_interrupt = None;
    }

    /// The cell is over; what was seen.
    pub fn end(&self) -> Seen {
        let mut state = self.lock();
        state.phase = Phase::Idle;
        std::mem::take(&mut state.seen)
    }

    /// Whether the reader has asked to stop the cell.
    pub fn stop_requested(&self) -> bool {
        self.lock().seen.stop_requested
    }

    /// The crates whose compilation has begun in this cell.
    pub fn crates(&self) -> Vec<String> {
        self.lock().crates.clone()
    }

    /// The process of a `!` command, so that an interrupt reaches it; `None` when it is over.
    pub fn set_shell(&self, pid: Option<u32>) {
        self.lock().shell = pid.and_then(|pid| Pid::from_raw(pid.cast_signed()));
    }

    /// The dependencies' libraries in `folder` are the ones that the child has loaded, or will load.
    pub fn libraries_are(&self, folder: &Path) {
        self.lock().libraries = Some(Libraries::read(folder));
    }

    /// Ends the process that runs cells; evcxr starts another one.
    pub fn end_child(&self) {
        if let Some(child) = self.lock().child {
            // It may be gone already.
            let _ = kill_process_group(child, Signal::KILL);
        }
    }

    pub(super) fn child_arrived(&self, pid: u32, control: Option<UnixStream>) {
        let mut state = self.lock();
        state.child = Pid::from_raw(pid.cast_signed());
        state.control = control;
        state.ready = false;
    }

    pub(super) fn child_ready(&self) {
        self.lock().ready = true;
    }

    pub(super) fn child_died(&self, pid: u32) {
        let mut state = self.lock();
        // evcxr may have replaced it before its end was noticed.
        if state.child != Pid::from_raw(pid.cast_signed()) {
            return;
        }
        state.child = None;
        state.control = None;
        state.ready = false;
        state.seen.died = true;
    }

    /// Asks the cells' side to write what it has buffered; `false` if it can't be asked.
    pub(super) fn ask_for_flush(&self) -> bool {
        let mut state = self.lock();
        state.ready && state.control.as_mut().is_some_and(|control| control.write_all(b"f").is_ok())
    }

    /// Compiling is over and the cell would run now; `false` if it has been stopped meanwhile.
    pub(super) fn may_run(&self) -> bool {
        let mut state = self.lock();
        if state.seen.stop_requested {
            state.seen.interrupted = true;
            return false;
        }
        if state.libraries.as_ref().is_some_and(Libraries::changed) {
            state.seen.stale = true;
            return false;
        }
        // The kernel's own hidden cells are not interrupted: they run while no cell has begun.
        if state.phase == Phase::Compiling {
            state.phase = Phase::Running;
        }
        state.seen.started = Some(Instant::now());
        true
    }

    /// The code has run: an interrupt is too late now.
    pub(super) fn has_run(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Running {
            state.phase = Phase::Compiling;
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.lock().phase == Phase::Running
    }

    pub(super) fn child_id(&self) -> Option<i32> {
        self.lock().child.map(|pid| pid.as_raw_nonzero().get())
    }

    pub(super) fn has_value(&self) -> bool {
        self.lock().has_value
    }

    pub(super) fn see(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.lock().seen);
    }

    pub(super) fn compiler_started(&self, name: &str, pids: impl IntoIterator<Item = i32>) {
        let mut state = self.lock();
        state.crates.push(name.to_owned());
        state.compilers.extend(pids.into_iter().filter_map(Pid::from_raw));
        if state.seen.stop_requested {
            stop_compilers(&mut state);
        }
    }
}

fn stop_compilers(state: &mut State) {
    for pid in std::mem::take(&mut state.compilers) {
        // It may be over already.
        let _ = kill_process(pid, Signal::TERM);
    }
}

impl Interrupter for Watch {
    fn interrupt(&self) {
        let mut state = self.lock();
        let insists = state.last_interrupt.is_some_and(|at| at.elapsed() < INSIST);
        if state.phase == Phase::Idle {
            return;
        }
        state.last_interrupt = Some(Instant::now());
        state.seen.stop_requested = true;
        if let Some(shell) = state.shell {
            let _ = kill_process_group(shell, if insists { Signal::KILL } else { Signal::INT });
            return;
        }
        stop_compilers(&mut state);
        let (Phase::Running, Some(child)) = (state.phase, state.child) else { return };
        if insists || !state.ready {
            state.seen.killed = true;
            let _ = kill_process_group(child, Signal::KILL);
        } else {
            let _ = kill_process(child, Signal::INT);
        }
    }

    fn kill(&self) {
        let mut state = self.lock();
        stop_compilers(&mut state);
        for group in [state.shell.take(), state.child.take()].into_iter().flatten() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
