//! Trials in portions, for schedulers that count tasks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use super::{Open, Request, text};
use crate::ledger::file;
use crate::{Error, Ledger, Result};

/// The tasks of a job, and the folder where they are kept.
#[derive(Debug)]
pub(super) struct Tasks {
    /// `jobs/NAME`.
    pub(super) folder: PathBuf,
    /// How many there are; their numbers begin with 1.
    pub(super) count: usize,
}

/// `job.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Job {
    engine: String,
    job: String,
}

impl Tasks {
    /// Writes the tasks of a request, of which there may be `most`.
    pub(super) fn write(request: &Request, engine: &str, most: usize) -> Result<Self> {
        let trials = request.open.len();
        let fewest = trials.div_ceil(most).max(1);
        let per_task = request.per_task.unwrap_or(fewest);
        if per_task < fewest {
            return Err(Error::Usage(format!(
                "{trials} trials, {per_task} to a task, are more than the {most} tasks that {engine} takes in one job; \
                 give --per-task {fewest}, or leave it out"
            )));
        }
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("{engine}-{}-{}", *file::TOKEN, NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = request.ledger.path().join("jobs").join(name);
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let tasks = Self { folder, count: trials.div_ceil(per_task) };
        let id = |open: &Open| request.ledger.points()[open.index].id.as_str();
        let lines = request.open.chunks(per_task).map(|open| open.iter().map(id).collect::<Vec<_>>().join(" ") + "\n");
        file::write(&tasks.path(), lines.collect::<String>().as_bytes())?;
        Ok(tasks)
    }

    fn path(&self) -> PathBuf {
        self.folder.join("tasks.txt")
    }

    /// What `--task` takes before the task's number: `…/tasks.txt:`.
    pub(super) fn prefix(&self) -> Result<String> {
        Ok(text(self.path())? + ":")
    }

    /// Notes which job they became.
    pub(super) fn submitted(&self, engine: &str, job: &str) -> Result<()> {
        file::write_json(&self.folder.join("job.json"), &Job { engine: engine.to_owned(), job: job.to_owned() })
    }
}

/// The jobs of a scheduler to which trials of this sweep were handed before.
pub(super) fn earlier(ledger: &Ledger, engine: &str) -> Result<Vec<String>> {
    let folder = ledger.path().join("jobs");
    let mut jobs = Vec::new();
    for name in file::names(&folder)? {
        let bytes = file::read(&folder.join(name).join("job.json"))?.unwrap_or_default();
        jobs.extend(serde_json::from_slice::<Job>(&bytes).ok().filter(|job| job.engine == engine).map(|job| job.job));
    }
    Ok(jobs)
}

/// The trials of the task that `--task FILE:LINE` names.
pub(crate) fn read(task: &str) -> Result<Vec<String>> {
    let wrong = || Error::Usage(format!("--task {task}: give the path of a tasks.txt, `:`, and a line number"));
    let (path, number) = task.rsplit_once(':').ok_or_else(wrong)?;
    let number: usize = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
    let lines = fs::read_to_string(path).map_err(Error::file(Path::new(path)))?;
    let line = lines.lines().nth(number - 1).ok_or_else(wrong)?;
    Ok(line.split_whitespace().map(str::to_owned).collect())
}
