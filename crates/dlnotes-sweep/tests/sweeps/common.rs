//! A sweep in a folder of its own, and the program that works on it.

use std::fs;
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
