//! Where what a cell shows goes, and how it is put in order with what the cell prints.
//!
//! A record goes to a descriptor of its own. Behind it a mark with its number goes to standard output and standard
//! error, so that the kernel knows what was printed before it and what after. A stream that a cell has closed or sent
//! elsewhere gets no mark.
#![allow(unsafe_code)] // C's standard output, and the standard streams as files

use std::ffi::c_void;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::protocol::{self, Place, Reply};
use crate::Bundle;
use crate::record::{self, Record};

/// A cell may have made a standard stream non-blocking: a mark waits this long for room in it.
const MARK_WAITS: Duration = Duration::from_secs(1);
/// What is larger can't be shown by anybody, and the kernel would have to hold it.
const LARGEST: usize = 64 << 20;

static SINK: OnceLock<Sink> = OnceLock::new();

/// Where what a cell shows goes.
pub(crate) struct Sink {
    token: String,
    /// Which files standard output and standard error are, if they are still the kernel's.
    streams: [Option<(u64, u64)>; 2],
    state: Mutex<State>,
}

struct State {
    records: File,
    replies: UnixStream,
    number: u64,
}

/// The sink of this process, if cells run in it.
pub(crate) fn sink() -> Option<&'static Sink> {
    SINK.get()
}

/// Opens the sink of this process.
pub(super) fn open(token: String, records: File, replies: UnixStream) {
    // Whole lines are written at once by C too, even where standard output is a pipe.
    // SAFETY: `stdout` is C's own stream, and nothing has been written to it yet.
    unsafe {
        setvbuf(stdout, std::ptr::null_mut(), LINE_BUFFERED, 0);
    }
    let state = Mutex::new(State { records, replies, number: 0 });
    SINK.get_or_init(|| Sink { token, streams: [1, 2].map(identity), state });
}

impl Sink {
    /// Shows something, behind all that has been printed.
    pub(crate) fn show(&self, record: &Record<'_>) {
        // One lock, so that no other thread's line ends up in between.
        let mut out = std::io::stdout().lock();
        // A closed standard output means that nobody reads any more: nothing to report to.
        let _ = out.flush();
        flush_c();
        self.show_at_once(record);
    }

    /// Shows something without waiting for anybody who holds standard output: the last line of that may be missing.
    pub(crate) fn show_at_once(&self, record: &Record<'_>) {
        let mut json = record::json(record);
        if json.len() > LARGEST {
            let text = format!("(an output of {} MB, too large to be shown)", json.len() >> 20);
            json = record::json(&Record::Display { bundle: &Bundle::new("text/plain", text), id: None });
        }
        self.send(|state, place| state.records.write_all(&protocol::encode_record(place, &json)));
    }

    /// Answers the kernel, in order with all that has been printed and shown.
    pub(super) fn reply(&self, reply: &Reply) {
        self.send(|state, place| state.replies.write_all(&reply.encode(place)));
    }

    /// Answers the kernel at once.
    pub(super) fn reply_at_once(&self, reply: &Reply) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // If the kernel is gone, the thread that reads its commands ends the process.
        let _ = state.replies.write_all(&reply.encode(Place::default()));
    }

    fn send(&self, write: impl FnOnce(&mut State, Place) -> std::io::Result<()>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let [out, err] = [0, 1].map(|i| self.streams[i].is_some() && identity(i as i32 + 1) == self.streams[i]);
        // Counted without a gap: the kernel waits for each.
        let number = state.number + 1;
        // As above.
        if write(&mut state, Place { number, out, err }).is_ok() {
            state.number = number;
            let mark = protocol::mark(&self.token, number);
            for (fd, _) in [(1, out), (2, err)].into_iter().filter(|(_, there)| *there) {
                put(fd, mark.as_bytes());
            }
        }
    }
}

/// Writes to a descriptor past all buffers.
fn put(fd: i32, mut bytes: &[u8]) {
    let until = Instant::now() + MARK_WAITS;
    let mut file = borrow(fd);
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(written @ 1..) => bytes = &bytes[written..],
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(1));
            }
            // Closed meanwhile: the kernel notices that the mark doesn't come.
            Ok(0) | Err(_) => return,
        }
    }
}

/// Device and number of the file behind a descriptor; `None` if it is closed.
fn identity(fd: i32) -> Option<(u64, u64)> {
    borrow(fd).metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

fn borrow(fd: i32) -> ManuallyDrop<File> {
    // SAFETY: the file is never dropped, so it doesn't close the descriptor; if the cell has closed that, or has put
    // another file there, a system call on it fails or reaches that file, as the cell's own would.
    ManuallyDrop::new(unsafe { File::from_raw_fd(fd) })
}

/// Writes what C's standard output holds back.
pub(super) fn flush_c() {
    // SAFETY: `stdout` is C's own stream.
    unsafe {
        fflush(stdout);
    }
}

/// Writes what all of C's streams hold back.
pub(super) fn flush_all_of_c() {
    // SAFETY: a null pointer stands for all streams.
    unsafe {
        fflush(std::ptr::null_mut());
    }
}

const LINE_BUFFERED: i32 = 1;

unsafe extern "C" {
    #[cfg_attr(target_vendor = "apple", link_name = "__stdoutp")]
    static stdout: *mut c_void;
    fn setvbuf(stream: *mut c_void, buffer: *mut u8, mode: i32, size: usize) -> i32;
    fn fflush(stream: *mut c_void) -> i32;
}
