//! The evaluator that compiles and runs cells: `dlnotes-eval`, opened for a notebook.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dlnotes_eval::analyzer;
use dlnotes_eval::depend::{self, BuildError, Prepared, RunDirectory, Toolchain};
use dlnotes_eval::host::Watch;
use dlnotes_eval::{Cell, Console, Failure, MimeBundle, Session, Settings};

use crate::Error;

use super::{Called, Completions, Evaluator, Interrupter, Launch};

/// How long the end of the process that runs cells is waited for: it can have much memory to give back.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// What a notebook is opened with.
pub struct Notebook {
    /// Where its session works.
    pub run: Arc<RunDirectory>,
    /// Its folder, in which cells run.
    pub directory: PathBuf,
    /// Whether cells have the helper crate.
    pub helper: bool,
}

/// Compiles and runs the cells of a notebook.
pub struct Cells {
    session: Session,
    /// Removed when the session has ended.
    _run: Arc<RunDirectory>,
}

impl Cells {
    /// An evaluator that is yet to be opened.
    pub fn launch(notebook: Notebook) -> Launch {
        let stop = Arc::new(Stop::default());
        let stage = Arc::clone(&stop);
        let interrupter = Arc::clone(&stop);
        let open = move |console| Ok(Box::new(Self::open(notebook, &stop, console)?) as Box<dyn Evaluator>);
        Launch { interrupter, stage: Arc::new(move || stage.stage()), open: Box::new(open) }
    }

    fn open(notebook: Notebook, stop: &Arc<Stop>, console: Arc<dyn Console>) -> Result<Self, Failure> {
        let toolchain = Toolchain::find().map_err(kernel_error)?;
        let prepared = Prepared::find(&toolchain, notebook.helper).map_err(kernel_error)?;
        stop.enter(if prepared.exists() {
            "loading the prepared libraries"
        } else {
            "building the libraries of every notebook"
        });
        let libraries = prepared.ensure(&toolchain, stop.as_ref()).map_err(build_error)?;
        let work = notebook.run.path().join("work");
        std::fs::create_dir_all(&work).map_err(Error::file(&work)).map_err(kernel_error)?;
        let settings = Settings {
            prepared,
            analyzers: analyzer::built(),
            libraries,
            toolchain,
            directory: notebook.directory,
            work,
        };
        Ok(Self { session: Session::open(settings, console, stop.watch.clone())?, _run: notebook.run })
    }
}

impl Evaluator for Cells {
    fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        self.session.evaluate(cell)
    }

    fn value(&mut self, expression: &str) -> Result<MimeBundle, Failure> {
        self.session.value(expression)
    }

    fn complete(&mut self, code: &str, at: usize) -> Completions {
        self.session.complete(code, at)
    }

    fn inspect(&mut self, code: &str, at: usize) -> Option<MimeBundle> {
        self.session.inspect(code, at)
    }

    fn call(&mut self, panel: u64, at: &[f64]) -> Called {
        self.session.call(panel, at)
    }

    fn forget(&mut self, panels: &[u64]) {
        self.session.forget(panels);
    }

    fn idle(&mut self) {
        self.session.idle();
    }
}

fn kernel_error(error: impl std::fmt::Display) -> Failure {
    Failure::new("KernelError", error.to_string())
}

fn build_error(error: BuildError) -> Failure {
    match error {
        BuildError::Interrupted => {
            Failure::new("Interrupted", "building the libraries was stopped: the next cell goes on with it")
        }
        other => kernel_error(other),
    }
}

/// Stops what runs, even while the evaluator opens; knows what the opening is at.
#[derive(Default)]
struct Stop {
    watch: Watch,
    at: Mutex<String>,
    group: Mutex<Option<u32>>,
}

impl Stop {
    fn enter(&self, stage: &str) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = stage.to_owned();
    }

    fn stage(&self) -> String {
        self.at.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end_build(&self) {
        let group = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = group.and_then(|group| rustix::process::Pid::from_raw(group.cast_signed())) {
            // It may be over already.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        }
    }
}

impl Interrupter for Stop {
    fn interrupt(&self) {
        self.watch.interrupt();
    }

    fn kill(&self) {
        self.end_build();
        self.watch.kill();
        self.watch.wait_for_end(LAST_MOMENT);
    }

    fn steer(&self, panel: u64, at: &[f64]) {
        self.watch.steer(panel, at);
    }
}

impl depend::Watch for Stop {
    fn progress(&self, line: &str) {
        self.enter(&format!("building the libraries of every notebook, for the first time: {line}"));
    }

    fn process(&self, group: Option<u32>) {
        *self.group.lock().unwrap_or_else(PoisonError::into_inner) = group;
    }

    fn is_interrupted(&self) -> bool {
        false
    }
}
