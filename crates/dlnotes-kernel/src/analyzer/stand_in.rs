//! The program that rust-analyzer takes for cargo.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::shown::shown;
use crate::prepare::replace_link;
use crate::{Error, Result};

/// Where rust-analyzer looks for cargo first, in `bin`.
pub(crate) const CARGO_HOME: &str = "CARGO_HOME";

/// Names the folder that [`CARGO_HOME`] named before.
const REAL_HOME: &str = "DLNOTES_KERNEL_CARGO_HOME";

/// The reader's own `CARGO_HOME`, named or usual; `None` without a home directory.
pub(crate) fn cargo_home() -> Option<OsString> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    named(REAL_HOME)
        .or_else(|| named(CARGO_HOME))
        .or_else(|| named("HOME").map(|home| PathBuf::from(home).join(".cargo").into()))
}

/// Lets `command` have the reader's own cargo, whatever this process has by then.
pub(crate) fn with_own_cargo(command: &mut Command) {
    if let Some(home) = cargo_home() {
        command.env(CARGO_HOME, home);
    }
}

/// Makes `directory`'s `bin/cargo` stand in for cargo in whatever has `directory` as its `CARGO_HOME`; the two
/// variables that this takes.
pub(crate) fn lay_stand_in(directory: &Path) -> Result<Vec<(&'static str, OsString)>> {
    // Without a home of its own cargo isn't found there, and not from here either.
    let Some(home) = cargo_home() else { return Ok(Vec::new()) };
    let bin = directory.join("bin");
    std::fs::create_dir_all(&bin).map_err(Error::file(&bin))?;
    let cargo = bin.join("cargo");
    let program = std::env::current_exe().map_err(Error::file(&cargo))?;
    replace_link(&program, &cargo).map_err(Error::file(&cargo))?;
    Ok(vec![(REAL_HOME, home), (CARGO_HOME, directory.into())])
}

/// Call early in `main`: does not return in a process that was started as `cargo` by rust-analyzer.
pub fn stand_in_for_cargo() {
    let mut arguments = std::env::args_os();
    let is_cargo = arguments.next().is_some_and(|name| Path::new(&name).ends_with("bin/cargo"));
    let Some(home) = std::env::var_os(REAL_HOME).filter(|_| is_cargo) else { return };
    let own = Path::new(&home).join("bin/cargo");
    let program = if own.is_file() { own } else { PathBuf::from("cargo") };
    let arguments: Vec<OsString> = arguments.collect();
    let asks_for_packages = arguments.first().is_some_and(|first| first == "metadata");
    let mut cargo = Command::new(&program);
    cargo.args(arguments).env(CARGO_HOME, home).env_remove(REAL_HOME);
    if !asks_for_packages {
        let error = cargo.exec();
        eprintln!("{}: {error}", program.display());
        std::process::exit(1);
    }
    let answer = match cargo.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => std::process::exit(output.status.code().unwrap_or(1)),
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            std::process::exit(1);
        }
    };
    // What isn't understood is passed on as it is.
    let answer = match serde_json::from_slice(&answer) {
        Ok(metadata) => shown(metadata).to_string().into_bytes(),
        Err(_) => answer,
    };
    let written = std::io::stdout().write_all(&answer);
    std::process::exit(i32::from(written.is_err()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_left_behind_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let bin = directory.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink("/gone", bin.join("cargo")).unwrap();
        let variables = lay_stand_in(directory.path()).unwrap();
        assert_eq!(variables[1], (CARGO_HOME, directory.path().into()));
        assert_eq!(std::fs::read_link(bin.join("cargo")).unwrap(), std::env::current_exe().unwrap());
    }
}
