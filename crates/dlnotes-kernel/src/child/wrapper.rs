//! In place of rustc: says what is compiled and by whom, then becomes rustc.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;

use super::{RUSTC_SOCKET, store};

/// Call early in `main`: does not return in a process that cargo started as its rustc wrapper.
///
/// evcxr starts cargo privately; through this the kernel learns which crate is compiled and which processes to stop on
/// an interrupt. The line is `NAME PID PARENT`.
pub fn wrap_rustc() {
    let Some(socket) = std::env::var_os(RUSTC_SOCKET) else { return };
    let mut arguments = std::env::args_os().skip(1);
    let Some(rustc) = arguments.next() else { return };
    let rest: Vec<_> = arguments.collect();
    let name = rest.iter().skip_while(|a| *a != "--crate-name").nth(1).and_then(|a| a.to_str()).map(str::to_owned);
    let name = name.as_deref();
    if let (Some(name), Ok(mut socket)) = (name, UnixStream::connect(socket)) {
        let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
        // Progress and interrupt are lost if the kernel has gone; compiling still works.
        let _ = writeln!(socket, "{name} {} {parent}", std::process::id());
    }
    let rest = if name == Some("ctx") { rest } else { without_incremental(rest) };
    if name == Some("ctx")
        && let Err(error) = store::lighten(&rest)
    {
        eprintln!("the cell's source can't be prepared: {error}");
        std::process::exit(1);
    }
    let error = std::process::Command::new(&rustc).args(rest).exec();
    eprintln!("{}: {error}", rustc.display());
    std::process::exit(1);
}

/// Drops `-C incremental=…`: cargo compiles a dependency in a folder of the reader's that way, in hundreds of small
/// parts that are not inlined into each other, and its loops then run slower than in a release build.
fn without_incremental(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut kept: Vec<OsString> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let is_incremental = argument.to_str().is_some_and(|a| a.starts_with("incremental="));
        if is_incremental && kept.last().is_some_and(|last| last == "-C") {
            kept.pop();
        } else {
            kept.push(argument);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_incremental;

    #[test]
    fn only_incremental_compilation_is_dropped() {
        let arguments =
            ["--crate-name", "a", "-C", "opt-level=3", "-C", "incremental=/x", "-C", "metadata=1", "incremental=b"];
        let kept = without_incremental(arguments.iter().map(Into::into).collect());
        assert_eq!(kept, ["--crate-name", "a", "-C", "opt-level=3", "-C", "metadata=1", "incremental=b"]);
    }
}
