//! The ledger: a folder with everything that is known of a sweep.
//!
//! ```text
//! sweep.json               command, space, hashes of the program
//! points.json              the trials, a line each
//! generations/1.json       of a search those that follow, as soon as they are known
//! runners/NAME             who is working on it, with a heartbeat
//! trials/ID/params.json    what is tried
//!           claim-1        who tries it; claim-2 took over from a dead one, and so on
//!           attempt-1/     what the program writes, until it has ended
//!           result.json    written beside and renamed: if it is there, the trial is done
//!           metrics.jsonl, stdout.txt, stderr.txt, …   what else the program has left; of a trial that was stopped,
//!                          its checkpoint and metrics.jsonl
//! again/ID-2.json          an attempt that ended when the trial was done already
//! ```
//!
//! No file is written by two. Nothing is compared with a clock.

mod claim;
pub(crate) mod file;
mod generation;
mod metrics;
mod outcome;
mod runner;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub(crate) use claim::{CHECKPOINT, Claim, Taken};
pub(crate) use metrics::{METRICS, Reported};
pub use outcome::Outcome;
pub(crate) use outcome::{Published, program_result};
pub(crate) use runner::{Life, Peers, Runner};

use crate::point::{Point, hex};
use crate::program::{self, Fingerprint};
use crate::prune::Median;
use crate::space::{Random, Space, Tpe};
use crate::{Axis, Error, Result};

/// What is to be planned.
///
/// ```
/// use dlnotes_sweep::{Ledger, Plan, Space};
/// let folder = tempfile::tempdir()?;
/// let plan = Plan {
///     command: vec!["true".into()],
///     space: Space { axes: vec!["lr=0.1,0.01".parse()?], seeds: 3, ..Space::default() },
///     maximize: false,
///     prune: None,
/// };
/// let ledger = Ledger::plan(&folder.path().join("a"), &plan)?;
/// assert_eq!(ledger.points().len(), 6);
/// assert_eq!(Ledger::open(&folder.path().join("a"))?.points(), ledger.points());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program with its first arguments: the folder of a Cargo project, a path, or a name on `PATH`.
    pub command: Vec<String>,
    /// What is tried.
    pub space: Space,
    /// Whether larger values are better.
    pub maximize: bool,
    /// Whether hopeless trials are ended early, and which ones are.
    pub prune: Option<Median>,
}

/// A sweep's folder.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    sweep: Sweep,
    points: Vec<Point>,
    /// How many generations of a search follow those of `points.json`.
    generations: usize,
}

/// `sweep.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Sweep {
    version: u32,
    command: Vec<String>,
    directory: PathBuf,
    files: Vec<Fingerprint>,
    /// The repository's commit in the directory, if there is one; with `+changes` where files differ from it.
    commit: Option<String>,
    set: Vec<String>,
    random: Option<Random>,
    #[serde(default)]
    tpe: Option<Tpe>,
    seeds: u64,
    maximize: bool,
    #[serde(default)]
    prune: Option<Median>,
    /// Of `points.json`.
    points: String,
}

/// The form of the ledger's files.
const VERSION: u32 = 1;

impl Ledger {
    /// Makes a sweep's folder. The program is run later, in the folder where this was called.
    ///
    /// # Errors
    /// If the folder holds a sweep, the program can't be found or built, or the space isn't usable.
    pub fn plan(path: &Path, plan: &Plan) -> Result<Self> {
        if path.join("sweep.json").exists() {
            let reason = "holds a sweep already: `run` goes on with it; plan another one in another folder";
            return Err(Error::ledger(path, reason));
        }
        let points = plan.space.points()?;
        let directory = std::env::current_dir().map_err(Error::file(Path::new(".")))?;
        let command = program::locate(&plan.command, &directory)?;
        let files = program::fingerprints(&command, &directory)?;
        fs::create_dir_all(path).map_err(Error::file(path))?;
        let list = list(&points);
        let sweep = Sweep {
            version: VERSION,
            commit: commit(&directory),
            command,
            directory,
            files,
            set: plan.space.axes.iter().map(Axis::to_string).collect(),
            random: plan.space.random,
            tpe: plan.space.tpe,
            seeds: plan.space.seeds,
            maximize: plan.maximize,
            prune: plan.prune,
            points: hex(&Sha256::digest(&list)),
        };
        file::write(&path.join("points.json"), list.as_bytes())?;
        // The last one: a folder without it holds no sweep.
        file::write_json(&path.join("sweep.json"), &sweep)?;
        Self::open(path)
    }

    /// Opens a sweep's folder.
    ///
    /// # Errors
    /// If there is no sweep in it, or its files were changed.
    pub fn open(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(Error::file(path))?;
        let file = path.join("sweep.json");
        let Some(sweep) = file::read(&file)? else {
            return Err(Error::ledger(&path, "holds no sweep (no sweep.json): `dlnotes-sweep plan` makes one"));
        };
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let damaged = |error: serde_json::Error| Error::ledger(&file, format!("isn't as it was planned: {error}"));
        let Versioned { version } = serde_json::from_slice(&sweep).map_err(damaged)?;
        if version != VERSION {
            let reason =
                format!("is of version {version}, and this program knows {VERSION}: use the one that planned it");
            return Err(Error::ledger(&file, reason));
        }
        let sweep: Sweep = serde_json::from_slice(&sweep).map_err(damaged)?;
        let file = path.join("points.json");
        let points = file::read(&file)?.unwrap_or_default();
        if hex(&Sha256::digest(&points)) != sweep.points {
            return Err(Error::ledger(&file, "isn't as it was planned: put the old file back, or plan another sweep"));
        }
        let points = parse(&file, &points)?;
        let mut ledger = Self { path, sweep, points, generations: 0 };
        while ledger.read_generation()? {}
        Ok(ledger)
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The trials, in the order in which they are begun; of a search those that are known by now.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether larger values are better.
    #[must_use]
    pub fn maximize(&self) -> bool {
        self.sweep.maximize
    }

    /// Which trials are ended early.
    pub(crate) fn prune(&self) -> Option<Median> {
        self.sweep.prune
    }

    /// Names of the parameters, in the order in which they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sweep.set.iter().map(|axis| axis.split_once('=').map_or(axis.as_str(), |(name, _)| name))
    }

    /// The program with all arguments of a trial.
    #[must_use]
    pub fn command(&self, point: &Point) -> Vec<String> {
        [self.sweep.command.clone(), point.arguments()].concat()
    }

    /// Where the program is run.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.sweep.directory
    }

    /// The folder of a trial.
    #[must_use]
    pub fn folder(&self, id: &str) -> PathBuf {
        self.path.join("trials").join(id)
    }

    /// What came of a trial, if it is done.
    ///
    /// # Errors
    /// If its file can't be read. One that was cut off by a power failure counts as not there.
    pub fn outcome(&self, id: &str) -> Result<Option<Outcome>> {
        let file = self.folder(id).join("result.json");
        Ok(file::read(&file)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// What came of every trial, in the order of the points.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn outcomes(&self) -> Result<Vec<Option<Outcome>>> {
        let begun = self.begun()?;
        let outcome = |point: &Point| if begun.contains(&point.id) { self.outcome(&point.id) } else { Ok(None) };
        self.points.iter().map(outcome).collect()
    }

    /// Trials that have a folder: one look instead of one for each.
    pub(crate) fn begun(&self) -> Result<BTreeSet<String>> {
        file::names(&self.path.join("trials"))
    }

    pub(crate) fn check_program(&self, watch: &program::Watch) -> Result<()> {
        watch.check(&self.sweep.files)
    }
}

fn parse(file: &Path, points: &[u8]) -> Result<Vec<Point>> {
    serde_json::from_slice(points).map_err(|error| {
        Error::ledger(
            file,
            format!("isn't whole ({error}); one of a search's generations may be removed: `run` makes it again"),
        )
    })
}

/// `points.json`: an array with a line for each.
fn list(points: &[Point]) -> String {
    let lines: Vec<String> = points.iter().map(file::json).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

fn commit(directory: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(directory).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "HEAD"])?;
    let is_clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if is_clean { commit } else { commit + "+changes" })
}
