//! The program that evcxr takes for rustup when it opens: it names our cargo.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::prepare::replace_link;
use crate::{Error, Result};

/// Where evcxr looks for rustup, and for cargo where there is none.
pub(crate) const PATH: &str = "PATH";
/// Our cargo, in the kernel's folder.
pub(super) const CARGO: &str = "tools/cargo";
/// Our rustup, beside it.
const RUSTUP: &str = "tools/rustup";
/// The link beside them that says where the real cargo is.
pub(super) const REAL_CARGO: &str = "real-cargo";

/// Lays the stand-ins into `directory`; the `PATH` with which evcxr finds them first. `None` without one to begin with.
pub(crate) fn lay_stand_ins(directory: &Path) -> Result<Option<OsString>> {
    let Some(path) = std::env::var_os(PATH) else { return Ok(None) };
    let tools = directory.join("tools");
    std::fs::create_dir_all(&tools).map_err(Error::file(&tools))?;
    let program = std::env::current_exe().map_err(Error::file(&tools))?;
    for name in [CARGO, RUSTUP] {
        let link = directory.join(name);
        replace_link(&program, &link).map_err(Error::file(&link))?;
    }
    // One that can't stand on a PATH is done without.
    Ok(std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path))).ok())
}

/// Call early in `main`: does not return in a process that was started as `rustup` by evcxr.
pub fn stand_in_for_rustup() {
    let mut arguments = std::env::args_os();
    // Found on the PATH, in its first folder, it is called by its name alone.
    if arguments.next().is_none_or(|name| name != "rustup") {
        return;
    }
    let arguments: Vec<OsString> = arguments.collect();
    let path = std::env::var_os(PATH).unwrap_or_default();
    let mut folders = std::env::split_paths(&path);
    let tools = folders.next().unwrap_or_default();
    let others = std::env::join_paths(folders).unwrap_or_default();
    let mut rustup = Command::new("rustup");
    rustup.args(&arguments).env(PATH, &others);
    if arguments != ["which", "cargo"] {
        // Without a rustup evcxr looks on the PATH, as it does when there is nothing called so.
        let _ = rustup.exec();
        std::process::exit(1);
    }
    let named = rustup.output().ok().filter(|output| output.status.success());
    let cargo = named.map(|output| PathBuf::from(OsStr::from_bytes(output.stdout.trim_ascii())));
    let on_path = || std::env::split_paths(&others).map(|folder| folder.join("cargo")).find(|path| path.is_file());
    let code = match cargo.or_else(on_path).map(|cargo| replace_link(&cargo, &tools.join(REAL_CARGO))) {
        Some(Ok(())) => io::stdout().write_all(tools.join("cargo").as_os_str().as_bytes()).is_err().into(),
        _ => 1,
    };
    std::process::exit(code);
}
