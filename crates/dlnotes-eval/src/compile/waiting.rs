//! A rustc that waits for a cell's statements.
//!
//! Most of what rustc does before it looks at a cell is the same for all of them: it starts, and reads the metadata of the
//! libraries. So one is started ahead, on a file whose last line includes a named pipe; it gets as far as that line and
//! waits until the cell's code is written there. Should that ever stop to work, a file in the pipe's place does the same,
//! some 35 ms slower.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, OFlags};

use super::progress::Progress;
use super::rustc::{Compiled, Options, Said, arguments, emit, finish, listen, run, spawn};
use crate::host::{Reach, Watch};

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
                compile_statements(rustc, &self.folder, head, text, &self.options, watch)
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
                    self.check_running()?;
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
            self.check_running()?;
            progress.check()?;
            std::thread::sleep(Duration::from_micros(100));
        }
        Ok(())
    }

    fn check_running(&mut self) -> io::Result<()> {
        match self.child.try_wait()? {
            Some(status) => Err(io::Error::other(format!("it ended before: {status}"))),
            None => Ok(()),
        }
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
    command.args(arguments(options, [folder])).arg(emit(folder, &[(kind, file)]));
    command
}

/// Compiles statements in `folder` from the beginning, with a file in the pipe's place.
pub fn compile_statements(
    rustc: &Path,
    folder: &Path,
    head: &str,
    text: &str,
    options: &Options,
    watch: &Watch,
) -> io::Result<Compiled> {
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
