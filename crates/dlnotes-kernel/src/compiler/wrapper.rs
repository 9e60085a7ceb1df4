//! In place of rustc: says what is compiled and by whom, then becomes rustc.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt as _;

use super::invocation::Invocation;
use super::{CELL, RUSTC_SOCKET, report, store};

/// Call early in `main`: does not return in a process that cargo started as its rustc wrapper.
///
/// evcxr starts cargo privately; through this the kernel learns which crate is compiled and which processes to stop on
/// an interrupt.
pub fn wrap_rustc() {
    if std::env::var_os(RUSTC_SOCKET).is_none() {
        return;
    }
    let mut arguments = std::env::args_os().skip(1);
    let Some(rustc) = arguments.next() else { return };
    let rest: Vec<_> = arguments.collect();
    let name = rest.iter().skip_while(|a| *a != "--crate-name").nth(1).and_then(|a| a.to_str()).map(str::to_owned);
    if let Some(name) = &name {
        report(name, std::process::id(), std::os::unix::process::parent_id());
    }
    let rest = if name.as_deref() == Some(CELL) { for_cell(&rustc, rest) } else { without_incremental(rest) };
    let error = std::process::Command::new(&rustc).args(rest).exec();
    eprintln!("{}: {error}", rustc.display());
    std::process::exit(1);
}

/// Prepares the cell's source, and makes rustc say how it calls the linker.
fn for_cell(rustc: &OsStr, mut arguments: Vec<OsString>) -> Vec<OsString> {
    Invocation::leave(rustc, &arguments);
    if let Err(error) = store::lighten(&arguments) {
        eprintln!("the cell's source can't be prepared: {error}");
        std::process::exit(1);
    }
    arguments.push("--print=link-args".into());
    arguments
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
