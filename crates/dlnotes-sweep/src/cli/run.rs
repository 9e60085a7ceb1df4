//! `run`: on this machine, or handed to a scheduler.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{progress, say};
use crate::engine::{self, Dask, HyperQueue, Job, Open, Request, Slurm};
use crate::report::counted;
use crate::shell::{word, words};
use crate::{Error, Ledger, Options, Progress, Result, Stop};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The sweep's folder.
    sweep: PathBuf,
    /// Where: as processes of this machine, through a scheduler, or nowhere, printing a line for each open trial that
    /// anything can run.
    #[arg(long, value_enum, default_value_t = Place::Local)]
    on: Place,
    /// How many trials at once; on this machine half as many as there are cores if it isn't given.
    #[arg(long, value_name = "COUNT", value_parser = at_least_1)]
    jobs: Option<usize>,
    /// Only this trial; can be given several times.
    #[arg(long = "trial", value_name = "ID")]
    trials: Vec<String>,
    /// Only the trials in a line of a file: what a scheduler's tasks are given.
    #[arg(long, value_name = "FILE:LINE", conflicts_with = "trials")]
    task: Option<String>,
    /// Try trials that failed once more.
    #[arg(long)]
    retry_failed: bool,
    /// A trial that is killed from outside has failed when it was started this many times.
    #[arg(long, default_value_t = Options::default().attempts)]
    attempts: u32,
    /// When a runner on another machine was silent for this many seconds, others try its trials.
    #[arg(long, value_name = "SECONDS", default_value_t = Options::default().dead_after.as_secs())]
    dead_after: u64,
    /// Cores of a trial, for a scheduler.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = at_least_1)]
    cpus: usize,
    /// How many trials a scheduler's task runs, one after another; if it isn't given, 1, or as few as it allows.
    #[arg(long, value_name = "COUNT", value_parser = at_least_1)]
    per_task: Option<usize>,
    /// Wait until all is done where a scheduler would do without.
    #[arg(long)]
    wait: bool,
    /// The address of Dask's scheduler.
    #[arg(long, value_name = "tcp://HOST:PORT", required_if_eq("on", "dask"))]
    scheduler: Option<String>,
    /// A Python that has Dask.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    /// After `--`: arguments for sbatch or `hq submit`, such as the partition and the time limit.
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Place {
    Local,
    Print,
    /// One job array.
    Slurm,
    /// Tasks for a scheduler that runs already.
    Dask,
    /// One job of HyperQueue's.
    Hq,
}

/// Trials failed.
const FAILED: u8 = 3;
const INTERRUPTED: u8 = 130;

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut ledger = Ledger::open(&arguments.sweep)?;
    let only = match &arguments.task {
        Some(task) => engine::read(task)?,
        None => arguments.trials.clone(),
    };
    if ![Place::Slurm, Place::Hq].contains(&arguments.on) && !arguments.arguments.is_empty() {
        return Err(Error::Usage("what follows `--` is for --on slurm and --on hq".to_owned()));
    }
    // Where all that is known has ended, the next generation of a search.
    if arguments.on != Place::Local && only.is_empty() && open(&ledger, &only, arguments.retry_failed)?.is_empty() {
        ledger.next_generation()?;
    }
    match arguments.on {
        Place::Local => here(&mut ledger, arguments, only),
        Place::Print => print(&ledger, arguments, &only),
        Place::Slurm | Place::Dask | Place::Hq => elsewhere(&mut ledger, arguments, &only),
    }
}

fn here(ledger: &mut Ledger, arguments: &Arguments, only: Vec<String>) -> Result<ExitCode> {
    let default = Options::default();
    let options = Options {
        jobs: arguments.jobs.unwrap_or(default.jobs),
        only,
        retry_failed: arguments.retry_failed,
        attempts: arguments.attempts,
        dead_after: Duration::from_secs(arguments.dead_after),
    };
    let stop = stop_on_ctrl_c()?;
    let mut line = progress::Line::default();
    let ended = crate::search(ledger, &options, &stop, |ledger, progress| line.show(ledger, progress));
    line.end();
    let progress = ended?;
    eprintln!("{}", progress::told(ledger, &progress, None));
    let sweep = word(&arguments.sweep.to_string_lossy());
    if stop.is_asked() {
        eprintln!("interrupted; what is done is kept: `dlnotes-sweep run {sweep}` goes on");
        return Ok(ExitCode::from(INTERRUPTED));
    }
    Ok(code(progress.failed, &sweep))
}

fn elsewhere(ledger: &mut Ledger, arguments: &Arguments, only: &[String]) -> Result<ExitCode> {
    let sweep = word(&arguments.sweep.to_string_lossy());
    let mut trials = open(ledger, only, arguments.retry_failed)?;
    if trials.is_empty() {
        return say(&format!("no trial is open; `dlnotes-sweep status {sweep}` says how they ended\n"));
    }
    if arguments.on == Place::Slurm {
        Slurm::check(ledger)?;
    }
    let stop = stop_on_ctrl_c()?;
    let mut failed = 0;
    loop {
        let mut job = submit(ledger, arguments, &trials)?;
        // Dask forgets tasks whose client leaves.
        if arguments.on != Place::Dask && !arguments.wait {
            let (count, name) = (trials.len(), job.name());
            let are = if count == 1 { "is" } else { "are" };
            let more = ledger.planned() - ledger.points().len();
            let more = if more == 0 { String::new() } else { format!("; {more} more depend on them: run again then") };
            return say(&format!(
                "{} {are} {name}{more}; `dlnotes-sweep status {sweep}` says how far\n",
                counted(count, "trial")
            ));
        }
        let mut line = progress::Line::default();
        let name = job.name();
        let hear = |progress: &Progress| line.show_elsewhere(ledger, progress, &name);
        let ended = engine::watch(ledger, &trials, job.as_mut(), &stop, hear);
        line.end();
        let progress = ended?;
        eprintln!("{}", progress::told(ledger, &progress, None));
        failed += progress.failed;
        if progress.open() > 0 && stop.is_asked() {
            eprintln!("interrupted; what is done is kept; {}", job.leave());
            return Ok(ExitCode::from(INTERRUPTED));
        }
        if progress.open() > 0 {
            let [name, logs] = [job.name(), job.folder().display().to_string()];
            let reason = format!(
                "{} without a result, and {name} is over (a time limit, perhaps); {logs} has what its tasks said; \
                 the same command once more goes on",
                counted(progress.open(), "trial")
            );
            return Err(Error::ledger(ledger.path(), reason));
        }
        if !only.is_empty() || !ledger.next_generation()? {
            return Ok(code(failed, &sweep));
        }
        trials = open(ledger, only, false)?;
    }
}

fn submit(ledger: &Ledger, arguments: &Arguments, trials: &[Open]) -> Result<Box<dyn Job>> {
    let request = Request {
        ledger,
        runner: runner(ledger, arguments, 1)?,
        open: trials.to_vec(),
        per_task: arguments.per_task,
        cpus: arguments.cpus,
        at_once: arguments.jobs,
        arguments: arguments.arguments.clone(),
    };
    Ok(match (arguments.on, &arguments.scheduler) {
        (Place::Slurm, _) => Box::new(Slurm::submit(&request)?),
        (Place::Hq, _) => Box::new(HyperQueue::submit(&request)?),
        (_, scheduler) => {
            let scheduler = scheduler.as_deref().unwrap_or_default();
            Box::new(Dask::submit(&request, scheduler, &arguments.python, arguments.attempts)?)
        }
    })
}

fn stop_on_ctrl_c() -> Result<Arc<Stop>> {
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.ask())
        .map_err(|error| Error::Usage(format!("Ctrl-C can't be caught: {error}")))?;
    Ok(stop)
}

fn code(failed: usize, sweep: &str) -> ExitCode {
    if failed == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("`dlnotes-sweep status {sweep}` says why trials failed; `run --retry-failed` tries them once more");
    ExitCode::from(FAILED)
}

/// A line for each trial that is to be run.
fn print(ledger: &Ledger, arguments: &Arguments, only: &[String]) -> Result<ExitCode> {
    let head = words(&runner(ledger, arguments, arguments.jobs.unwrap_or(1))?);
    let line = |open: Open| format!("{head} --trial {}\n", ledger.points()[open.index].id);
    say(&open(ledger, only, arguments.retry_failed)?.into_iter().map(line).collect::<String>())
}

/// Trials that are open, or have failed and are to be tried again.
fn open(ledger: &Ledger, only: &[String], retry_failed: bool) -> Result<Vec<Open>> {
    let mut trials = Vec::new();
    for (index, outcome) in ledger.outcomes()?.into_iter().enumerate() {
        if !only.is_empty() && !only.contains(&ledger.points()[index].id) {
            continue;
        }
        match outcome {
            None => trials.push(Open { index, failed: None }),
            Some(outcome) if retry_failed && outcome.has_failed() => {
                trials.push(Open { index, failed: Some(outcome.attempt) });
            }
            Some(_) => {}
        }
    }
    Ok(trials)
}

/// The command that runs trials of this sweep, without saying which.
fn runner(ledger: &Ledger, arguments: &Arguments, jobs: usize) -> Result<Vec<String>> {
    let program = std::env::current_exe().map_err(Error::file(Path::new("dlnotes-sweep")))?;
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut command = vec![path(&program), "run".to_owned(), path(ledger.path())];
    command.extend(["--jobs".to_owned(), jobs.to_string()]);
    command.extend(["--attempts".to_owned(), arguments.attempts.to_string()]);
    command.extend(["--dead-after".to_owned(), arguments.dead_after.to_string()]);
    command.extend(arguments.retry_failed.then(|| "--retry-failed".to_owned()));
    Ok(command)
}

fn at_least_1(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "it is a whole number from 1".to_owned())
}
