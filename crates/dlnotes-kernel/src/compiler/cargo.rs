//! The program that evcxr takes for cargo.
//!
//! Of the time that a small cell takes, cargo takes a sixth: it reads the manifests of all packages below the helper crate
//! to find that nothing has changed, and calls rustc as it did before. So the real cargo builds a session's first cell,
//! and whatever comes after a change of anything that it looks at; between, rustc is called as it called it.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CELL;
use super::diagnostics::for_evcxr;
use super::invocation::Invocation;
use super::rustup::{CARGO, REAL_CARGO};
use crate::prepare::{helper_directory, short_hash, stamp};

/// Where evcxr has a build, and not a check, name the library.
const LIBRARY_NAMED_IN: &str = "EVCXR_EXECUTION_SO_PATH";

/// What cargo read before it called rustc, and how it called it.
#[derive(Serialize, Deserialize)]
struct Remembered {
    key: String,
    invocation: Invocation,
}

/// Call early in `main`: does not return in a process that was started as `cargo` by evcxr.
pub fn stand_in_for_cargo() {
    let mut arguments = std::env::args_os();
    let Some(name) = arguments.next().map(PathBuf::from).filter(|name| name.ends_with(CARGO)) else { return };
    let folder = name.parent().unwrap_or(Path::new(""));
    let cargo = std::fs::read_link(folder.join(REAL_CARGO)).unwrap_or_else(|_| "cargo".into());
    let mut arguments: Vec<OsString> = arguments.collect();
    // evcxr has a cell checked when it could not tell a variable's type. cargo would check all crates below the cell first,
    // which are built already.
    for argument in arguments.iter_mut().filter(|argument| *argument == "check") {
        *argument = "build".into();
    }
    let mut command = Command::new(&cargo);
    command.args(&arguments);
    let asks_for = |what: &str| arguments.iter().any(|argument| argument == what);
    let result = if asks_for("build") {
        build(command, &folder.join("cell.json"), &arguments)
    } else if asks_for("metadata") && is_trial() {
        with_lock_kept(command)
    } else {
        Err(command.exec())
    };
    std::process::exit(result.unwrap_or_else(|error| {
        eprintln!("{}: {error}", cargo.display());
        1
    }));
}

/// Whether evcxr tries a new dependency: in the package of the cells, which then has nothing else.
fn is_trial() -> bool {
    std::fs::read_to_string("Cargo.toml").is_ok_and(|manifest| manifest.contains("evcxr_dummy_validate_dep"))
}

/// Runs cargo on a package that is not the cells'. The lock file would forget their other dependencies, and cargo take them
/// in the newest versions of the day: the helper crate would be built anew, under a process that has loaded it.
fn with_lock_kept(mut cargo: Command) -> io::Result<i32> {
    let lock = std::fs::read("Cargo.lock").ok();
    let status = cargo.status()?;
    if let Some(lock) = lock {
        std::fs::write("Cargo.lock", lock)?;
    }
    Ok(status.code().unwrap_or(1))
}

/// Builds the cell in the current directory; the exit code.
fn build(cargo: Command, memory: &Path, arguments: &[OsString]) -> io::Result<i32> {
    let remembered = std::fs::read(memory).ok().and_then(|json| serde_json::from_slice::<Remembered>(&json).ok());
    let status = match remembered {
        Some(Remembered { key: old, invocation }) if key(arguments).is_ok_and(|key| key == old) => {
            invocation.run(&mut io::stdout().lock())?
        }
        _ => build_with_cargo(cargo, memory, arguments)?,
    };
    Ok(status.code().unwrap_or(1))
}

fn build_with_cargo(mut cargo: Command, memory: &Path, arguments: &[OsString]) -> io::Result<ExitStatus> {
    let left = memory.with_extension("new");
    for old in [memory, &left] {
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Invocation::ask_for(&mut cargo, &left);
    let mut cargo = cargo.stdout(Stdio::piped()).spawn()?;
    let own: Vec<PathBuf> = own_packages().collect();
    let (mut all_known, mut has_lld) = (true, false);
    if let Some(stdout) = cargo.stdout.take() {
        let mut out = io::stdout().lock();
        for line in BufReader::new(stdout).split(b'\n') {
            let mut line = line?;
            match serde_json::from_slice::<Value>(&line) {
                Ok(mut message) => {
                    all_known &= is_known(&message, &own);
                    if message["reason"] == "compiler-message" {
                        let diagnostic = message["message"].take();
                        let other = message["manifest_path"].as_str().filter(|_| message["target"]["name"] != CELL);
                        let folder = other.and_then(|manifest| Path::new(manifest).parent());
                        let Some(diagnostic) = for_evcxr(diagnostic, folder) else { continue };
                        message["message"] = diagnostic;
                        line = message.to_string().into_bytes();
                    }
                }
                // rustc's call of the linker.
                Err(_) => has_lld |= String::from_utf8_lossy(&line).contains("-fuse-ld=lld"),
            }
            out.write_all(&line)?;
            out.write_all(b"\n")?;
        }
    }
    let status = cargo.wait()?;
    let left = std::fs::read(left).ok().and_then(|json| serde_json::from_slice::<Invocation>(&json).ok());
    // Only now: cargo itself may have changed the lock file.
    if let (true, Ok(key), Some(mut invocation)) = (status.success() && all_known, key(arguments), left) {
        if has_lld {
            invocation.link_on_one_thread();
        }
        if let Ok(json) = serde_json::to_vec(&Remembered { key, invocation }) {
            // If it can't be kept, cargo builds the next cell too.
            let _ = std::fs::write(memory, json);
        }
    }
    Ok(status)
}

/// The folders of our own crates, where they are not a registry's.
fn own_packages() -> impl Iterator<Item = PathBuf> {
    ["dlnotes", "dlnotes-display"].into_iter().filter_map(helper_directory)
}

/// Whether [`key`] would notice a change of the package that a message of cargo's is about: not of one in a folder of the
/// reader's, which can have files of any kind anywhere.
fn is_known(message: &Value, own: &[PathBuf]) -> bool {
    let (Some(id), Some(manifest)) = (message["package_id"].as_str(), message["manifest_path"].as_str()) else {
        return true;
    };
    let folder = Path::new(manifest).parent();
    message["target"]["name"] == CELL
        || !id.starts_with("path+")
        || folder.is_some_and(|folder| own.iter().any(|own| own == folder))
}

/// A name for everything that cargo looks at before it compiles the cell in the current directory.
fn key(arguments: &[OsString]) -> io::Result<String> {
    let mut parts: Vec<Vec<u8>> = arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect();
    let mut environment: Vec<_> = std::env::vars_os().filter(|(name, _)| name != LIBRARY_NAMED_IN).collect();
    environment.sort();
    let equals = OsStr::new("=");
    parts.extend(
        environment.iter().map(|(name, value)| [name.as_os_str(), equals, value].map(OsStrExt::as_bytes).concat()),
    );
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        parts.push(std::fs::read(file)?);
    }
    // It is replaced where it is when the toolchain is updated.
    if let Some(rustc) = std::env::var_os("RUSTC") {
        parts.push(format!("{:?}", std::fs::metadata(rustc)?.modified()?).into_bytes());
    }
    for folder in own_packages() {
        stamp(&folder, &mut parts).map_err(io::Error::other)?;
    }
    Ok(short_hash(parts.iter().map(Vec::as_slice)))
}
