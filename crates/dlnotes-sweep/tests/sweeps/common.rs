//! A sweep in a folder of its own, and the program that works on it.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_dlnotes-sweep");

/// A folder for a test, which is removed with it.
pub(crate) struct Sweep {
    pub(crate) folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The trial of `examples/`, which cargo builds with the tests.
pub(crate) fn example() -> String {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().unwrap().parent().unwrap().join("examples/noisy_line");
    assert!(path.is_file(), "cargo test -p dlnotes-sweep builds it: {}", path.display());
    path.to_str().unwrap().to_owned()
}

impl Sweep {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Plans a sweep of the example with these arguments.
    pub(crate) fn of_example(arguments: &[&str]) -> Self {
        let sweep = Self::new();
        sweep.plan(&[&[example().as_str()], arguments].concat());
        sweep
    }

    /// Plans a sweep of a shell script: `$lr`, … and `$seed` are its parameters, `$DLNOTES_SWEEP_TRIAL` its folder.
    pub(crate) fn of_script(script: &str, arguments: &[&str]) -> Self {
        let sweep = Self::new();
        let read = "while [ $# -gt 0 ]; do eval \"${1#--}=\\$2\"; shift 2; done\n";
        fs::write(sweep.path("trial.sh"), format!("{read}{script}\n")).unwrap();
        sweep.plan(&[&["sh"], arguments, &["--", "trial.sh"]].concat());
        sweep
    }

    fn plan(&self, arguments: &[&str]) {
        let out = ["--out", "sweep"].as_slice();
        let split = arguments.iter().position(|argument| *argument == "--").unwrap_or(arguments.len());
        let all = [&["plan"], &arguments[..split], out, &arguments[split..]].concat();
        let said = said(self.command(&all).output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn trials(&self) -> PathBuf {
        self.path("sweep/trials")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a subcommand with the sweep's folder.
    pub(crate) fn say(&self, subcommand: &str, arguments: &[&str]) -> Said {
        said(self.command(&[&[subcommand, "sweep"], arguments].concat()).output().unwrap())
    }

    /// Starts `run`.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(&[&["run", "sweep"], arguments].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// `run`, which is to end well.
    pub(crate) fn run(&self, arguments: &[&str]) {
        let said = self.say("run", arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    /// What came of each trial.
    pub(crate) fn outcomes(&self) -> Vec<Value> {
        let said = self.say("show", &["--trials", "--format", "json"]);
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Folders of trials that were begun.
    pub(crate) fn begun(&self) -> Vec<PathBuf> {
        entries(&self.trials())
    }
}

pub(crate) fn said(output: Output) -> Said {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Waits for something that is to happen.
pub(crate) fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !happened() {
        assert!(begin.elapsed() < Duration::from_secs(120), "{what} didn't happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Numbers that are others in each run: whatever is killed when, the end is the same.
#[derive(Default)]
pub(crate) struct Random {
    state: RandomState,
    drawn: u64,
}

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.drawn += 1;
        self.state.hash_one(self.drawn) % end
    }
}

/// Processes with this text in their environments and that one in their command lines.
pub(crate) fn processes_with(environment: &str, argument: &str) -> Vec<Pid> {
    let has = |pid: Pid, file: &str, text: &str| {
        let bytes = fs::read(format!("/proc/{}/{file}", pid.as_raw_pid())).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(text)
    };
    let is_wanted = |pid: &Pid| has(*pid, "environ", environment) && has(*pid, "cmdline", argument);
    processes().into_iter().filter(is_wanted).collect()
}

pub(crate) fn processes() -> Vec<Pid> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// The number of a process's parent.
pub(crate) fn parent(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
    Pid::from_raw(stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?)
}

/// Kills a process that may have ended by now; whether it was there.
pub(crate) fn kill(pid: Pid) -> bool {
    kill_process(pid, Signal::KILL).is_ok()
}

/// Waits for one of the processes that are looked for and kills it; not, if the run ends before there is one.
pub(crate) fn kill_one(run: &mut Child, find: impl Fn() -> Vec<Pid>) -> bool {
    while run.try_wait().unwrap().is_none() {
        if find().first().is_some_and(|pid| kill(*pid)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// Trials of a sweep that are running, whoever has started them.
pub(crate) fn running(sweep: &Sweep) -> Vec<Pid> {
    processes_with(&format!("DLNOTES_SWEEP_TRIAL={}", sweep.trials().display()), "")
}

/// A sweep of 1,000 trials, and the table that comes of it where nothing is killed.
pub(crate) fn thousand() -> (Sweep, String) {
    let settings = ["--set", "lr=log:1e-3..1:50", "--set", "wd=0,1e-3,1e-2,0.1", "--set", "ms=50", "--seeds", "5"];
    let calm = Sweep::of_example(&settings);
    calm.run(&["--jobs", "8"]);
    let table = calm.say("show", &["--format", "csv"]).out;
    assert_eq!(table.lines().filter(|line| line.ends_with(",5,0,0,5")).count(), 200);
    (Sweep::of_example(&settings), table)
}

/// After whatever was killed: each trial of [`thousand`] has been counted once, with the same values.
pub(crate) fn assert_whole(sweep: &Sweep, table: &str) {
    assert_eq!(sweep.say("show", &["--format", "csv"]).out, table);
    let ids: BTreeSet<String> = sweep.outcomes().iter().map(|trial| trial["id"].to_string()).collect();
    assert_eq!((ids.len(), sweep.outcomes().len(), sweep.begun().len()), (1000, 1000, 1000));
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("1000 of 1000 trials are done;"), "{status}");
    assert!(status.contains("begun more than once") && !status.contains("other results"), "{status}");
    println!("{status}");
}
