//! rustc, called directly: for a crate of items at once, for a cell's statements ahead of time.
//!
//! Most of what rustc does before it looks at a cell is the same for all of them: it starts, and reads the metadata of the
//! libraries. So one is started ahead, on a file whose last line includes a named pipe; it gets as far as that line and
//! waits until the cell's code is written there. Should that ever stop to work, a file in the pipe's place does the same,
//! some 35 ms slower.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags};

use super::message::Message;
use super::progress::Progress;
use crate::host::{Reach, Registered, Watch};

/// How often a rustc that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

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
fn arguments<'a>(options: &Options, folders: impl IntoIterator<Item = &'a Path>) -> Vec<OsString> {
    let mut all: Vec<OsString> = [
        "--edition=2024",
        "--crate-type=lib",
        "--error-format=json",
        "-Awarnings",
        "-Cprefer-dynamic",
        "-Ccodegen-units=1",
        "-Coverflow-checks=on",
        "-Cembed-bitcode=no",
    ]
    .map(OsString::from)
    .into();
    all.push(format!("-Copt-level={}", options.optimize).into());
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

fn emit(kinds: &[(&str, PathBuf)]) -> OsString {
    let mut text = OsString::from("--emit=");
    for (index, (kind, file)) in kinds.iter().enumerate() {
        text.push(if index > 0 { "," } else { "" });
        text.push(format!("{kind}="));
        text.push(file);
    }
    text
}

fn spawn(mut command: Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}

/// Runs rustc to its end, unless the reader stops it.
fn run(command: Command, watch: &Watch) -> io::Result<Compiled> {
    let mut child = spawn(command)?;
    let said = listen(&mut child)?;
    let registered = watch.register(&child, Reach::Process);
    finish(&mut child, &said, registered)
}

/// What a rustc says, once it is through.
type Said = Receiver<io::Result<Vec<u8>>>;

fn listen(child: &mut Child) -> io::Result<Said> {
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
fn finish(child: &mut Child, said: &Said, registered: Registered) -> io::Result<Compiled> {
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

/// Compiles the crate `name` of items, whose root is `lib.rs` in `folder` and includes `files`, to metadata and an object.
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
    command.args(arguments(options, std::iter::once(folder).chain(files.iter().filter_map(|file| file.parent()))));
    command.arg(emit(&[("metadata", folder.join(format!("lib{name}.rmeta"))), ("obj", folder.join("out.o"))]));
    run(command, watch)
}

/// Looks at `text` alone: for what rustc says of code whose brackets or strings are not closed.
pub fn check_alone(rustc: &Path, file: &Path, text: &str, watch: &Watch) -> io::Result<Compiled> {
    fs::write(file, text)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut command = Command::new(rustc);
    command.current_dir(folder).arg("--crate-name=cell").arg(file).args(arguments(&Options::default(), [folder]));
    command.arg(emit(&[("metadata", folder.join("out.rmeta"))]));
    run(command, watch)
}

/// The file behind which the code comes.
const HEAD: &str = "head.rs";
/// The pipe, or the file in its place.
const START: &str = "start";

/// A rustc that compiles a cell's statements, started before they are known.
#[derive(Debug)]
pub struct Waiting {
    folder: PathBuf,
    child: Child,
    /// Both ends of the pipe: when this process ends, however that happens, rustc reads its end and doesn't wait for ever.
    held: Option<fs::File>,
    said: Said,
    options: Options,
}

impl Waiting {
    /// Starts one in a new folder `folder`; `head` is what goes before every cell.
    pub fn start(rustc: &Path, folder: PathBuf, head: &str, options: Options) -> io::Result<Self> {
        lay(&folder, head)?;
        rustix::fs::mknodat(CWD, folder.join(START), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        // Opening both ends waits for nobody.
        let held = rustix::fs::open(folder.join(START), OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
        let mut child = spawn(command(rustc, &folder, &options, "obj", "out.o"))?;
        let said = listen(&mut child)?;
        Ok(Self { folder, child, held: Some(held.into()), said, options })
    }

    /// Whether it was started with these options.
    pub fn fits(&self, options: &Options) -> bool {
        self.options == *options
    }

    /// Where files that the code includes belong, and where the object will be.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives it the code, and waits for the object `out.o`.
    pub fn give(mut self, rustc: &Path, head: &str, text: &str, watch: &Watch) -> io::Result<Compiled> {
        let registered = watch.register(&self.child, Reach::Process);
        match self.write(text).and_then(|()| finish(&mut self.child, &self.said, registered)) {
            Err(error) => {
                log::warn!("the compiler that waited is of no use ({error}); another one begins at the beginning");
                self.stop();
                cold(rustc, &self.folder, head, text, &self.options, watch)
            }
            compiled => compiled,
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let mut progress = Progress::of(&self.child);
        let path = self.folder.join(START);
        let pipe = rustix::fs::open(&path, OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
        let mut pipe = fs::File::from(pipe);
        // From here on rustc is the only one who reads.
        self.held = None;
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match pipe.write(rest) {
                Ok(written) => rest = &rest[written..],
                // Nobody reads yet, or any more.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    if let Some(status) = self.child.try_wait()? {
                        return Err(io::Error::other(format!("it ended before: {status}")));
                    }
                    progress.check()?;
                    std::thread::sleep(Duration::from_micros(500));
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                    progress.check()?;
                    std::thread::sleep(Duration::from_micros(100));
                }
                Err(error) => return Err(error),
            }
        }
        // Not closed before rustc has it all: a process that is just being started can have had a copy of what was held,
        // and then the code would be gone with it.
        while rustix::io::ioctl_fionread(&pipe)? > 0 {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("it ended before: {status}")));
            }
            progress.check()?;
            std::thread::sleep(Duration::from_micros(100));
        }
        Ok(())
    }

    /// Ends it; its folder stays.
    pub fn stop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with the head in it, and nothing else.
fn lay(folder: &Path, head: &str) -> io::Result<()> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join(HEAD), format!("{head}include!({:?});\n", folder.join(START)))
}

fn command(rustc: &Path, folder: &Path, options: &Options, kind: &str, file: &str) -> Command {
    let mut command = Command::new(rustc);
    command.current_dir(folder).arg("--crate-name=cell").arg(folder.join(HEAD));
    command.args(arguments(options, [folder])).arg(emit(&[(kind, folder.join(file))]));
    command
}

/// Compiles statements from the beginning, with a file in the pipe's place.
fn cold(rustc: &Path, folder: &Path, head: &str, text: &str, options: &Options, watch: &Watch) -> io::Result<Compiled> {
    restart(folder, head, text)?;
    run(command(rustc, folder, options, "obj", "out.o"), watch)
}

/// What rustc thinks of the statements in `folder`, after [`Waiting::give`], as its middle representation: text in which
/// types are named as a cell can name them.
pub fn middle(
    rustc: &Path,
    folder: &Path,
    head: &str,
    text: &str,
    options: &Options,
    watch: &Watch,
) -> io::Result<String> {
    let options = Options { optimize: 0, ..options.clone() };
    restart(folder, head, text)?;
    let compiled = run(command(rustc, folder, &options, "mir", "out.mir"), watch)?;
    match compiled.is_ok() {
        true => fs::read_to_string(folder.join("out.mir")),
        false => Err(io::Error::other(format!("rustc: {}; {}", compiled.status, compiled.rest))),
    }
}

/// Puts a file in the pipe's place.
fn restart(folder: &Path, head: &str, text: &str) -> io::Result<()> {
    let start = folder.join(START);
    let _ = fs::remove_file(&start);
    fs::write(&start, text)?;
    fs::write(folder.join(HEAD), format!("{head}include!({start:?});\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::depend::Toolchain;
    use std::time::Instant;

    #[test]
    fn one_that_waits_ends_with_the_process_that_started_it() {
        let rustc = Toolchain::find().unwrap().rustc;
        let folder = tempfile::tempdir().unwrap();
        let waiting = Waiting::start(&rustc, folder.path().join("cell"), "", Options::default()).unwrap();
        let Waiting { mut child, held, .. } = waiting;
        std::thread::sleep(Duration::from_secs(1));
        assert!(child.try_wait().unwrap().is_none(), "it doesn't wait");
        // As the system does when a process ends.
        drop(held);
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "it waits for ever");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
