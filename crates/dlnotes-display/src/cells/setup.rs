//! What the process is before the first cell: its descriptors, its environment, its signals, its panic hook.
#![allow(unsafe_code)] // inherited descriptors, `set_var` while there is one thread, a signal handler, `_exit`

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::os::unix::net::UnixStream;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::thread::ThreadId;

use super::protocol::{Command, Frames};
use super::sink;
use crate::record::Record;
use crate::{cell, interrupt};

/// The thread that runs cells.
static CELLS: OnceLock<ThreadId> = OnceLock::new();

/// The variable by which crates made for evcxr know that they run in a notebook.
const EVCXR: &str = "EVCXR_IS_RUNTIME";
const LIBRARY_PATH: &str = if cfg!(target_vendor = "apple") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// Makes this process, of which nothing has run yet, one that runs cells; the socket that commands come from, and those
/// that have come already.
pub(super) fn set_up() -> Result<(UnixStream, Frames), String> {
    let (mut commands, records) = inherited()?;
    let mut frames = Frames::default();
    let (token, library_path) = first(&mut commands, &mut frames)?;
    // SAFETY: no other thread has been started, nor any code run that would start one.
    unsafe { restore_environment(library_path) };
    let replies = commands.try_clone().map_err(|e| e.to_string())?;
    sink::open(token, records, replies);
    CELLS.get_or_init(|| std::thread::current().id());
    std::panic::set_hook(Box::new(report_panic));
    catch_interrupts();
    Ok((commands, frames))
}

/// Ends the process: nobody reads any more.
pub(super) fn leave() -> ! {
    // SAFETY: `_exit` takes any status and has no precondition. Destructors and handlers of the user might wait.
    unsafe { _exit(0) }
}

/// The socket and the descriptor for records, whose numbers are the arguments.
fn inherited() -> Result<(UnixStream, File), String> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<i32>().ok().filter(|fd| *fd > 2));
    let (Some(Some(commands)), Some(Some(records))) = (numbers.next(), numbers.next()) else {
        return Err("this program runs the cells of a notebook; the kernel starts it".into());
    };
    // SAFETY: the kernel opened the two for us and names them in our arguments; nobody else in this process knows them.
    let (commands, records) = unsafe { (UnixStream::from_raw_fd(commands), File::from_raw_fd(records)) };
    for fd in [commands.as_raw_fd(), records.as_raw_fd()] {
        // SAFETY: it only sets a flag of the descriptor: what a cell starts doesn't get it.
        if unsafe { fcntl(fd, SET_DESCRIPTOR_FLAGS, CLOSE_ON_EXEC) } == -1 {
            return Err(format!("descriptor {fd}: {}", std::io::Error::last_os_error()));
        }
    }
    Ok((commands, records))
}

fn first(commands: &mut UnixStream, frames: &mut Frames) -> Result<(String, Option<OsString>), String> {
    let mut bytes = [0; 4096];
    loop {
        if let Some(frame) = frames.next_frame().map_err(|e| e.to_string())? {
            return match Command::decode(frame) {
                Ok(Command::Begin { token, library_path }) => Ok((token, library_path)),
                _ => Err("the kernel is of another version than the program that runs cells".into()),
            };
        }
        match commands.read(&mut bytes) {
            Ok(0) => leave(),
            Ok(length) => frames.push(&bytes[..length]),
            Err(e) => return Err(e.to_string()),
        }
    }
}

/// The dynamic linker has read its variable when the process started, and reads it no more: what cells see, and what
/// they start, is the user's own.
///
/// # Safety
/// No other thread may run.
unsafe fn restore_environment(library_path: Option<OsString>) {
    // SAFETY: as the caller says.
    unsafe {
        match library_path {
            Some(path) => std::env::set_var(LIBRARY_PATH, path),
            None => std::env::remove_var(LIBRARY_PATH),
        }
        std::env::set_var(EVCXR, "1");
    }
}

fn report_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or(cell::NO_TEXT);
    let (file, line, column) = info.location().map_or(("", 0, 0), |l| (l.file(), l.line(), l.column()));
    let thread = std::thread::current();
    let name = if runs_cells() { "main" } else { thread.name().unwrap_or("unnamed") };
    if let Some(sink) = sink::sink() {
        // The thread that holds standard output may be waiting for this one.
        sink.show_at_once(&Record::Panic { message, file, line, column, thread: name });
    }
}

fn runs_cells() -> bool {
    CELLS.get() == Some(&std::thread::current().id())
}

extern "C" fn on_interrupt(_: i32) {
    interrupt::request_interrupt();
}

/// The default action of the others ends the process, and the kernel says so; a stack overflow is told by Rust.
fn catch_interrupts() {
    let handler = on_interrupt as extern "C" fn(i32);
    // SAFETY: the handler only stores to an atomic, which a signal handler may do.
    unsafe {
        signal(SIGINT, handler as usize);
    }
}

const SIGINT: i32 = 2;
const SET_DESCRIPTOR_FLAGS: i32 = 2;
const CLOSE_ON_EXEC: i32 = 1;

unsafe extern "C" {
    fn signal(signal: i32, handler: usize) -> usize;
    fn fcntl(fd: i32, command: i32, ...) -> i32;
    fn _exit(status: i32) -> !;
}
