//! What stands between evcxr and the tools that compile a cell, with the tools themselves.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const KERNEL: &str = env!("CARGO_BIN_EXE_dlnotes-kernel");

/// A kernel's folder, a cell, and a cargo that writes down its calls.
struct Session {
    folder: tempfile::TempDir,
    _socket: UnixListener,
}

impl Session {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for directory in ["tools", "toolchain", "ctx/src", "ctx/.cargo", "other/src"] {
            fs::create_dir_all(path(directory)).unwrap();
        }
        for name in ["tools/cargo", "tools/rustup"] {
            symlink(KERNEL, path(name)).unwrap();
        }
        let real = std::env::var("CARGO").expect("cargo runs the tests");
        let calls = path("calls");
        script(&path("toolchain/cargo"), &format!("echo \"$@\" >> {}\nexec {real} \"$@\"", calls.display()));
        fs::write(path("ctx/.cargo/config.toml"), "[net]\noffline = true\n").unwrap();
        fs::write(path("other/Cargo.toml"), "[package]\nname = \"other\"\nversion = \"1.0.0\"\n").unwrap();
        fs::write(path("other/src/lib.rs"), "pub const TEN: i32 = 10;").unwrap();
        let _socket = UnixListener::bind(path("rustc")).unwrap();
        let session = Self { folder, _socket };
        session.manifest("");
        let answer = session.rustup(&["which", "cargo"]);
        assert_eq!(answer, session.path("tools/cargo").to_str().unwrap());
        session
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn manifest(&self, dependencies: &str) {
        let text = format!(
            "[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\
             [lib]\ncrate-type = [\"cdylib\"]\n[workspace]\n[dependencies]\n{dependencies}"
        );
        fs::write(self.path("ctx/Cargo.toml"), text).unwrap();
    }

    /// With our folder first on the PATH, and a toolchain behind it.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let path = format!("{}:{}:/usr/bin:/bin", self.path("tools").display(), self.path("toolchain").display());
        let mut command = Command::new(program);
        command.env("PATH", path).current_dir(self.path("ctx"));
        command
    }

    fn rustup(&self, arguments: &[&str]) -> String {
        let output = self.command("rustup").args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Compiles a cell; what was said, and how often cargo has been called for it.
    fn build(&self, code: &str) -> (Output, usize) {
        self.run("build", code)
    }

    fn run(&self, what: &str, code: &str) -> (Output, usize) {
        fs::write(self.path("ctx/src/lib.rs"), code).unwrap();
        let before = self.calls();
        let mut command = self.command(self.path("tools/cargo"));
        command.args([what, "--message-format=json"]).env("CARGO_TARGET_DIR", "target");
        command
            .env("RUSTC", rustc())
            .env("RUSTC_WRAPPER", KERNEL)
            .env("DLNOTES_KERNEL_RUSTC_SOCKET", self.path("rustc"));
        (command.output().unwrap(), self.calls() - before)
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("calls")).unwrap_or_default().lines().count()
    }
}

fn rustc() -> PathBuf {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    Path::new(String::from_utf8(output.stdout).unwrap().trim()).join("bin/rustc")
}

fn script(path: &Path, lines: &str) {
    fs::write(path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The library that a build says it has made.
fn library(output: &Output) -> PathBuf {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let messages: Vec<serde_json::Value> = messages.collect();
    let is_cell =
        |message: &&serde_json::Value| message["reason"] == "compiler-artifact" && message["target"]["name"] == "ctx";
    let artifact = messages.iter().rfind(is_cell).expect("the cell's library is named");
    let mut names = artifact["filenames"].as_array().unwrap().iter().map(|name| PathBuf::from(name.as_str().unwrap()));
    names.find(|name| name.to_str().is_some_and(|name| name.ends_with(std::env::consts::DLL_SUFFIX))).unwrap()
}

/// Every test starts compilers: their time is the price of testing with the tools themselves.
#[test]
fn cargo_is_asked_again_when_something_changed() {
    let session = Session::new();
    let (first, calls) = session.build("#[unsafe(no_mangle)] pub fn of_the_first_cell() {}");
    assert_eq!(calls, 1);
    // evcxr takes each library away.
    let place = library(&first);
    fs::remove_file(&place).unwrap();

    let (second, calls) = session.build("#[unsafe(no_mangle)] pub fn of_the_second_cell() {}");
    assert_eq!(calls, 0);
    assert_eq!(library(&second), place);
    let bytes = fs::read(&place).unwrap();
    let has = |name: &str| bytes.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    assert!(has("of_the_second_cell") && !has("of_the_first_cell"));

    let (wrong, calls) = session.build("fn wrong() -> i32 { \"text\" }");
    assert_eq!((wrong.status.success(), calls), (false, 0));
    let said = String::from_utf8(wrong.stdout).unwrap();
    let message: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(message["reason"], "compiler-message");
    assert_eq!(message["message"]["code"]["code"], "E0308");
    assert_eq!(message["message"]["spans"][0]["file_name"], "src/lib.rs");

    // Another lock file, as a `:dep` leaves one.
    let lock = session.path("ctx/Cargo.lock");
    fs::write(&lock, fs::read_to_string(&lock).unwrap() + "\n").unwrap();
    let (third, calls) = session.build("");
    library(&third);
    assert_eq!(calls, 1);
    session.manifest("[profile.dev]\nopt-level = 1\n");
    let (fourth, calls) = session.build("pub fn fourth() {}");
    library(&fourth);
    assert_eq!(calls, 1);
    let (fifth, calls) = session.build("pub fn fifth() {}");
    library(&fifth);
    assert_eq!(calls, 0);
}

#[test]
fn a_crate_in_a_folder_of_the_readers_is_looked_at_for_each_cell() {
    let session = Session::new();
    session.manifest("other = { path = \"../other\" }\n");
    let cell = "const _: () = assert!(other::TEN == 10);";
    let (first, calls) = session.build(cell);
    library(&first);
    assert_eq!(calls, 1);
    fs::write(session.path("other/src/lib.rs"), "pub const TEN: i32 = 11;").unwrap();
    let (second, calls) = session.build(cell);
    assert_eq!((second.status.success(), calls), (false, 1));
}

/// What lies below the cell is built already; to check it would take as long again.
#[test]
fn a_check_is_a_build() {
    let session = Session::new();
    library(&session.build("pub fn right() {}").0);
    let (wrong, calls) = session.run("check", "pub fn wrong() -> i32 { let unused = 1; \"text\" }");
    assert_eq!((wrong.status.success(), calls), (false, 0));
    let said = String::from_utf8(wrong.stdout).unwrap();
    assert!(said.contains("E0308") && !said.contains("unused_variables"), "{said}");
    session.manifest("[profile.dev]\nopt-level = 1\n");
    let (wrong, calls) = session.run("check", "pub fn wrong() -> i32 { let unused = 1; \"text\" }");
    assert_eq!((wrong.status.success(), calls), (false, 1));
    assert!(!String::from_utf8(wrong.stdout).unwrap().contains("unused_variables"));
    assert!(!fs::read_to_string(session.path("calls")).unwrap().contains("check"));
}

/// evcxr tries each new dependency in the cells' package, alone.
#[test]
fn a_dependency_that_is_tried_leaves_the_versions_of_the_others_alone() {
    let session = Session::new();
    session.manifest("other = { path = \"../other\" }\n");
    library(&session.build("").0);
    let lock = || fs::read_to_string(session.path("ctx/Cargo.lock")).unwrap();
    let before = lock();
    assert!(before.contains("name = \"other\""));
    let trial =
        "[package]\nname = \"evcxr_dummy_validate_dep\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n[dependencies]\n";
    for (dependency, succeeds) in [("", true), ("missing = { path = \"../missing\" }\n", false)] {
        fs::write(session.path("ctx/Cargo.toml"), trial.to_owned() + dependency).unwrap();
        let mut command = session.command(session.path("tools/cargo"));
        let output = command.args(["metadata", "--format-version=1"]).env("RUSTC", rustc()).output().unwrap();
        assert_eq!(output.status.success(), succeeds, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(lock(), before);
    }
}

#[test]
fn a_rustup_that_is_there_is_asked() {
    let session = Session::new();
    script(
        &session.path("toolchain/rustup"),
        "test \"$1 $2\" = 'which cargo' && echo /there/cargo || echo \"asked: $@\"",
    );
    assert_eq!(session.rustup(&["which", "cargo"]), session.path("tools/cargo").to_str().unwrap());
    assert_eq!(fs::read_link(session.path("tools/real-cargo")).unwrap(), Path::new("/there/cargo"));
    assert_eq!(session.rustup(&["which", "rustc"]), "asked: which rustc");
    fs::remove_file(session.path("toolchain/rustup")).unwrap();
    fs::remove_file(session.path("toolchain/cargo")).unwrap();
    // Nothing is made up: evcxr then says that there is no cargo.
    assert_eq!(session.rustup(&["which", "rustc"]), "");
}
