//! A notebook without front end: its cells are run one after the other, and what they show is read.
#![allow(dead_code, unreachable_pub)] // each test file uses a part

pub mod told;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use dlnotes_eval::depend::RunDirectory;
use dlnotes_eval::failure::without_colours;
use dlnotes_eval::host::Watch;
use dlnotes_eval::{Cell, Console, Event, Failure, Next, Queued, Session, Settings, Stream};

/// A session, and what it has shown.
pub struct Notebook {
    pub session: Session,
    pub watch: Watch,
    shown: Arc<Shown>,
    /// What has run, or was to run.
    cells: Vec<String>,
    /// The session's folders.
    _folder: tempfile::TempDir,
}

impl Notebook {
    /// A session without the helper crate.
    pub fn open() -> Self {
        static BARE: OnceLock<Settings> = OnceLock::new();
        Self::with(BARE.get_or_init(|| prepare(false)).clone())
    }

    /// A session with the helper crate.
    pub fn with_helper() -> Self {
        static FULL: OnceLock<Settings> = OnceLock::new();
        Self::with(FULL.get_or_init(|| prepare(true)).clone())
    }

    fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (directory, work) = (folder.path().join("notebook"), folder.path().join("work"));
        for path in [&directory, &work] {
            std::fs::create_dir(path).unwrap();
        }
        let shown = Arc::new(Shown::default());
        let watch = Watch::default();
        let session = Session::open(Settings { directory, work, ..settings }, shown.clone(), watch.clone());
        Self { session: session.unwrap(), watch, shown, cells: Vec::new(), _folder: folder }
    }

    /// A session without the helper crate whose user can move controls.
    pub fn with_reader() -> Self {
        let notebook = Self::open();
        notebook.shown.has_reader.store(true, Ordering::Relaxed);
        notebook
    }

    /// What is shown, for another thread.
    pub fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown)
    }

    /// Runs the next cell.
    pub fn evaluate(&mut self, code: &str) -> Result<(), Failure> {
        self.cells.push(code.to_owned());
        self.session.evaluate(&Cell { code, count: self.cells.len(), ..Cell::default() })
    }

    /// Runs cells that are all queued at once, as Run All does; the others run whether or not one fails.
    pub fn run_all(&mut self, cells: &[&str]) -> Vec<Result<String, String>> {
        let behind = |index: usize| cells.get(index + 1).copied();
        (0..cells.len()).map(|index| self.run_before(cells[index], behind(index))).collect()
    }

    /// Runs a cell with `next` queued behind it.
    pub fn run_before(&mut self, code: &str, next: Option<&str>) -> Result<String, String> {
        self.run_with(code, || next)
    }

    /// Runs a cell; `next` says what is queued behind it when somebody asks.
    pub fn run_with<'a>(&mut self, code: &str, next: impl Fn() -> Option<&'a str>) -> Result<String, String> {
        self.cells.push(code.to_owned());
        let count = self.cells.len();
        let next = || next().map(|code| Queued { code: code.to_owned(), count: count + 1 });
        let result = self.session.evaluate(&Cell { code, count, next: Next::new(&next), ..Cell::default() });
        self.told(result)
    }

    /// The number of the last cell.
    pub fn count(&self) -> usize {
        self.cells.len()
    }

    /// The text of cell `[number]`.
    pub fn cell(&self, number: usize) -> Option<&str> {
        self.cells.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// Runs the next cell: what it shows, each value behind a `= `; or why it fails, with that in front.
    pub fn run(&mut self, code: &str) -> Result<String, String> {
        let result = self.evaluate(code);
        self.told(result)
    }

    fn told(&self, result: Result<(), Failure>) -> Result<String, String> {
        let mut text = std::mem::take(&mut *self.shown.text.lock().unwrap());
        match result {
            Ok(()) => Ok(text),
            Err(failure) => {
                text += &without_colours(&failure.traceback.join("\n"));
                Err(text)
            }
        }
    }

    /// Runs a cell that has to work.
    #[track_caller]
    pub fn ok(&mut self, code: &str) -> String {
        self.run(code).unwrap_or_else(|failure| panic!("cell [{}]:\n{code}\n\n{failure}", self.cells.len()))
    }

    /// Runs a cell that has to work and show exactly this.
    #[track_caller]
    pub fn shows(&mut self, code: &str, expect: &str) {
        assert_eq!(self.ok(code).trim_end(), expect, "cell [{}]:\n{code}", self.cells.len());
    }

    /// Runs a cell that has to fail, with each of these in what is said.
    #[track_caller]
    pub fn fails(&mut self, code: &str, expect: &[&str]) -> String {
        let Err(text) = self.run(code) else { panic!("cell [{}] works:\n{code}", self.cells.len()) };
        for part in expect {
            assert!(text.contains(part), "cell [{}]:\n{code}\n\nsays nothing of {part:?}:\n{text}", self.cells.len());
        }
        text
    }

    /// Names and types of the variables: `a: i32, b: String`.
    pub fn variables(&self) -> String {
        let mut text = String::new();
        for (name, of) in self.session.variables() {
            let _ = write!(text, "{}{name}: {of}", if text.is_empty() { "" } else { ", " });
        }
        text
    }
}

#[derive(Default)]
pub struct Shown {
    text: Mutex<String>,
    has_reader: AtomicBool,
}

impl Shown {
    /// Waits until the running cell has shown `text`.
    pub fn wait_for(&self, text: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.text.lock().unwrap().contains(text) {
            assert!(Instant::now() < until, "{text:?} is not shown");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Console for Shown {
    fn show(&self, event: Event) {
        let mut shown = self.text.lock().unwrap();
        match event {
            Event::Text(Stream::Out | Stream::Err, text) => shown.push_str(&text),
            Event::Result(bundle) => {
                let _ = writeln!(shown, "= {}", bundle.text("text/plain").unwrap_or_default());
            }
            Event::Controls(panel) => {
                let views: Vec<_> = panel.views.iter().filter_map(|view| view.text("text/plain")).collect();
                let _ = writeln!(shown, "controls {}: {}", panel.number, views.join(", "));
            }
            other => {
                let _ = writeln!(shown, "{other:?}");
            }
        }
    }

    fn ask(&self, _: &str, _: bool) -> Option<String> {
        None
    }

    fn has_reader(&self) -> bool {
        self.has_reader.load(Ordering::Relaxed)
    }
}

/// The build that sessions begin with, made by the first of them.
fn prepare(helper: bool) -> Settings {
    let run = RunDirectory::create().unwrap();
    Settings::prepare(helper, run.path(), &run).unwrap()
}
