//! One live line while dependencies compile, or while the evaluator opens.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Evcxr;
use crate::child::Watch;
use crate::evaluator::Console as _;
use crate::output::{Event, MimeBundle};

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Shows which crate is being compiled, until it is dropped.
pub(super) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(super) fn start(evaluator: &Evcxr) -> Self {
        let (stop, stopped) = channel::<()>();
        let (watch, console) = (evaluator.watch.clone(), evaluator.console.clone());
        let lock = evaluator.settings.run.work().join("Cargo.lock");
        let id = format!("compiling-{}", uuid::Uuid::new_v4());
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let mut shown = None;
            loop {
                let over = stopped.recv_timeout(LOOK_EVERY) != Err(RecvTimeoutError::Timeout);
                let crates = dependencies(watch.crates());
                if let Some(line) = line(&crates, &lock, start.elapsed(), over)
                    && shown.as_ref() != Some(&line)
                {
                    let bundle = MimeBundle::new("text/plain", &line);
                    console.show(match shown.replace(line) {
                        None => Event::Display(bundle, Some(id.clone())),
                        Some(_) => Event::Update(bundle, id.clone()),
                    });
                }
                if over {
                    return;
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It only shows text: if it panicked, the cell is none the worse.
            let _ = thread.join();
        }
    }
}

/// Without the cell itself, build scripts and cargo's questions to rustc.
fn dependencies(crates: Vec<String>) -> Vec<String> {
    crates.into_iter().filter(|name| !matches!(name.as_str(), "ctx" | "build_script_build" | "___")).collect()
}

fn line(crates: &[String], lock: &Path, time: Duration, over: bool) -> Option<String> {
    let seconds = time.as_secs_f32();
    match crates.len() {
        0 => None,
        1 if over => Some(format!("compiled 1 crate in {seconds:.1} s")),
        count if over => Some(format!("compiled {count} crates in {seconds:.1} s")),
        _ => compiling(crates, lock).map(|line| format!("{line}, {seconds:.0} s")),
    }
}

/// `compiling NAME (n of at most m)`.
fn compiling(crates: &[String], lock: &Path) -> Option<String> {
    let last = crates.last()?;
    let all = std::fs::read_to_string(lock).unwrap_or_default().matches("[[package]]").count();
    // The cell itself is in the lock file too.
    let of = if all > crates.len() { format!(" of at most {}", all - 1) } else { String::new() };
    Some(format!("compiling {last} ({}{of})", crates.len()))
}

/// What the opening of an evaluator is at.
pub(super) struct Stages {
    at: Mutex<&'static str>,
    watch: Arc<Watch>,
    lock: PathBuf,
}

impl Stages {
    pub(super) fn new(watch: Arc<Watch>, work: &Path) -> Self {
        Self { at: Mutex::new("reading the toolchain"), watch, lock: work.join("Cargo.lock") }
    }

    pub(super) fn enter(&self, stage: &'static str) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    pub(super) fn describe(&self) -> String {
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        match compiling(&dependencies(self.watch.crates()), &self.lock) {
            Some(line) => format!("{at}, {line}"),
            None => at.to_owned(),
        }
    }
}
