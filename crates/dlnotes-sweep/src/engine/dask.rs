//! Dask: a Python program hands tasks to a scheduler, and takes them back when workers are lost.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::task::Tasks;
use super::{Job, Request, last_line, text};
use crate::{Error, Result};

const NAME: &str = "Dask";

/// What the client says.
const LOG: &str = "client.log";

const PROGRAM: &str = include_str!("dask.py");

/// Tasks that a client of this machine has handed to a scheduler.
#[derive(Debug)]
pub(crate) struct Dask {
    scheduler: String,
    client: Child,
    folder: PathBuf,
}

impl Dask {
    /// Starts the client. A task whose worker is lost is handed in again until it was so `attempts` times.
    pub(crate) fn submit(request: &Request, scheduler: &str, python: &str, attempts: u32) -> Result<Self> {
        if request.at_once.is_some() {
            return Err(Error::Usage(
                "--jobs: how many trials Dask runs at once is for its workers' threads to say".into(),
            ));
        }
        if !request.arguments.is_empty() {
            return Err(Error::Usage(
                "what follows `--` is for sbatch or hq; Dask takes --scheduler and --python".into(),
            ));
        }
        let failed = |reason| Error::Engine { engine: NAME, reason };
        let tasks = Tasks::write(request, "dask", usize::MAX)?;
        let log = tasks.folder.join(LOG);
        let said = File::create(&log).map_err(Error::file(&log))?;
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(said);
        // Ctrl-C is for us.
        let mut client = command.process_group(0).spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => failed(format!("{python} was not found; name a Python that has Dask with --python")),
            _ => failed(format!("{python} could not be started: {error}")),
        })?;
        let threads = request.cpus.to_string();
        let what = json!({
            "scheduler": scheduler,
            "attempts": attempts,
            "runner": request.runner,
            "prefix": tasks.prefix()?,
            "tasks": tasks.count,
            "environment": {"RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            "logs": text(tasks.folder.clone())?,
        });
        if let Some(mut stdin) = client.stdin.take() {
            // If it doesn't read this it has ended, and says why.
            let _ = stdin.write_all(what.to_string().as_bytes());
        }
        tasks.submitted("dask", scheduler)?;
        Ok(Self { scheduler: scheduler.to_owned(), client, folder: tasks.folder })
    }
}

impl Job for Dask {
    fn name(&self) -> String {
        format!("{NAME} at {}", self.scheduler)
    }

    fn is_over(&mut self) -> Result<bool> {
        let failed = |reason| Error::Engine { engine: NAME, reason };
        match self.client.try_wait().map_err(|error| failed(error.to_string()))? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(_) => {
                let log = self.folder.join(LOG);
                let said = fs::read(&log).map_err(Error::file(&log))?;
                Err(failed(format!("{} (all of it: {})", last_line(&said), log.display())))
            }
        }
    }

    fn leave(&mut self) -> String {
        "tasks that no worker has begun are withdrawn; trials that have begun end in their own time, and count"
            .to_owned()
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Dask {
    fn drop(&mut self) {
        // Without its client the scheduler forgets the tasks.
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
