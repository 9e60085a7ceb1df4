//! Sessions for tests, as a notebook has them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use dlnotes_eval::depend::{Libraries, Prepared, RunDirectory, Toolchain, Watch as BuildWatch};
use dlnotes_eval::host::Watch;
use dlnotes_eval::{Cell, Console, Dependencies, Event, Failure, Session, Settings};

/// The build that sessions begin with.
pub struct Bench {
    toolchain: Toolchain,
    libraries: Libraries,
    prepared: PathBuf,
}

impl Bench {
    /// Builds it, if nobody has.
    pub fn new() -> Self {
        let toolchain = Toolchain::find().expect("a toolchain");
        let prepared = Prepared::find(&toolchain, true).expect("our crates");
        let libraries = match prepared.ensure(&toolchain, &Lines) {
            Ok(libraries) => libraries,
            Err(error) => panic!("the crates of a session could not be built: {error}"),
        };
        Self { toolchain, libraries, prepared: prepared.path().to_owned() }
    }
}

/// A session and what it has shown.
pub struct Notebook {
    session: Session,
    /// The session's folder, removed with it.
    _run: RunDirectory,
    console: Arc<Shown>,
    count: usize,
}

impl Notebook {
    pub fn open(bench: &Bench) -> Self {
        let run = RunDirectory::create().expect("a folder");
        let console = Arc::new(Shown::default());
        let settings = Settings {
            toolchain: bench.toolchain.clone(),
            dependencies: Dependencies(bench.libraries.clone()),
            directory: run.path().to_owned(),
            work: run.path().join("session"),
            prepared: bench.prepared.clone(),
            analyzers: Vec::new(),
        };
        std::fs::create_dir(&settings.work).expect("a folder");
        let session = Session::open(settings, Arc::<Shown>::clone(&console) as Arc<dyn Console>, Watch::default());
        let session = session.unwrap_or_else(|failure| panic!("{}", failure.evalue));
        Self { session, _run: run, console, count: 0 }
    }

    /// Runs the next cell.
    pub fn run(&mut self, code: &str) -> Result<(), Failure> {
        self.count += 1;
        self.session.evaluate(&Cell { code, count: self.count })
    }

    /// What cells have shown since the last call.
    pub fn shown(&self) -> Vec<Event> {
        std::mem::take(&mut self.console.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(Default)]
struct Shown(Mutex<Vec<Event>>);

impl Console for Shown {
    fn show(&self, event: Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    fn ask(&self, _: &str, _: bool) -> Option<String> {
        None
    }
}

/// Progress of the build, for who looks at the test.
struct Lines;

impl BuildWatch for Lines {
    fn progress(&self, line: &str) {
        eprintln!("{line}");
    }

    fn process(&self, _: Option<u32>) {}

    fn is_interrupted(&self) -> bool {
        false
    }
}
