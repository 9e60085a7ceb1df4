//! The process that runs cells.
//!
//! It is a program of its own (`start`), to which we speak on a socket. A thread (`pump`) reads what cells print and
//! show, puts that in `order`, and turns it into events (`show`). [`Watch`] knows what runs, and stops it.

mod content;
mod marks;
mod order;
mod pump;
mod show;
mod signals;
mod start;
mod stdin;
mod watch;

use std::fmt;
use std::io::Write as _;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use dlnotes_display::cells::protocol::{self, Command, Reply};
use rustix::process::Pid;

use crate::depend::{Libraries, Toolchain};
use crate::{Console, Failure};
pub use dlnotes_display::cells::protocol::Kept;
use order::Order;
use pump::{Answer, Pump, Socket, Source};
use show::Shower;
pub use signals::Reach;
use stdin::Asker;
pub use watch::{Registered, Watch};

/// The thread that runs cells, as panics name it.
const MAIN_THREAD: &str = "main";

/// A panic, as the process reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct PanicPlace {
    /// The panic's message.
    pub message: String,
    /// The source file that it names.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// The thread; `main` runs cells.
    pub thread: String,
}

/// How a cell's code ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end.
    Completed,
    /// It was left by `?`; the error's text and the place.
    Left {
        /// What the error says.
        message: String,
        /// The file, line and column of the `?`, if known.
        place: Option<(String, usize, usize)>,
    },
    /// It panicked. The file is empty where the user's panic hook kept the place to itself.
    Panicked(PanicPlace),
    /// It left because the reader asked it to.
    Interrupted,
}

/// What came of running a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// New variables.
    pub kept: Vec<Kept>,
    /// How the code ended.
    pub ending: Ending,
    /// How long it ran.
    pub time: std::time::Duration,
    /// Numbers of panels that it showed and whose closures can be called.
    pub panels: Vec<u64>,
}

/// The process has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Died {
    /// Such as `signal: 11 (SIGSEGV)` or `exit status: 3`.
    pub how: String,
    /// We killed it, because the reader insisted.
    pub killed: bool,
}

/// Why something could not be done by the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is gone.
    Died(Died),
    /// It could not load a library.
    Load(String),
}

/// The process that runs cells, seen from ours. It ends when this is dropped, with all that it has started.
pub struct Host {
    /// Written to under the lock: by whoever steers, too.
    commands: Arc<Mutex<UnixStream>>,
    socket: UnixStream,
    answers: Receiver<Answer>,
    pid: Pid,
    status: Arc<OnceLock<std::io::Result<ExitStatus>>>,
    has_value: Arc<AtomicBool>,
    console: Arc<dyn Console>,
    watch: Watch,
    pump: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts it in `directory`, with the libraries open. What it prints and shows goes to `console`; `watch` stops it.
    pub fn start(
        toolchain: &Toolchain,
        libraries: &Libraries,
        directory: &Path,
        console: Arc<dyn Console>,
        watch: &Watch,
    ) -> Result<Self, Failure> {
        let mut host = Self::launch(toolchain, libraries, directory, console, watch).map_err(|e| {
            let program = libraries.host.display();
            failure(format!("{program}, the program that runs cells, can't be started: {e}"))
        })?;
        if let Err(trouble) = host.answer() {
            return Err(failure(format!("the process that runs cells could not begin: {trouble}")));
        }
        for library in &libraries.load {
            if let Err(trouble) = host.open(library) {
                return Err(failure(format!("{} can't be loaded: {trouble}", library.display())));
            }
        }
        Ok(host)
    }

    fn launch(
        toolchain: &Toolchain,
        libraries: &Libraries,
        directory: &Path,
        console: Arc<dyn Console>,
        watch: &Watch,
    ) -> std::io::Result<Self> {
        let (end, ended) = std::io::pipe()?;
        let started = start::start(toolchain, libraries, directory)?;
        let (sender, answers) = mpsc::channel();
        let has_value = Arc::new(AtomicBool::new(false));
        let (begin, pid) = (start::begin(&started), Pid::from_child(&started.child));
        let commands = Arc::new(Mutex::new(started.socket.try_clone()?));
        watch.host_started(&started.child, Arc::clone(&commands));
        let mut host = Self {
            commands,
            socket: started.socket.try_clone()?,
            answers,
            pid,
            status: Arc::default(),
            has_value: Arc::clone(&has_value),
            console: Arc::clone(&console),
            watch: watch.clone(),
            pump: None,
        };
        let pump = Pump {
            stdout: Source::new(started.stdout),
            stderr: Source::new(started.stderr),
            records: Source::new(started.records),
            socket: Source::new(Socket(started.socket)),
            end,
            watch: watch.clone(),
            answers: sender,
            has_value,
            order: Order::new(&started.token),
            shower: Shower::new(Arc::clone(&console)),
            asker: Asker::new(console, started.stdin, started.child.id()),
            running: false,
            awaited: None,
        };
        let (child, status, own_watch) = (started.child, Arc::clone(&host.status), watch.clone());
        spawn("cells-end", move || {
            // Once: this is the only thread that waits for it.
            let _ = status.set(own_watch.wait_for_host(child));
            drop(ended);
        })?;
        host.pump = Some(spawn("cells-output", move || pump.run())?);
        // A process that is gone already is noticed when the answer is waited for.
        let _ = write(&host.commands, &begin);
        Ok(host)
    }

    /// Opens a shared library whose symbols all later ones may use.
    pub fn open(&mut self, library: &Path) -> Result<(), Trouble> {
        match self.ask(&Command::Open(library.to_owned()))?.0 {
            Reply::NotLoaded(why) => Err(Trouble::Load(why)),
            _ => Ok(()),
        }
    }

    /// Loads a cell's library and runs it with the values in the slots `taken`; returns when it is over and all that it
    /// printed has been shown. With `has_value`, a content block that ends the cell's output is the value of the cell.
    ///
    /// If the reader has asked to stop the cell, it doesn't run.
    pub fn run(&mut self, library: &Path, taken: &[usize], has_value: bool) -> Result<Ran, Trouble> {
        if !self.watch.may_run() {
            let panels = Vec::new();
            return Ok(Ran { kept: Vec::new(), ending: Ending::Interrupted, time: Duration::ZERO, panels });
        }
        self.has_value.store(has_value, Ordering::SeqCst);
        let has_reader = self.console.has_reader();
        let command = Command::Run { library: library.to_owned(), taken: taken.to_vec(), has_reader };
        let (reply, panic) = self.ask(&command)?;
        match reply {
            Reply::Ran { kept, ending, nanoseconds, panels } => {
                let ending = Ending::new(ending, panic);
                Ok(Ran { kept, ending, time: Duration::from_nanos(nanoseconds), panels })
            }
            Reply::NotLoaded(why) => Err(Trouble::Load(why)),
            other => Err(unexpected(&other)),
        }
    }

    /// Calls the closure of a panel with where its controls stand, as [`run`](Self::run) runs a cell.
    pub fn call(&mut self, panel: u64, at: &[f64]) -> Result<Ending, Trouble> {
        if !self.watch.may_run() {
            return Ok(Ending::Interrupted);
        }
        self.has_value.store(false, Ordering::SeqCst);
        match self.ask(&Command::Call { panel, at: at.to_vec() })? {
            (Reply::Called(ending), panic) => Ok(Ending::new(ending, panic)),
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// Drops the closures of these panels.
    pub fn forget(&mut self, panels: &[u64]) -> Result<(), Trouble> {
        self.watch.starts();
        self.has_value.store(false, Ordering::SeqCst);
        self.ask(&Command::Forget(panels.to_vec())).map(|_| ())
    }

    /// Drops values, in this order.
    pub fn drop_values(&mut self, slots: &[usize]) -> Result<(), Trouble> {
        if slots.is_empty() {
            return Ok(());
        }
        self.watch.starts();
        self.has_value.store(false, Ordering::SeqCst);
        self.ask(&Command::Drop(slots.to_vec())).map(|_| ())
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    fn ask(&mut self, command: &Command) -> Result<Answer, Trouble> {
        // A process that is gone is noticed when the answer is waited for.
        let _ = write(&self.commands, command);
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer, Trouble> {
        self.answers.recv().map_err(|_| Trouble::Died(self.died()))
    }

    /// The pump has ended: so has the process, or it can't be read any more.
    fn died(&self) -> Died {
        self.watch.has_run();
        let how = match self.status.get() {
            Some(Ok(status)) => status.to_string(),
            Some(Err(e)) => format!("it can't be watched: {e}"),
            None => {
                self.watch.end_host(self.pid);
                String::from("its output can't be read")
            }
        };
        Died { how, killed: self.watch.killed() }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.watch.end_host(self.pid);
        // If it can't be killed, it ends when its socket closes.
        let _ = self.socket.shutdown(Shutdown::Both);
        if let Some(pump) = self.pump.take() {
            // A thread that panicked has said so.
            let _ = pump.join();
        }
    }
}

impl Ending {
    fn new(ending: protocol::Ending, panic: Option<PanicPlace>) -> Self {
        match ending {
            protocol::Ending::Completed => Self::Completed,
            protocol::Ending::Left { message, file, line, column } => {
                Self::Left { message, place: Some((file, line, column)).filter(|(file, ..)| !file.is_empty()) }
            }
            protocol::Ending::Panicked { message } => {
                Self::Panicked(panic.unwrap_or_else(|| PanicPlace { message, ..PanicPlace::default() }))
            }
            protocol::Ending::Interrupted => Self::Interrupted,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Died(Died { how, .. }) => write!(f, "the process that runs cells has ended ({how})"),
            Self::Load(why) => f.write_str(why),
        }
    }
}

fn write(commands: &Mutex<UnixStream>, command: &Command) -> std::io::Result<()> {
    // A write that panicked has written what it has.
    commands.lock().unwrap_or_else(PoisonError::into_inner).write_all(&command.encode())
}

fn unexpected(reply: &Reply) -> Trouble {
    Trouble::Load(format!("the process that runs cells answers {reply:?}"))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

fn failure(message: String) -> Failure {
    Failure::new("KernelError", message)
}
