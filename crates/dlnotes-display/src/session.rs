//! What the kernel sets up on the cells' side, in a hidden first cell.
//!
//! It has to happen here and not in the kernel's own binary, although that binary is the process which loads the
//! cells: the binary carries its own copy of the standard library, and a hook set or a buffer flushed there never
//! reaches what a cell prints.
#![allow(unsafe_code)] // a signal handler, one inherited descriptor, and an exit that runs no destructors

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::FromRawFd as _;
use std::os::unix::net::UnixStream;
use std::panic::PanicHookInfo;
use std::sync::{Once, OnceLock};
use std::thread::ThreadId;
use std::time::Duration;

use crate::record::Record;
use crate::{interrupt, is_live, show};

/// Names the descriptor of the socket on which the kernel asks for a flush.
///
/// ```
/// use dlnotes_display::CONTROL_VARIABLE;
/// assert!(std::env::var_os(CONTROL_VARIABLE).is_none());   // nobody but the kernel sets it
/// ```
pub const CONTROL_VARIABLE: &str = "DLNOTES_KERNEL_CONTROL";

/// The thread that runs cells: the one that called [`init`].
static CELLS: OnceLock<ThreadId> = OnceLock::new();

/// How long an unfinished line may wait before it is shown.
const FLUSH_EVERY: Duration = Duration::from_millis(50);

/// Prepares a cell's process for `dlnotes-kernel`; does nothing elsewhere, and nothing the second time.
///
/// A panic is reported as a record instead of as text on standard error; an interrupt (`SIGINT`) sets the flag that
/// [`poll_interrupt`](crate::poll_interrupt) reads; unfinished lines are shown after 50 ms and whenever the kernel
/// asks; and the process ends when the kernel has gone.
///
/// ```
/// dlnotes_display::init();                   // no kernel, nothing to set up
/// assert!(!dlnotes_display::is_live());
/// ```
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(control) = std::env::var(CONTROL_VARIABLE).ok().and_then(|fd| fd.parse().ok()).filter(|_| is_live())
        else {
            return;
        };
        // SAFETY: the kernel's child opened this descriptor for us, names it in the variable and never uses it again;
        // `Once` makes us its only owner.
        let control = unsafe { UnixStream::from_raw_fd(control) };
        CELLS.get_or_init(|| std::thread::current().id());
        std::panic::set_hook(Box::new(report_panic));
        catch_signals();
        std::thread::Builder::new()
            .name("dlnotes-flush".into())
            .spawn(|| serve(control))
            .expect("a thread that flushes standard output could not be started");
        show::send(&Record::Ready);
    });
}

fn report_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("a panic whose payload is not text");
    let (file, line, column) = info.location().map_or(("", 0, 0), |l| (l.file(), l.line(), l.column()));
    let thread = std::thread::current();
    // The thread that runs cells was named in another copy of the standard library.
    let runs_cells = CELLS.get() == Some(&thread.id());
    let thread = if runs_cells { "main" } else { thread.name().unwrap_or("unnamed") };
    show::send(&Record::Panic { message, file, line, column, thread });
}

/// Flushes on a timer and on request, until the kernel has gone.
fn serve(mut control: UnixStream) {
    let mut request = [0; 1];
    // Without the timer an unfinished line appears only when the cell ends: not worth a failure.
    let _ = control.set_read_timeout(Some(FLUSH_EVERY));
    loop {
        match control.read(&mut request) {
            Ok(1..) => {
                interrupt::forget_interrupt();
                show::send(&Record::Flushed);
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                let _ = std::io::stdout().lock().flush();
            }
            // The kernel's end is closed: a cell that still runs has no reader any more.
            // SAFETY: `_exit` takes any status and has no precondition.
            Ok(0) | Err(_) => unsafe { _exit(0) },
        }
    }
}

const SIGINT: i32 = 2;
const SIGILL: i32 = 4;
const SIGSEGV: i32 = 11;
const SIGBUS: i32 = if cfg!(target_os = "linux") { 7 } else { 10 };
const DEFAULT_ACTION: usize = 0;

unsafe extern "C" {
    fn signal(signal: i32, handler: usize) -> usize;
    fn _exit(status: i32) -> !;
}

extern "C" fn on_interrupt(_: i32) {
    interrupt::request_interrupt();
}

fn catch_signals() {
    let handler = on_interrupt as extern "C" fn(i32);
    // SAFETY: the handler only stores to an atomic, which a signal handler may do. evcxr's own handlers for the other
    // three allocate, which can block for ever in a broken process: the default action ends it, and the kernel says so.
    unsafe {
        signal(SIGINT, handler as usize);
        for broken in [SIGILL, SIGSEGV, SIGBUS] {
            signal(broken, DEFAULT_ACTION);
        }
    }
}
