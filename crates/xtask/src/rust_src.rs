//! The sources of Rust's standard library: rust-analyzer inside evcxr reads them before the first cell runs.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use duct::cmd;

use crate::project::Project;
use crate::{debian, rustc, steps};

/// Where the sources are, and whether the kernel must be told so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RustSrc {
    /// Part of the toolchain: found without help.
    InToolchain,
    /// Somewhere else: the kernel needs `RUST_SRC_PATH`.
    At(PathBuf),
}

/// Debian's package of them; `rust-src` is of an old version in a stable Debian.
const PACKAGE: &str = "rust-web-src";

/// The sources if they are there, without installing anything.
pub(crate) fn find(project: &Project) -> Option<RustSrc> {
    let sysroot = rustc::sysroot().ok()?;
    if sysroot.join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file() {
        return Some(RustSrc::InToolchain);
    }
    if let Some(path) = std::env::var_os("RUST_SRC_PATH").map(PathBuf::from)
        && path.join("core/src/lib.rs").is_file()
    {
        return Some(RustSrc::At(path));
    }
    let unpacked = debian::unpacked(project, PACKAGE);
    [&unpacked, Path::new("/")].into_iter().find_map(packaged).map(RustSrc::At)
}

/// What Debian's packages `rust-src` and `rust-web-src` put under `usr/src` in `root`; the newest if there are several.
fn packaged(root: &Path) -> Option<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(root.join("usr/src")).ok()?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.join("library/core/src/lib.rs").is_file());
    found.sort();
    found.pop().map(|path| path.join("library"))
}

/// Finds the sources, or gets them: from rustup, else from Debian.
pub(crate) fn ensure(project: &Project) -> Result<RustSrc> {
    const TITLE: &str = "sources of Rust's standard library";
    if let Some(found) = find(project) {
        steps::already(TITLE);
        return Ok(found);
    }
    if which::which("rustup").is_ok() {
        let added = steps::step(&format!("{TITLE}: rustup component add rust-src"), "", |step| {
            step.run(project, "rust-src", &cmd!("rustup", "component", "add", "rust-src"))
        });
        if let (Ok(()), Some(found)) = (&added, find(project)) {
            return Ok(found);
        }
    }
    if debian::is_here() {
        let unpacked = steps::step(&format!("{TITLE}: Debian's {PACKAGE}"), "45 MB", |step| {
            debian::unpack(step, project, PACKAGE)
        });
        if let (Ok(_), Some(found)) = (&unpacked, find(project)) {
            return Ok(found);
        }
    }
    bail!(
        "this kernel needs the sources of Rust's standard library and they could not be installed.\n\
         With rustup:            rustup component add rust-src\n\
         On Debian or Ubuntu:    sudo apt-get install rust-web-src   (or rust-src)\n\
         Anywhere else:          set RUST_SRC_PATH to the `library` folder of Rust's sources\n\
         then run this command again."
    )
}
