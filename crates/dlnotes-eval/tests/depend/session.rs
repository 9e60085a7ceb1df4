//! A session with stand-ins for our own crates: cells are compiled and linked as in a real one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use dlnotes_eval::depend::{Added, BuildError, Dependencies, Places, Prepared, Toolchain, Watch};
use tempfile::TempDir;

/// A stand-in for our display crate, with a program that opens libraries for all that come after them, and calls what is
/// called `cell`.
const PROGRAM: &str = include_str!("stand-in.rs");

/// A session.
pub(crate) struct Test {
    toolchain: Toolchain,
    places: Places,
    dependencies: Dependencies,
    folder: TempDir,
    last: Added,
}

impl Test {
    /// Opens one.
    pub(crate) fn new() -> Self {
        static PREPARED: OnceLock<(Toolchain, Places, Prepared)> = OnceLock::new();
        let (toolchain, places, prepared) = PREPARED.get_or_init(prepare);
        let libraries = prepared.ensure(toolchain, &Stop::default()).unwrap();
        let folder = tempfile::tempdir_in(&places.cache).unwrap();
        let dependencies =
            Dependencies::new(toolchain.clone(), prepared.clone(), libraries, folder.path(), folder.path()).unwrap();
        Self { toolchain: toolchain.clone(), places: places.clone(), dependencies, folder, last: Added::default() }
    }

    /// Adds crates; how many programs, such as cargo, were run for them.
    pub(crate) fn add(&mut self, lines: &[&str]) -> usize {
        let start = Instant::now();
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let watch = Stop::default();
        self.last = self.dependencies.add(&lines, &watch).unwrap_or_else(|error| panic!("{lines:?}: {error}"));
        println!("{:?} for {lines:?}", start.elapsed());
        watch.programs.into_inner()
    }

    /// Adds crates in vain.
    pub(crate) fn fails(&mut self, lines: &[&str]) -> BuildError {
        let before = self.dependencies.libraries().clone();
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let error = self.dependencies.add(&lines, &Stop::default()).unwrap_err();
        println!("{error}\n");
        assert_eq!(*self.dependencies.libraries(), before);
        error
    }

    /// Adds a crate, and is stopped after a while.
    pub(crate) fn stopped(&mut self, line: &str, after: Duration) -> BuildError {
        let stop = Stop::default();
        let dependencies = &mut self.dependencies;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(after);
                stop.stop();
            });
            dependencies.add(&[line.to_owned()], &stop).unwrap_err()
        })
    }

    /// Whether the network may be used.
    pub(crate) fn set_offline(&mut self, offline: bool) {
        self.dependencies.set_offline(offline);
    }

    /// Has cargo look for the network where nobody answers.
    pub(crate) fn cut_off(&self) {
        let config = self.folder.path().join(".cargo");
        fs::create_dir_all(&config).unwrap();
        let text = "[http]\nproxy = \"http://127.0.0.1:9\"\n[net]\nretry = 0\n";
        fs::write(config.join("config.toml"), text).unwrap();
    }

    /// How many libraries the last lines have brought.
    pub(crate) fn loaded(&self) -> usize {
        self.last.load.len()
    }

    /// Which crates are others since the last lines.
    pub(crate) fn replaced(&self) -> &[String] {
        &self.last.replaced
    }

    /// What an export is told.
    pub(crate) fn manifest(&self) -> String {
        self.dependencies.manifest(false)
    }

    /// The folder of one of our crates.
    pub(crate) fn helper(&self, name: &str) -> PathBuf {
        self.places.helper(name).unwrap()
    }

    /// Compiles code and runs it; what it prints.
    pub(crate) fn run(&self, code: &str) -> String {
        self.run_cells(&[&self.cell(code)])
    }

    /// Compiles code.
    pub(crate) fn cell(&self, code: &str) -> PathBuf {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap().keep();
        let file = |name: &str| folder.join(name);
        let text = format!("#[unsafe(no_mangle)]\npub extern \"C\" fn cell() {{\n{code}\n}}\n");
        fs::write(file("cell.rs"), text).unwrap();
        let libraries = self.dependencies.libraries();
        let mut rustc = Command::new(&self.toolchain.rustc);
        rustc.args(["--edition=2024", "--crate-type=lib", "--emit=obj", "-Copt-level=2", "-Cprefer-dynamic"]);
        rustc.args(["-Ccodegen-units=1", "-o"]).arg(file("cell.o")).arg(file("cell.rs"));
        for folder in &libraries.search {
            rustc.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        for (name, path) in libraries.externs.iter().chain(&libraries.runtimes) {
            rustc.arg("--extern").arg(format!("{name}={}", path.display()));
        }
        let output = rustc.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ld = Command::new("ld").arg("-shared").arg("-o").arg(file("cell.so")).arg(file("cell.o")).status();
        assert!(ld.unwrap().success());
        file("cell.so")
    }

    /// Runs cells in one process; what they print.
    pub(crate) fn run_cells(&self, cells: &[&Path]) -> String {
        let libraries = self.dependencies.libraries();
        let path = std::env::join_paths(libraries.library_path.iter().chain([&self.toolchain.libraries])).unwrap();
        let mut host = Command::new(&libraries.host);
        host.args(&libraries.load).args(cells).env("LD_LIBRARY_PATH", path);
        let output = host.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }
}

/// Writes a package into the session's folder.
pub(crate) fn path_crate(test: &Test, name: &str, source: &str, dependencies: &str) -> PathBuf {
    let folder = test.folder.path().canonicalize().unwrap().join(name);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{dependencies}\n"
    );
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), source).unwrap();
    folder
}

fn prepare() -> (Toolchain, Places, Prepared) {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("depend with a space");
    let crates = cache.join("crates");
    write(&crates.join("dlnotes-display"), "dlnotes-display", PROGRAM, "");
    let source = "pub extern crate ndarray;\npub extern crate dlnotes_display;\npub mod prelude {}\n\
                  pub fn total(array: &ndarray::Array1<f64>) -> f64 { array.sum() }\n";
    let dependencies = "ndarray = \"0.17\"\ndlnotes-display = { path = \"../dlnotes-display\" }\nrayon = \"1\"\n";
    write(&crates.join("dlnotes"), "dlnotes", source, dependencies);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    write_if_new(&cache.join("Cargo.lock"), &fs::read_to_string(lock).unwrap());
    let toolchain = Toolchain::find().unwrap();
    let places = Places { cache, crates: Some(crates) };
    let prepared = Prepared::find_in(&toolchain, places.clone(), true).unwrap();
    prepared.ensure(&toolchain, &Stop::default()).unwrap();
    (toolchain, places, prepared)
}

fn write(folder: &Path, name: &str, source: &str, dependencies: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"rlib\", \"dylib\"]\n\
         [workspace]\n[dependencies]\n{dependencies}"
    );
    write_if_new(&folder.join("Cargo.toml"), &manifest);
    write_if_new(&folder.join("src/lib.rs"), source);
}

fn write_if_new(file: &Path, text: &str) {
    if fs::read_to_string(file).ok().as_deref() != Some(text) {
        fs::write(file, text).unwrap();
    }
}

/// Stops a build, and counts what it runs.
#[derive(Default)]
struct Stop {
    stopped: AtomicBool,
    programs: AtomicUsize,
    group: Mutex<Option<u32>>,
}

impl Stop {
    fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        if let Some(group) = *self.group.lock().unwrap() {
            let killed = Command::new("kill").args(["-INT", "--", &format!("-{group}")]).status();
            assert!(killed.unwrap().success());
        }
    }
}

impl Watch for Stop {
    fn progress(&self, line: &str) {
        println!("  {line}");
    }

    fn process(&self, group: Option<u32>) {
        self.programs.fetch_add(usize::from(group.is_some()), Ordering::SeqCst);
        *self.group.lock().unwrap() = group;
    }

    fn is_interrupted(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}
