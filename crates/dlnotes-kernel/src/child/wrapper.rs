//! In place of rustc: says what is compiled and by whom, then becomes rustc.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;

use super::RUSTC_SOCKET;

/// Call early in `main`: does not return in a process that cargo started as its rustc wrapper.
///
/// evcxr starts cargo privately; through this the kernel learns which crate is compiled and which processes to stop on
/// an interrupt. The line is `NAME PID PARENT`.
pub fn wrap_rustc() {
    let Some(socket) = std::env::var_os(RUSTC_SOCKET) else { return };
    let mut arguments = std::env::args_os().skip(1);
    let Some(rustc) = arguments.next() else { return };
    let rest: Vec<_> = arguments.collect();
    let name = rest.iter().skip_while(|a| *a != "--crate-name").nth(1).and_then(|a| a.to_str());
    if let (Some(name), Ok(mut socket)) = (name, UnixStream::connect(socket)) {
        let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
        // Progress and interrupt are lost if the kernel has gone; compiling still works.
        let _ = writeln!(socket, "{name} {} {parent}", std::process::id());
    }
    let error = std::process::Command::new(&rustc).args(rest).exec();
    eprintln!("{}: {error}", rustc.display());
    std::process::exit(1);
}
