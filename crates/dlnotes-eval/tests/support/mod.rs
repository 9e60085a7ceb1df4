//! Sessions for tests, as a notebook has them.

pub(crate) mod told;

use std::sync::Arc;

use dlnotes_eval::depend::{Libraries, Prepared, Toolchain, Watch as BuildWatch};
use dlnotes_eval::host::Watch;
use dlnotes_eval::{Cell, Console, Event, Failure, Session, Settings};

/// The build that sessions begin with.
pub(crate) struct Bench {
    toolchain: Toolchain,
    libraries: Libraries,
    prepared: Prepared,
}

impl Bench {
    /// Builds it, if nobody has.
    pub(crate) fn new() -> Self {
        let toolchain = Toolchain::find().expect("a toolchain");
        let prepared = Prepared::find(&toolchain, true).expect("our crates");
        let libraries = match prepared.ensure(&toolchain, &Lines) {
            Ok(libraries) => libraries,
            Err(error) => panic!("the crates of a session could not be built: {error}"),
        };
        Self { toolchain, libraries, prepared }
    }
}

/// A session that counts its cells.
pub(crate) struct Notebook {
    session: Session,
    /// The session's folder, removed with it.
    _folder: tempfile::TempDir,
    /// What has run, or was to run.
    cells: Vec<String>,
}

impl Notebook {
    pub(crate) fn open(bench: &Bench) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            toolchain: bench.toolchain.clone(),
            prepared: bench.prepared.clone(),
            libraries: bench.libraries.clone(),
            directory: folder.path().to_owned(),
            work: folder.path().join("session"),
            analyzers: Vec::new(),
        };
        std::fs::create_dir(&settings.work).expect("a folder");
        let session = Session::open(settings, Arc::new(Silent), Watch::default());
        let session = session.unwrap_or_else(|failure| panic!("{}", failure.evalue));
        Self { session, _folder: folder, cells: Vec::new() }
    }

    /// Runs the next cell.
    pub(crate) fn run(&mut self, code: &str) -> Result<(), Failure> {
        self.cells.push(code.to_owned());
        self.session.evaluate(&Cell { code, count: self.cells.len() })
    }

    /// The number of the last cell.
    #[allow(dead_code)] // not all tests ask
    pub(crate) fn count(&self) -> usize {
        self.cells.len()
    }

    /// The text of cell `[number]`.
    #[allow(dead_code)] // not all tests ask
    pub(crate) fn cell(&self, number: usize) -> Option<&str> {
        self.cells.get(number.checked_sub(1)?).map(String::as_str)
    }
}

/// What cells show is nothing to these tests.
struct Silent;

impl Console for Silent {
    fn show(&self, _: Event) {}

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
