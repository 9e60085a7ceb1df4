//! A session for tests: compiles cells' sources, runs them, and keeps what is shown.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use dlnotes_eval::depend::{Libraries, Toolchain};
use dlnotes_eval::host::{Host, Ran, Trouble, Watch};
use dlnotes_eval::{Console, Event, Stream};

/// What has been shown, and what the reader answers.
#[derive(Default)]
pub(crate) struct Shown {
    events: Mutex<Vec<Event>>,
    pub(crate) answers: Mutex<Vec<&'static str>>,
    pub(crate) questions: Mutex<Vec<String>>,
}

impl Console for Shown {
    fn show(&self, event: Event) {
        let mut events = self.events.lock().unwrap();
        match (events.last_mut(), event) {
            (Some(Event::Text(last, text)), Event::Text(stream, more)) if *last == stream => text.push_str(&more),
            (_, event) => events.push(event),
        }
    }

    fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        self.questions.lock().unwrap().push(format!("{prompt}{}", if password { " (password)" } else { "" }));
        self.answers.lock().unwrap().pop().map(str::to_owned)
    }
}

/// A session.
pub(crate) struct Session {
    pub(crate) host: Host,
    pub(crate) watch: Watch,
    pub(crate) shown: Arc<Shown>,
    /// How long its cells were waited for, without compiling them.
    pub(crate) waited: Duration,
}

impl Session {
    pub(crate) fn start() -> Self {
        Self::start_in(Path::new("/"))
    }

    pub(crate) fn start_in(directory: &Path) -> Self {
        let (watch, shown) = (Watch::default(), Arc::new(Shown::default()));
        let (toolchain, libraries) = prepared();
        let host = Host::start(toolchain, libraries, directory, shown.clone(), &watch).unwrap();
        Self { host, watch, shown, waited: Duration::ZERO }
    }

    /// Runs a cell whose function has this text.
    pub(crate) fn function(&mut self, text: &str, taken: &[usize], has_value: bool) -> Result<Ran, Trouble> {
        let library = compile(&format!(
            "#[unsafe(no_mangle)] pub fn cell(frame: &mut dlnotes_display::cell::Frame<'_>) {{\n{text}\n}}"
        ));
        self.watch.begin();
        let start = Instant::now();
        let ran = self.host.run(&library, taken, has_value);
        self.waited += start.elapsed();
        self.watch.end();
        ran
    }

    /// Runs a cell whose body has this text.
    pub(crate) fn body(&mut self, text: &str) -> Result<Ran, Trouble> {
        self.function(&as_body(text), &[], false)
    }

    /// What has been shown since the last time: texts as `out …` and `err …`, everything else as it prints.
    pub(crate) fn shown(&self) -> Vec<String> {
        std::mem::take(&mut *self.shown.events.lock().unwrap()).into_iter().map(|event| describe(&event)).collect()
    }

    /// All text on the stream with this name, so far.
    pub(crate) fn shown_on(&self, stream: &str) -> String {
        let events = self.shown.events.lock().unwrap();
        events.iter().filter_map(|event| Some(describe(event).strip_prefix(stream)?.to_owned())).collect()
    }

    /// Waits until something with this text has been shown.
    pub(crate) fn wait_for(&self, text: &str) {
        let shown = Arc::clone(&self.shown);
        wait_for(&shown, text);
    }

    /// Stops the cell that runs next, once it has shown a text.
    pub(crate) fn when_shown(
        &self,
        text: &'static str,
        act: impl FnOnce(&Watch) + Send + 'static,
    ) -> std::thread::JoinHandle<()> {
        let (shown, watch) = (Arc::clone(&self.shown), self.watch.clone());
        std::thread::spawn(move || {
            wait_for(&shown, text);
            act(&watch);
        })
    }
}

fn wait_for(shown: &Shown, text: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while !shown.events.lock().unwrap().iter().any(|event| describe(event).contains(text)) {
        assert!(Instant::now() < until, "{text:?} was not shown; {:?}", shown.events.lock().unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn describe(event: &Event) -> String {
    match event {
        Event::Text(Stream::Out, text) => format!("out {text}"),
        Event::Text(Stream::Err, text) => format!("err {text}"),
        Event::Display(bundle, id) => format!("display {:?} {id:?}", bundle.data),
        Event::Update(bundle, id) => format!("update {:?} {id}", bundle.data),
        Event::Result(bundle) => format!("result {:?}", bundle.data),
        other => format!("{other:?}"),
    }
}

pub(crate) fn as_body(text: &str) -> String {
    format!("frame.run(|keeper| {{ let _ = &keeper; {text}; #[allow(unreachable_code)] Ok(()) }});")
}

/// The libraries and the program, compiled once.
fn prepared() -> &'static (Toolchain, Libraries) {
    static PREPARED: OnceLock<(Toolchain, Libraries)> = OnceLock::new();
    PREPARED.get_or_init(|| {
        let toolchain = Toolchain::find().unwrap();
        let folder = folder();
        let display = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlnotes-display/src/lib.rs");
        let mut command = rustc_for(&toolchain.rustc, "dlnotes_display");
        run(command.args(["--crate-type=dylib", "-Copt-level=1"]).arg(display).arg("--out-dir").arg(folder));
        let main = folder.join("host.rs");
        std::fs::write(&main, "fn main() { dlnotes_display::cells::main() }\n").unwrap();
        let mut command = rustc_for(&toolchain.rustc, "host");
        run(command.arg(&main).arg("--extern").arg(external()).arg("--out-dir").arg(folder));
        let host = folder.join("host");
        (toolchain, Libraries { host, library_path: vec![folder.to_owned()], ..Libraries::default() })
    })
}

/// Compiles a cell as the evaluator does.
pub(crate) fn compile(source: &str) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let toolchain = &prepared().0;
    let name = format!("cell_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let file = |extension| folder().join(&name).with_extension(extension);
    std::fs::write(file("rs"), source).unwrap();
    let mut command = rustc_for(&toolchain.rustc, &name);
    let remap = format!("--remap-path-prefix={}/=", folder().display());
    command.args(["--crate-type=lib", "-Ccodegen-units=1", "-Awarnings", &remap]).arg(file("rs"));
    run(command.arg("--extern").arg(external()).arg(format!("--emit=obj={}", file("o").display())));
    // Without the table of unwind information a panic ends the process.
    run(Command::new("ld").args(["-shared", "--eh-frame-hdr"]).arg("-o").arg(file("so")).arg(file("o")));
    file("so")
}

fn rustc_for(rustc: &Path, name: &str) -> Command {
    let mut command = Command::new(rustc);
    command.args(["--edition=2024", "-Cprefer-dynamic", "--crate-name", name]);
    command
}

fn external() -> String {
    format!("dlnotes_display={}", folder().join("libdlnotes_display.so").display())
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("host");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
