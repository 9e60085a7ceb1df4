//! Schedulers that run trials on other machines: what they get is lines to run, and what counts is the ledger.
//!
//! ```text
//! jobs/NAME/tasks.txt      the trials of each task, a line for each task
//!           job.json       the scheduler and its name for the job
//!           1.log, …       what the tasks said, if they said anything
//! ```

mod dask;
mod hq;
mod slurm;
mod task;
mod watch;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) use dask::Dask;
pub(crate) use hq::HyperQueue;
pub(crate) use slurm::Slurm;
pub(crate) use task::read;
pub(crate) use watch::watch;

use crate::{Error, Ledger, Result};

/// What is to be run elsewhere.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) ledger: &'a Ledger,
    /// The command of a task, to which `--task FILE:LINE` is appended.
    pub(crate) runner: Vec<String>,
    pub(crate) open: Vec<Open>,
    /// How many of them a task runs, one after another; as few as the scheduler allows if it isn't given.
    pub(crate) per_task: Option<usize>,
    /// Cores of a task.
    pub(crate) cpus: usize,
    /// How many tasks at once.
    pub(crate) at_once: Option<usize>,
    /// The user's own arguments for the scheduler.
    pub(crate) arguments: Vec<String>,
}

/// A trial that is to be run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    /// Its place among the points.
    pub(crate) index: usize,
    /// The attempt that failed, if it is tried again.
    pub(crate) failed: Option<u32>,
}

/// What was handed to a scheduler.
pub(crate) trait Job {
    /// `Slurm job 17`.
    fn name(&self) -> String;

    /// Whether nothing of it is going to run any more.
    fn is_over(&mut self) -> Result<bool>;

    /// What becomes of it when nobody waits for it any longer, said to the user.
    fn leave(&mut self) -> String;

    /// Where its tasks and what they said are kept.
    fn folder(&self) -> &Path;
}

/// What a scheduler's own program prints.
fn ask(engine: &'static str, command: &mut Command) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::NotFound => format!("{name} was not found on the PATH; is {engine} installed on this machine?"),
            _ => format!("{name} could not be started: {error}"),
        };
        Error::Engine { engine, reason }
    })
}

/// The same of a program that is to end well.
fn told(engine: &'static str, command: &mut Command) -> Result<String> {
    let output = ask(engine, command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let name = command.get_program().to_string_lossy();
    Err(Error::Engine { engine, reason: format!("{name} ended with {}: {}", output.status, last_line(&output.stderr)) })
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().lines().last().unwrap_or("it said nothing").to_owned()
}

/// A path that is handed to another program as text.
fn text(path: PathBuf) -> Result<String> {
    path.into_os_string().into_string().map_err(|path| Error::Usage(format!("{} isn't UTF-8", path.display())))
}
