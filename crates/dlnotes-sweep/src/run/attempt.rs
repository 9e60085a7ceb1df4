//! One attempt at a trial: a process, from its start to what came of it.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};

use super::{Shared, cores};
use crate::ledger::{Claim, Outcome, program_result};
use crate::point::Point;
use crate::trial::FOLDER;
use crate::{Error, Result};

/// How it ended.
pub(super) enum Ended {
    Outcome(Outcome),
    /// From outside, and may be begun again.
    Killed,
    /// Because all are to stop.
    Stopped,
}

/// What comes from outside, and says nothing about the trial.
const FROM_OUTSIDE: [Signal; 4] = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP];

/// Of what the program said last this much is looked at.
const TAIL: u64 = 1 << 16;

pub(super) fn attempt(shared: &Shared, point: &Point, claim: &Claim) -> Result<Ended> {
    let ledger = shared.ledger;
    ledger.check_program(&shared.watch)?;
    let folder = claim.folder(ledger);
    let log = |name: &str| File::create(folder.join(name)).map_err(Error::file(&folder.join(name)));
    let [program, arguments @ ..] = &*ledger.command(point) else {
        return Err(Error::ledger(ledger.path(), "names no program: plan the sweep again"));
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(ledger.directory()).env(FOLDER, &folder);
    // Its end tells a trial that its runner has died. A group of its own lets the runner decide what Ctrl-C does.
    command.stdin(Stdio::piped()).stdout(log("stdout.txt")?).stderr(log("stderr.txt")?).process_group(0);
    let cores = cores::granted();
    for name in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS"] {
        if std::env::var_os(name).is_none() {
            command.env(name, (cores / shared.options.jobs.max(1)).max(1).to_string());
        }
    }
    let begin = Instant::now();
    let Some(child) = shared.stop.start(|| command.spawn()) else { return Ok(Ended::Stopped) };
    let start = |source| Error::Start { program: program.clone(), directory: ledger.directory().to_owned(), source };
    let mut child = child.map_err(start)?;
    let pid = Pid::from_child(&child);
    if let Some(pruner) = &shared.pruner {
        pruner.begins(pid, &folder);
    }
    let (status, pruned) = loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::INTR) => {}
            _ => {
                shared.stop.ended(pid);
                let pruned = shared.pruner.as_ref().and_then(|pruner| pruner.ended(pid));
                break (child.wait().map_err(start)?, pruned);
            }
        }
    };
    let seconds = (begin.elapsed().as_secs_f64() * 1e6).round() / 1e6;
    let result = || program_result(&folder.join("result.json"));
    let mut outcome = if let Some(pruned) = pruned {
        // It may have been done when it was told to end.
        if status.success() {
            Some(result()?).filter(|result| result.value().is_ok()).unwrap_or(pruned)
        } else {
            pruned
        }
    } else if status.success() {
        result()?
    } else if shared.stop.is_asked() {
        return Ok(Ended::Stopped);
    } else if is_from_outside(status) {
        if claim.attempt < shared.options.attempts {
            return Ok(Ended::Killed);
        }
        Outcome::failed(format!("begun {} times and killed (out of memory?): {status}", claim.attempt))
    } else {
        let said = last_words(&folder.join("stderr.txt"));
        Outcome::failed(if said.is_empty() { status.to_string() } else { format!("{status}: {said}") })
    };
    outcome.seconds = seconds;
    Ok(Ended::Outcome(outcome))
}

fn is_from_outside(status: ExitStatus) -> bool {
    let signal = status.signal().and_then(Signal::from_named_raw);
    signal.is_some_and(|signal| FROM_OUTSIDE.contains(&signal))
}

/// What a program wrote last: of a panic in Rust its message, which a backtrace may follow, else the last line. It is told
/// beside the error: where there is none, or it can't be read, the error stands alone.
fn last_words(path: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let panic = lines.iter().rposition(|line| line.starts_with("thread '") && line.contains(" panicked at "));
    let message = panic.and_then(|panic| lines.get(panic + 1)).or(lines.last());
    message.map(|line| (*line).to_owned()).unwrap_or_default()
}
