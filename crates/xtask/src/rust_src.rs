//! The sources of Rust's standard library: the kernel's rust-analyzer reads them before the first cell runs.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use duct::cmd;

use crate::project::Project;
use crate::steps;

/// Where the sources are, and whether the kernel must be told so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RustSrc {
    /// Part of the toolchain: found without help.
    InToolchain,
    /// Somewhere else: the kernel needs `RUST_SRC_PATH`.
    At(PathBuf),
}

/// The sources if they are there, without installing anything.
pub(crate) fn find() -> Option<RustSrc> {
    let sysroot = cmd!("rustc", "--print", "sysroot").stderr_null().read().ok()?;
    if Path::new(&sysroot).join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file() {
        return Some(RustSrc::InToolchain);
    }
    if let Some(path) = std::env::var_os("RUST_SRC_PATH").map(PathBuf::from)
        && path.join("core/src/lib.rs").is_file()
    {
        return Some(RustSrc::At(path));
    }
    debian().map(RustSrc::At)
}

/// What Debian's packages `rust-src` and `rust-web-src` put under /usr/src; the newest if there are several.
fn debian() -> Option<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir("/usr/src").ok()?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.join("library/core/src/lib.rs").is_file());
    found.sort();
    found.pop().map(|path| path.join("library"))
}

/// Finds the sources, or installs them: from rustup, else (as root) from Debian.
pub(crate) fn ensure(project: &Project) -> Result<RustSrc> {
    const TITLE: &str = "sources of Rust's standard library";
    if let Some(found) = find() {
        steps::already(TITLE);
        return Ok(found);
    }
    let rustup = steps::step(&format!("{TITLE}: rustup component add rust-src"), "", |step| {
        step.run(project, "rust-src", &cmd!("rustup", "component", "add", "rust-src"))
    });
    if let (Ok(()), Some(found)) = (&rustup, find()) {
        return Ok(found);
    }
    if which::which("apt-get").is_ok() && is_root() {
        let install = cmd!("apt-get", "install", "-y", "rust-web-src").env("DEBIAN_FRONTEND", "noninteractive");
        let apt = steps::step(&format!("{TITLE}: apt-get install rust-web-src"), "", |step| {
            step.run(project, "rust-web-src", &cmd!("apt-get", "update"))?;
            step.run(project, "rust-web-src", &install)
        });
        if let (Ok(()), Some(found)) = (&apt, find()) {
            return Ok(found);
        }
    }
    bail!(
        "the kernel needs the sources of Rust's standard library and they could not be installed.\n\
         With rustup:            rustup component add rust-src\n\
         On Debian or Ubuntu:    sudo apt-get install rust-web-src   (or rust-src)\n\
         Anywhere else:          set RUST_SRC_PATH to the `library` folder of Rust's sources\n\
         then run this command again."
    )
}

/// Whether packages can be installed without asking for rights.
pub(crate) fn is_root() -> bool {
    cmd!("id", "-u").stderr_null().read().is_ok_and(|id| id == "0")
}
