//! A notebook without front end: its cells are run one after the other, and what they show is read.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use dlnotes_eval::depend::{BuildError, Libraries, Prepared, Toolchain, Watch as BuildWatch};
use dlnotes_eval::host::Watch;
use dlnotes_eval::report::without_colours;
use dlnotes_eval::{Cell, Console, Event, Session, Settings, Stream};

/// A session, and what it has shown.
pub(crate) struct Notebook {
    pub session: Session,
    pub watch: Watch,
    shown: Arc<Shown>,
    count: usize,
    /// The session's folders.
    _folder: tempfile::TempDir,
}

impl Notebook {
    /// A session without the helper crate.
    pub(crate) fn open() -> Self {
        let (toolchain, prepared, libraries) = prepared();
        let folder = tempfile::tempdir().unwrap();
        let (directory, work) = (folder.path().join("notebook"), folder.path().join("work"));
        for path in [&directory, &work] {
            std::fs::create_dir(path).unwrap();
        }
        let settings = Settings {
            toolchain: toolchain.clone(),
            prepared: prepared.clone(),
            libraries: libraries.clone(),
            directory,
            work,
            analyzers: Vec::new(),
        };
        let shown = Arc::new(Shown::default());
        let watch = Watch::default();
        let session = Session::open(settings, shown.clone(), watch.clone()).unwrap();
        Self { session, watch, shown, count: 0, _folder: folder }
    }

    /// What is shown, for another thread.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown)
    }

    /// A session whose reader can move controls.
    pub(crate) fn with_reader() -> Self {
        let notebook = Self::open();
        notebook.shown.has_reader.store(true, Ordering::Relaxed);
        notebook
    }

    /// Runs the next cell: what it shows, each value behind a `= `; or why it fails, with that in front.
    pub(crate) fn run(&mut self, code: &str) -> Result<String, String> {
        self.count += 1;
        let result = self.session.evaluate(&Cell { code, count: self.count });
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
    pub(crate) fn ok(&mut self, code: &str) -> String {
        self.run(code).unwrap_or_else(|failure| panic!("cell [{}]:\n{code}\n\n{failure}", self.count))
    }

    /// Runs a cell that has to work and show exactly this.
    #[track_caller]
    pub(crate) fn shows(&mut self, code: &str, expect: &str) {
        assert_eq!(self.ok(code).trim_end(), expect, "cell [{}]:\n{code}", self.count);
    }

    /// Runs a cell that has to fail, with each of these in what is said.
    #[track_caller]
    pub(crate) fn fails(&mut self, code: &str, expect: &[&str]) -> String {
        let Err(text) = self.run(code) else { panic!("cell [{}] works:\n{code}", self.count) };
        for part in expect {
            assert!(text.contains(part), "cell [{}]:\n{code}\n\nsays nothing of {part:?}:\n{text}", self.count);
        }
        text
    }

    /// Names and types of the variables: `a: i32, b: String`.
    pub(crate) fn variables(&self) -> String {
        let mut text = String::new();
        for (name, of) in self.session.variables() {
            let _ = write!(text, "{}{name}: {of}", if text.is_empty() { "" } else { ", " });
        }
        text
    }
}

#[derive(Default)]
pub(crate) struct Shown {
    text: Mutex<String>,
    has_reader: AtomicBool,
}

impl Shown {
    /// Waits until the running cell has shown `text`.
    pub(crate) fn wait_for(&self, text: &str) {
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

/// The build without the helper crate, made once for all tests.
fn prepared() -> &'static (Toolchain, Prepared, Libraries) {
    static BUILD: OnceLock<(Toolchain, Prepared, Libraries)> = OnceLock::new();
    BUILD.get_or_init(|| {
        let toolchain = Toolchain::find().unwrap();
        let prepared = Prepared::find(&toolchain, false).unwrap();
        let libraries = prepared.ensure(&toolchain, &Silent).map_err(|error: BuildError| error.to_string()).unwrap();
        (toolchain, prepared, libraries)
    })
}

struct Silent;

impl BuildWatch for Silent {
    fn progress(&self, _: &str) {}

    fn process(&self, _: Option<u32>) {}

    fn is_interrupted(&self) -> bool {
        false
    }
}
