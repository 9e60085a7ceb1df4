//! Slurm: a job array, each task of which runs some trials.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::task::{Tasks, earlier};
use super::{Job, Request, ask, last_line, text, told};
use crate::shell::{word, words};
use crate::{Error, Ledger, Result};

/// The controller serves all users: it is asked no more often than this.
const PAUSE: Duration = Duration::from_secs(10);

const NAME: &str = "Slurm";

/// A job array that was submitted.
#[derive(Debug)]
pub(crate) struct Slurm {
    job: String,
    folder: PathBuf,
    asked: Instant,
}

impl Slurm {
    /// Whether no job of before has trials of this sweep: a second array of them would only wait for the first one.
    pub(crate) fn check(ledger: &Ledger) -> Result<()> {
        for job in earlier(ledger, "slurm")? {
            if is_in_the_queue(&job)? {
                let reason = format!(
                    "trials of this sweep are in the queue as job {job}: wait for it, or `scancel {job}` first"
                );
                return Err(Error::Engine { engine: NAME, reason });
            }
        }
        Ok(())
    }

    /// Submits an array.
    pub(crate) fn submit(request: &Request) -> Result<Self> {
        let tasks = Tasks::write(request, "slurm", most_tasks()?)?;
        // `%a` and the like stand for numbers there.
        let log = text(tasks.folder.clone())?.replace('%', "%%") + "/%a.log";
        let at_once = request.at_once.map(|count| format!("%{count}")).unwrap_or_default();
        let mut command = Command::new("sbatch");
        command.args(["--parsable", "--job-name=dlnotes-sweep", "--requeue", "--open-mode=append"]);
        command.arg(format!("--array=1-{}{at_once}", tasks.count)).arg(format!("--cpus-per-task={}", request.cpus));
        command.arg(format!("--output={log}")).arg("--chdir").arg(request.ledger.directory());
        command.args(&request.arguments);
        // The shell gives its place to the runner, so that Slurm's signals reach it.
        let task = word(&tasks.prefix()?) + "\"$SLURM_ARRAY_TASK_ID\"";
        let script = format!("#!/bin/sh\nexec {} --task {task}\n", words(&request.runner));
        let job = submit(&mut command, &script)?;
        tasks.submitted("slurm", &job)?;
        Ok(Self { job, folder: tasks.folder, asked: Instant::now() })
    }
}

impl Job for Slurm {
    fn name(&self) -> String {
        format!("{NAME} job {}", self.job)
    }

    fn is_over(&mut self) -> Result<bool> {
        if self.asked.elapsed() < PAUSE {
            return Ok(false);
        }
        self.asked = Instant::now();
        Ok(!is_in_the_queue(&self.job)?)
    }

    fn leave(&mut self) -> String {
        format!("{} goes on without us; `scancel {}` ends it", self.name(), self.job)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

fn submit(command: &mut Command, script: &str) -> Result<String> {
    let failed = |reason| Error::Engine { engine: NAME, reason };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(format!("sbatch could not be started: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // If it doesn't read all of it, it says why.
        let _ = stdin.write_all(script.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("sbatch didn't take the job: {}", last_line(&output.stderr))));
    }
    // With several clusters: `17;name`.
    let job = String::from_utf8_lossy(&output.stdout);
    let job = job.trim().split(';').next().unwrap_or_default().to_owned();
    if job.is_empty() { Err(failed("sbatch took the job but didn't say its number".to_owned())) } else { Ok(job) }
}

/// How many tasks an array may have.
fn most_tasks() -> Result<usize> {
    let config = told(NAME, Command::new("scontrol").args(["show", "config"]))?;
    let size = config.lines().find_map(|line| line.trim().strip_prefix("MaxArraySize")?.trim().strip_prefix('='));
    // It is the number after the largest index; 1001 where nobody has changed it.
    let size = size.and_then(|size| size.trim().parse::<usize>().ok()).unwrap_or(1001);
    Ok(size.saturating_sub(1).max(1))
}

/// An empty answer counts only if the controller gave it.
fn is_in_the_queue(job: &str) -> Result<bool> {
    let output = ask(NAME, Command::new("squeue").args(["--noheader", "--format=%i", "--jobs", job]))?;
    if output.status.success() {
        return Ok(!output.stdout.trim_ascii().is_empty());
    }
    let reason = last_line(&output.stderr);
    if reason.contains("Invalid job id") {
        return Ok(false); // it ended so long ago that Slurm has forgotten it
    }
    Err(Error::Engine { engine: NAME, reason: format!("squeue doesn't answer: {reason}") })
}
