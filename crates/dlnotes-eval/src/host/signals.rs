//! Signals to programs, and waiting for their end.

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

/// Who gets the signal that stops a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The process alone, such as a compiler: it is ended.
    Process,
    /// Its whole group, such as a shell's command, started in a group of its own: it is interrupted, and ended if the
    /// reader insists.
    Group,
}

/// Waits for the end of a process that nobody has waited for yet, and leaves it to be waited for.
pub(super) fn wait_without_reaping(pid: Pid) -> std::io::Result<()> {
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// Stops a program; at any cost if the reader insists.
pub(super) fn stop(pid: Pid, reach: Reach, insists: bool) {
    match (reach, insists) {
        // One that is stopped would not hear of anything less.
        (Reach::Process, _) => send(pid, Signal::KILL),
        (Reach::Group, false) => send_to_group(pid, Signal::INT),
        (Reach::Group, true) => send_to_group(pid, Signal::KILL),
    }
}

pub(super) fn send(pid: Pid, signal: Signal) {
    // It may be over already.
    let _ = kill_process(pid, signal);
}

pub(super) fn send_to_group(pid: Pid, signal: Signal) {
    // As above.
    let _ = kill_process_group(pid, signal);
}
