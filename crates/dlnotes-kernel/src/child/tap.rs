//! In the kernel: one thread per child that reads what it writes, and one that hears compilers report themselves.

use std::io::{BufRead as _, BufReader, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::Watch;
use super::enter::HANDED_OVER;
use super::filter::{COMPLETE, PANICKED};
use super::handler::{Handler, Step};
use super::stdin::{Asker, LOOK_EVERY};
use crate::evaluator::Console;
use crate::{Error, Result};

/// A cell's end waits this long for its last output; a thread of the reader's that holds the lock of standard output
/// would otherwise hold up the kernel.
const LAST_OUTPUT: Duration = Duration::from_secs(1);

const CHUNK: usize = 64 * 1024;

/// Listens for children and compilers.
pub struct Tap;

impl Tap {
    /// Opens the two sockets and their threads, which live as long as the kernel.
    pub fn open(child: &Path, rustc: &Path, watch: &Arc<Watch>, console: &Arc<dyn Console>) -> Result<()> {
        let children = UnixListener::bind(child).map_err(Error::file(child))?;
        let compilers = UnixListener::bind(rustc).map_err(Error::file(rustc))?;
        let (watch_children, console) = (Arc::clone(watch), Arc::clone(console));
        start("children", move || {
            for connection in children.incoming().flatten() {
                let (watch, console) = (Arc::clone(&watch_children), Arc::clone(&console));
                // A child that can't be understood is closed, and evcxr says that it ended.
                if let Ok(streams) = receive(connection, &watch) {
                    start("child", move || Pump::new(streams, watch, console).run());
                }
            }
        });
        let watch = Arc::clone(watch);
        start("compilers", move || {
            for connection in compilers.incoming().flatten() {
                report(connection, &watch);
            }
        });
        Ok(())
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.expect("a thread could not be started; the machine has no resources left");
}

fn report(connection: UnixStream, watch: &Watch) {
    // A compiler writes its line at once; whoever doesn't is not one.
    let _ = connection.set_read_timeout(Some(Duration::from_millis(500)));
    let mut line = String::new();
    if BufReader::new(connection).read_line(&mut line).is_ok() {
        let mut fields = line.split_whitespace();
        if let Some(name) = fields.next() {
            watch.compiler_started(name, fields.filter_map(|pid| pid.parse().ok()));
        }
    }
}

/// The streams that a child handed over.
struct Streams {
    pid: u32,
    control: UnixStream,
    /// evcxr's ends.
    from_evcxr: std::fs::File,
    to_evcxr: Option<std::fs::File>,
    /// Held only so that evcxr sees it close when the child has died.
    _evcxr_stderr: OwnedFd,
    /// The child's ends.
    stdin: std::fs::File,
    stdout: std::fs::File,
    stderr: std::fs::File,
}

fn receive(control: UnixStream, watch: &Watch) -> std::io::Result<Streams> {
    let mut pid = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(HANDED_OVER))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    recvmsg(&control, &mut [IoSliceMut::new(&mut pid)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    let mut handed = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            handed.extend(fds);
        }
    }
    let handed: [OwnedFd; HANDED_OVER] =
        handed.try_into().map_err(|_| std::io::Error::other("the child did not hand over its streams"))?;
    let [from_evcxr, to_evcxr, evcxr_stderr, stdin, stdout, stderr] = handed;
    for fd in [&stdout, &stderr] {
        rustix::fs::fcntl_setfl(fd, rustix::fs::fcntl_getfl(fd)? | OFlags::NONBLOCK)?;
    }
    let pid = u32::from_le_bytes(pid);
    watch.child_arrived(pid, control.try_clone().ok());
    Ok(Streams {
        pid,
        control,
        from_evcxr: from_evcxr.into(),
        to_evcxr: Some(to_evcxr.into()),
        _evcxr_stderr: evcxr_stderr,
        stdin: stdin.into(),
        stdout: stdout.into(),
        stderr: stderr.into(),
    })
}

/// Reads one child until it dies.
struct Pump {
    streams: Streams,
    watch: Arc<Watch>,
    handler: Handler,
    /// A cell's code has run; until when its last output is waited for.
    ending: Option<Instant>,
    asker: Asker,
    looked: Instant,
    /// The library of the cell that runs; once loaded, its file is of no use.
    library: Option<PathBuf>,
    stdin_open: bool,
    stdout_open: bool,
    stderr_open: bool,
}

impl Pump {
    fn new(streams: Streams, watch: Arc<Watch>, console: Arc<dyn Console>) -> Self {
        let asker = Asker::new(Arc::clone(&watch), Arc::clone(&console));
        let handler = Handler::new(Arc::clone(&watch), console);
        Self {
            streams,
            watch,
            handler,
            ending: None,
            asker,
            looked: Instant::now(),
            library: None,
            stdin_open: true,
            stdout_open: true,
            stderr_open: true,
        }
    }

    fn run(mut self) {
        while let Some(ready) = self.wait() {
            // Standard error first: what `?` says comes before the line that it happened.
            if ready.contains(&Source::Stderr) {
                self.read_stderr();
            }
            if ready.contains(&Source::Stdout) {
                self.read_stdout();
            }
            if ready.contains(&Source::Stdin) {
                self.read_stdin();
            }
            if ready.contains(&Source::Control) {
                break;
            }
            self.handler.tick();
            if self.asker.is_due() && self.looked.elapsed() >= LOOK_EVERY {
                self.looked = Instant::now();
                self.asker.look(&self.streams.stdin);
            }
            if self.ending.is_some_and(|until| Instant::now() >= until) {
                self.end_cell();
            }
        }
        // Everything that is still in the pipes was written before the child died.
        while self.read_stderr() {}
        while self.read_stdout() {}
        self.handler.finish();
        self.watch.child_died(self.streams.pid);
    }

    fn wait(&self) -> Option<Vec<Source>> {
        let look = self.asker.is_due().then_some(LOOK_EVERY);
        let timeout =
            [look, self.handler.due(), self.ending.map(|until| until.saturating_duration_since(Instant::now()))];
        // A millisecond more: never woken just before the time.
        let timeout = timeout.into_iter().flatten().min().map(|t| t + Duration::from_millis(1));
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        let streams = &self.streams;
        // Only what is open: a closed one would be reported again and again.
        let sources = [
            (Source::Control, streams.control.as_fd(), true),
            (Source::Stdin, streams.from_evcxr.as_fd(), self.stdin_open),
            (Source::Stdout, streams.stdout.as_fd(), self.stdout_open),
            (Source::Stderr, streams.stderr.as_fd(), self.stderr_open),
        ];
        let open: Vec<_> = sources.into_iter().filter(|(_, _, open)| *open).collect();
        let mut fds: Vec<_> = open.iter().map(|(_, fd, _)| PollFd::from_borrowed_fd(*fd, PollFlags::IN)).collect();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
        let ready = open.iter().zip(&fds).filter(|(_, fd)| !fd.revents().is_empty());
        Some(ready.map(|((source, _, _), _)| *source).collect())
    }

    /// Whether there was something to read.
    fn read_stderr(&mut self) -> bool {
        match read(&mut self.streams.stderr, &mut self.stderr_open) {
            Some(bytes) => {
                self.handler.stderr(&bytes);
                true
            }
            None => false,
        }
    }

    fn read_stdout(&mut self) -> bool {
        let Some(bytes) = read(&mut self.streams.stdout, &mut self.stdout_open) else { return false };
        for step in self.handler.stdout(&bytes) {
            match step {
                Step::Forward(line) => {
                    if line.starts_with("EVCXR_INPUT_REQUEST") {
                        self.asker.evcxr_asks();
                    }
                    self.forward(&line);
                }
                Step::ForwardError(line) => {
                    while self.read_stderr() {}
                    self.handler.question_mark();
                    self.forward(&line);
                }
                Step::HasRun => {
                    self.watch.has_run();
                    if self.watch.ask_for_flush() {
                        self.ending = Some(Instant::now() + LAST_OUTPUT);
                    } else {
                        self.end_cell();
                    }
                }
                Step::Flushed if self.ending.is_some() => self.end_cell(),
                Step::Flushed => {}
            }
        }
        true
    }

    /// All output of the cell has been shown: evcxr may go on.
    fn end_cell(&mut self) {
        self.ending = None;
        if let Some(library) = self.library.take() {
            // If it can't be removed, it goes with the kernel's folder.
            let _ = std::fs::remove_file(library);
        }
        while self.read_stderr() {}
        self.handler.end_cell();
        self.forward(COMPLETE);
    }

    fn forward(&mut self, line: &str) {
        // evcxr reads until its end is closed, so this fails only while the kernel ends.
        if let Some(evcxr) = &mut self.streams.to_evcxr {
            let _ = evcxr.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// evcxr's commands to the child. One line at a time: evcxr waits for the end of a cell before it sends the next.
    fn read_stdin(&mut self) {
        let mut bytes = vec![0; CHUNK];
        let length = self.streams.from_evcxr.read(&mut bytes).unwrap_or(0);
        if length == 0 {
            // evcxr lets the child go; closing its end tells it.
            self.stdin_open = false;
            if let Ok(null) = std::fs::File::open("/dev/null") {
                self.streams.stdin = null;
            }
            return;
        }
        let bytes = &bytes[..length];
        self.asker.answered();
        let mut words = std::str::from_utf8(bytes).unwrap_or_default().split_whitespace();
        if words.next() == Some("LOAD_AND_RUN") {
            self.library = words.next().map(PathBuf::from);
        }
        if bytes.starts_with(b"LOAD_AND_RUN") && !self.watch.may_run() {
            self.forward(PANICKED);
            self.forward(COMPLETE);
            return;
        }
        // A child that has died is noticed on its control socket.
        let _ = self.streams.stdin.write_all(bytes);
    }
}

/// What there is something to read from. The control socket is never written to by the child: it speaks by closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Control,
    Stdin,
    Stdout,
    Stderr,
}

/// What is there to read now; `None` when there is nothing, and `open` turns false when there never will be.
fn read(file: &mut std::fs::File, open: &mut bool) -> Option<Vec<u8>> {
    let mut bytes = vec![0; CHUNK];
    match file.read(&mut bytes) {
        Ok(0) => {
            *open = false;
            None
        }
        Ok(length) => {
            bytes.truncate(length);
            Some(bytes)
        }
        Err(_) => None,
    }
}
