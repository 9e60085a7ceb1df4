//! In the child: hands the standard streams over to the kernel, before evcxr's runtime starts.
#![allow(unsafe_code)] // `set_var`, while the process has one thread

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::{CHILD_DIRECTORY, CHILD_SOCKET};

/// How many descriptors the child hands over; see [`enter`].
pub(super) const HANDED_OVER: usize = 6;

/// Call first in `main`: does something only in a process that evcxr started for a kernel.
pub fn enter() {
    if std::env::var_os("EVCXR_IS_RUNTIME").is_none() {
        return;
    }
    let Some(socket) = std::env::var_os(CHILD_SOCKET) else { return };
    if let Err(e) = hand_over(std::path::Path::new(&socket)) {
        eprintln!("the process that runs the cells could not reach the kernel: {e}");
        std::process::exit(1);
    }
}

fn hand_over(socket: &std::path::Path) -> io::Result<()> {
    if let Some(directory) = std::env::var_os(CHILD_DIRECTORY) {
        // A notebook's folder may have been deleted: cells can still run.
        let _ = std::env::set_current_dir(directory);
    }
    // A group of its own: an interrupt typed into the terminal must not kill it, and it can be ended with what it started.
    rustix::process::setpgid(None, None)?;
    let control = UnixStream::connect(socket)?;

    let old = |fd: std::os::fd::BorrowedFd<'_>| rustix::io::fcntl_dupfd_cloexec(fd, 3);
    let (old_in, old_out, old_err) =
        (old(io::stdin().as_fd())?, old(io::stdout().as_fd())?, old(io::stderr().as_fd())?);
    let (in_reader, in_writer) = io::pipe()?;
    let (out_reader, out_writer) = io::pipe()?;
    let (err_reader, err_writer) = io::pipe()?;
    rustix::stdio::dup2_stdin(&in_reader)?;
    rustix::stdio::dup2_stdout(&out_writer)?;
    rustix::stdio::dup2_stderr(&err_writer)?;

    let handed: [OwnedFd; HANDED_OVER] =
        [old_in, old_out, old_err, in_writer.into(), out_reader.into(), err_reader.into()];
    let borrowed = handed.each_ref().map(AsFd::as_fd);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(HANDED_OVER))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !ancillary.push(SendAncillaryMessage::ScmRights(&borrowed)) {
        return Err(io::Error::other("the descriptors do not fit into one message"));
    }
    let pid = std::process::id().to_le_bytes();
    sendmsg(&control, &[IoSlice::new(&pid)], &mut ancillary, SendFlags::empty())?;

    // SAFETY: `main` has only just begun: no other thread reads or writes the environment.
    unsafe {
        // Kept open for the whole life of the process: the cells' side takes it over, the kernel sees it close.
        std::env::set_var(dlnotes_display::CONTROL_VARIABLE, control.into_raw_fd().to_string());
        std::env::set_var("DLNOTES_KERNEL", dlnotes_display::record::VERSION.to_string());
        // evcxr sets it, and a panic then takes a hundred writes that nobody reads.
        std::env::remove_var("RUST_BACKTRACE");
    }
    Ok(())
}
