//! Starts the process that runs cells.
#![allow(unsafe_code)] // between `fork` and `exec`: two descriptors are inherited

use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use dlnotes_display::cells::protocol;
use rustix::fs::OFlags;
use rustix::io::FdFlags;

use crate::depend::{Libraries, Toolchain};

const LIBRARY_PATH: &str = if cfg!(target_vendor = "apple") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// The process, and our ends of what leads to it.
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) stdin: PipeWriter,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
    pub(super) records: PipeReader,
    pub(super) socket: UnixStream,
    /// By which marks on the standard streams are known.
    pub(super) token: String,
    /// The user's own library path, which the process restores.
    pub(super) library_path: Option<OsString>,
}

/// Starts the process in `directory`.
pub(super) fn start(toolchain: &Toolchain, libraries: &Libraries, directory: &Path) -> io::Result<Started> {
    let (socket, theirs) = UnixStream::pair()?;
    let (records, their_records) = io::pipe()?;
    let (their_stdin, stdin) = io::pipe()?;
    let (stdout, their_stdout) = io::pipe()?;
    let (stderr, their_stderr) = io::pipe()?;
    for end in [stdout.as_fd(), stderr.as_fd(), records.as_fd()] {
        rustix::fs::fcntl_setfl(end, rustix::fs::fcntl_getfl(end)? | OFlags::NONBLOCK)?;
    }
    let own_path = std::env::var_os(LIBRARY_PATH);
    let mut command = Command::new(&libraries.host);
    command
        .args([theirs.as_raw_fd().to_string(), their_records.as_raw_fd().to_string()])
        .env(LIBRARY_PATH, library_path(toolchain, libraries, own_path.as_ref())?)
        .stdin(their_stdin)
        .stdout(their_stdout)
        .stderr(their_stderr)
        // An interrupt typed into the terminal must not reach it, and it can be ended with what it has started.
        .process_group(0);
    if directory.is_dir() {
        command.current_dir(directory);
    } else {
        log::warn!("{} is gone: cells run in {:?}", directory.display(), std::env::current_dir());
    }
    let inherit = move || {
        // Here and not in our process: another one that is started at this moment must not get them.
        rustix::io::fcntl_setfd(&theirs, FdFlags::empty())?;
        rustix::io::fcntl_setfd(&their_records, FdFlags::empty())?;
        Ok(())
    };
    // SAFETY: the closure makes two system calls and touches no memory but its own, as is allowed after `fork`.
    let child = unsafe { command.pre_exec(inherit) }.spawn()?;
    Ok(Started { child, stdin, stdout, stderr, records, socket, token: token(), library_path: own_path })
}

/// Where the dynamic linker of the process looks: our libraries first, then wherever the reader wants.
fn library_path(toolchain: &Toolchain, libraries: &Libraries, own: Option<&OsString>) -> io::Result<OsString> {
    let own: Vec<PathBuf> = own.map(|own| std::env::split_paths(own).collect()).unwrap_or_default();
    let all = libraries.library_path.iter().chain([&toolchain.libraries]).chain(&own);
    std::env::join_paths(all).map_err(io::Error::other)
}

/// Its own for each process, and not to be guessed: the standard library's random keys.
fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// The first command.
pub(super) fn begin(started: &Started) -> protocol::Command {
    protocol::Command::Begin { token: started.token.clone(), library_path: started.library_path.clone() }
}
