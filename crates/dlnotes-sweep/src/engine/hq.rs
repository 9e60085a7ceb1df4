//! HyperQueue: a job with an array of tasks.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::task::Tasks;
use super::{Job, Request, text, told};
use crate::shell::{word, words};
use crate::{Error, Result};

const NAME: &str = "HyperQueue";

/// Task numbers have 32 bits.
const MOST_TASKS: usize = u32::MAX as usize;

/// A job that was submitted.
#[derive(Debug)]
pub(crate) struct HyperQueue {
    job: String,
    folder: PathBuf,
    /// `hq job wait`, which ends with the job; whether it was a success is in the ledger.
    wait: Option<Child>,
}

impl HyperQueue {
    /// Submits a job.
    pub(crate) fn submit(request: &Request) -> Result<Self> {
        if request.at_once.is_some() {
            return Err(Error::Usage(
                "--jobs: how many trials HyperQueue runs at once is for its workers to say".into(),
            ));
        }
        let tasks = Tasks::write(request, "hq", MOST_TASKS)?;
        let log = format!("{}/%{{TASK_ID}}.log", text(tasks.folder.clone())?);
        let mut command = Command::new("hq");
        command.args(["--output-mode=quiet", "submit", "--name=dlnotes-sweep"]);
        command.arg(format!("--array=1-{}", tasks.count)).arg(format!("--cpus={}", request.cpus));
        command.arg("--stdout=none").arg(format!("--stderr={log}"));
        command.arg("--cwd").arg(request.ledger.directory()).args(&request.arguments);
        let task = word(&tasks.prefix()?) + "\"$HQ_TASK_ID\"";
        command.args(["--", "/bin/sh", "-c"]).arg(format!("exec {} --task {task}", words(&request.runner)));
        let job = told(NAME, &mut command)?;
        if job.parse::<u64>().is_err() {
            let reason = format!("hq took the job, but answered `{job}` instead of its number");
            return Err(Error::Engine { engine: NAME, reason });
        }
        tasks.submitted("hq", &job)?;
        Ok(Self { job, folder: tasks.folder, wait: None })
    }
}

impl Job for HyperQueue {
    fn name(&self) -> String {
        format!("{NAME} job {}", self.job)
    }

    fn is_over(&mut self) -> Result<bool> {
        let failed = |error: std::io::Error| Error::Engine { engine: NAME, reason: format!("hq job wait: {error}") };
        if self.wait.is_none() {
            let mut wait = Command::new("hq");
            wait.args(["job", "wait", &self.job]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            self.wait = Some(wait.spawn().map_err(failed)?);
        }
        self.wait.as_mut().map_or(Ok(false), |wait| wait.try_wait().map(|ended| ended.is_some()).map_err(failed))
    }

    fn leave(&mut self) -> String {
        format!("{} goes on without us; `hq job cancel {}` ends it", self.name(), self.job)
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for HyperQueue {
    fn drop(&mut self) {
        if let Some(wait) = &mut self.wait {
            // It only waits.
            let _ = wait.kill();
            let _ = wait.wait();
        }
    }
}
