//! rustc, called directly: its arguments, what it says, and crates that it compiles at once.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use super::message::Message;
use super::progress::Progress;
use crate::host::{Reach, Registered, Watch};

/// How often a rustc that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The level at which a cell is compiled as a release build is: without overflow checks, which cost loops over whole
/// numbers up to half of their time.
const RELEASE: u8 = 3;

/// Where rustc notes what it has read.
const READ: &str = "out.d";

/// What rustc is told besides the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `--extern NAME=FILE`.
    pub externs: Vec<(String, PathBuf)>,
    /// `-L dependency=FOLDER`.
    pub search: Vec<PathBuf>,
    /// From 0 to 3.
    pub optimize: u8,
}

/// What rustc made of a source.
#[derive(Debug)]
pub struct Compiled {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said.
    pub messages: Vec<Message>,
    /// What it said that isn't a message: a crash of its own.
    pub rest: String,
}

impl Compiled {
    /// Whether there is an object to link.
    pub fn is_ok(&self) -> bool {
        self.status.success()
    }

    /// Whether it was ended by a signal, and by which.
    pub fn signal(&self) -> Option<i32> {
        self.status.signal()
    }
}

/// The arguments that all crates of a session share.
pub(super) fn arguments<'a>(options: &Options, folders: impl IntoIterator<Item = &'a Path>) -> Vec<OsString> {
    let mut all: Vec<OsString> = [
        "--edition=2024",
        "--crate-type=lib",
        "--error-format=json",
        "-Awarnings",
        "-Cprefer-dynamic",
        "-Ccodegen-units=1",
        "-Cembed-bitcode=no",
    ]
    .map(OsString::from)
    .into();
    all.push(format!("-Copt-level={}", options.optimize).into());
    all.push(if options.optimize == RELEASE { "-Coverflow-checks=off" } else { "-Coverflow-checks=on" }.into());
    let pair = |flag: &str, name: &str, path: &Path| {
        let mut text = OsString::from(format!("{flag}{name}="));
        text.push(path);
        text
    };
    for (name, file) in &options.externs {
        all.push("--extern".into());
        all.push(pair("", name, file));
    }
    for search in &options.search {
        all.push("-L".into());
        all.push(pair("", "dependency", search));
    }
    // Files are named as the reader knows them: `cell [7]`.
    for folder in folders {
        all.push("--remap-path-prefix".into());
        let mut remap = folder.as_os_str().to_owned();
        remap.push("/=");
        all.push(remap);
    }
    all
}

/// What rustc is to write, and in `folder` a list of the files that it has read.
pub(super) fn emit(folder: &Path, kinds: &[(&str, &str)]) -> OsString {
    let mut text = OsString::from("--emit=");
    for (kind, file) in kinds {
        text.push(format!("{kind}="));
        text.push(folder.join(file));
        text.push(",");
    }
    text.push("dep-info=");
    text.push(folder.join(READ));
    text
}

/// Whether a rustc that worked in `folder` has read no source from elsewhere, as `include_str!` makes it do; libraries
/// don't count. It has noted what it read if it got as far as checking types.
pub fn read_nothing_else(folder: &Path) -> bool {
    let Ok(notes) = fs::read_to_string(folder.join(READ)) else { return false };
    let own = format!("{}/", folder.display()).replace(' ', "\\ ");
    // Each file stands in a line of its own too, behind the list.
    let mut files = notes.lines().filter_map(|line| line.strip_suffix(':'));
    files.all(|file| file.starts_with(&own) && !file.contains("/../"))
}

pub(super) fn spawn(mut command: Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}

/// Runs rustc to its end, unless the reader stops it.
pub(super) fn run(command: Command, watch: &Watch) -> io::Result<Compiled> {
    let mut child = spawn(command)?;
    let said = listen(&mut child)?;
    let registered = watch.register(&child, Reach::Process);
    finish(&mut child, &said, registered)
}

/// What a rustc says, once it is through.
pub(super) type Said = Receiver<io::Result<Vec<u8>>>;

pub(super) fn listen(child: &mut Child) -> io::Result<Said> {
    let mut stderr = child.stderr.take().ok_or_else(|| io::Error::other("rustc without standard error"))?;
    let (sender, said) = mpsc::channel();
    std::thread::Builder::new().name("rustc-says".into()).spawn(move || {
        let mut bytes = Vec::new();
        // Nobody waits for one that was stopped.
        let _ = sender.send(stderr.read_to_end(&mut bytes).map(|_| bytes));
    })?;
    Ok(said)
}

/// Waits for the end of a rustc; one that does nothing any more is ended.
pub(super) fn finish(child: &mut Child, said: &Said, registered: Registered) -> io::Result<Compiled> {
    let mut progress = Progress::of(child);
    let bytes = loop {
        match said.recv_timeout(LOOK_EVERY) {
            Ok(bytes) => break bytes?,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = progress.check() {
                    // It may have ended at this moment.
                    let _ = child.kill();
                    registered.wait(child)?;
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("what rustc says could not be read")),
        }
    };
    let status = registered.wait(child)?;
    let (messages, rest) = read_messages(&bytes);
    Ok(Compiled { status, messages, rest })
}

fn read_messages(text: &[u8]) -> (Vec<Message>, String) {
    let (mut messages, mut rest) = (Vec::new(), String::new());
    for line in String::from_utf8_lossy(text).lines() {
        match serde_json::from_str::<Message>(line) {
            Ok(message) => messages.push(message),
            Err(_) => rest.extend([line, "\n"]),
        }
    }
    (messages, rest)
}

/// Compiles the crate `name` of items, whose root is `lib.rs` in `folder` and includes `files` there, to metadata and an
/// object.
pub fn compile_items(
    rustc: &Path,
    name: &str,
    folder: &Path,
    files: &[&Path],
    options: &Options,
    watch: &Watch,
) -> io::Result<Compiled> {
    let mut command = Command::new(rustc);
    command.current_dir(folder).arg("--crate-name").arg(name).arg(folder.join("lib.rs"));
    let folders: Vec<PathBuf> = files.iter().filter_map(|file| Some(folder.join(file.parent()?))).collect();
    command.args(arguments(options, std::iter::once(folder).chain(folders.iter().map(PathBuf::as_path))));
    command.arg(emit(folder, &[("metadata", &format!("lib{name}.rmeta")), ("obj", "out.o")]));
    run(command, watch)
}

/// Looks at `text` alone: for what rustc says of code whose brackets or strings are not closed.
pub fn check_alone(rustc: &Path, file: &Path, text: &str, watch: &Watch) -> io::Result<Compiled> {
    fs::write(file, text)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut command = Command::new(rustc);
    command.current_dir(folder).arg("--crate-name=cell").arg(file).args(arguments(&Options::default(), [folder]));
    command.arg(emit(folder, &[("metadata", "out.rmeta")]));
    run(command, watch)
}
