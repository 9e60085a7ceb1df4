//! The Rust installation that compiles cells.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::{Error, Result};

const ADVICE: &str = "install Rust from https://rustup.rs, and start the kernel from a shell that finds it";

/// The Rust installation that compiles cells.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// rustc itself, not rustup's stand-in for it, which takes longer to start than a small cell to compile.
    pub rustc: PathBuf,
    /// The cargo that belongs to it.
    pub cargo: PathBuf,
    /// Where its own shared libraries are: `…/lib/rustlib/TARGET/lib`.
    pub libraries: PathBuf,
    /// `rustc -vV`.
    pub version: String,
    stamp: Option<Stamp>,
}

/// What an update changes: length and time of a file.
type Stamp = (u64, SystemTime);

impl Toolchain {
    /// Asks the rustc on the PATH where it is.
    pub fn find() -> Result<Self> {
        let places = output("rustc".as_ref(), &["--print", "sysroot", "--print", "target-libdir"])?;
        let (sysroot, libraries) = places.split_once('\n').unwrap_or((&places, ""));
        let bin = Path::new(sysroot).join("bin");
        // A distribution may keep its programs elsewhere; then the names on the PATH are the right ones.
        let program = |name: &str| Some(bin.join(name)).filter(|path| path.is_file()).unwrap_or_else(|| name.into());
        let (rustc, cargo) = (program("rustc"), program("cargo"));
        let version = output(&rustc, &["-vV"])?;
        let stamp = stamp(&rustc);
        Ok(Self { rustc, cargo, libraries: libraries.trim().into(), version, stamp })
    }

    /// The folder of the installation.
    pub fn sysroot(&self) -> Option<&Path> {
        self.libraries.ancestors().nth(4)
    }

    /// Such as `x86_64-unknown-linux-gnu`.
    pub fn target(&self) -> &str {
        self.line("host: ").unwrap_or_default()
    }

    /// Such as `1.95.0`.
    pub fn release(&self) -> &str {
        self.line("release: ").unwrap_or("unknown")
    }

    /// Whether it is the one that was found. What another version compiles doesn't fit to what is loaded.
    pub fn check(&mut self) -> std::result::Result<(), Changed> {
        let stamp = stamp(&self.rustc);
        if stamp == self.stamp {
            return Ok(());
        }
        if stamp.is_none() {
            return Err(Changed::Gone);
        }
        let version = output(&self.rustc, &["-vV"]).map_err(|_| Changed::Gone)?;
        if version != self.version {
            let release = |version: &str| line(version, "release: ").unwrap_or("unknown").to_owned();
            return Err(Changed::Updated { from: release(&self.version), to: release(&version) });
        }
        // The same again.
        self.stamp = stamp;
        Ok(())
    }

    fn line(&self, start: &str) -> Option<&str> {
        line(&self.version, start)
    }
}

/// What became of a Rust installation that a session works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was removed, or doesn't run.
    Gone,
    /// There is another version in its place.
    Updated {
        /// The one that the session began with.
        from: String,
        /// The one that is there now.
        to: String,
    },
}

fn line<'a>(version: &'a str, start: &str) -> Option<&'a str> {
    version.lines().find_map(|line| line.strip_prefix(start))
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn output(rustc: &Path, arguments: &[&str]) -> Result<String> {
    let failed = |reason| Error::Tool { tool: "rustc".into(), reason, advice: ADVICE };
    let output = Command::new(rustc).args(arguments).output().map_err(|e| failed(e.to_string()))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn rustc_itself_is_found_and_an_update_is_noticed() {
        let mut toolchain = Toolchain::find().unwrap();
        assert!(toolchain.libraries.is_dir() && toolchain.target().contains('-'), "{toolchain:?}");
        assert!(toolchain.release().starts_with("1."), "{toolchain:?}");
        assert_eq!(toolchain.check(), Ok(()));
        let folder = tempfile::tempdir().unwrap();
        let rustc = folder.path().join("rustc");
        let says = |version: &str| {
            std::fs::write(&rustc, format!("#!/bin/sh\nprintf '%s' '{version}'\n")).unwrap();
            std::fs::set_permissions(&rustc, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        says(&toolchain.version);
        toolchain.rustc = rustc.clone();
        // The same version, installed again.
        assert_eq!(toolchain.check(), Ok(()));
        assert_eq!(toolchain.stamp, stamp(&rustc));
        says("release: 1.999.0\n");
        let from = toolchain.release().to_owned();
        assert_eq!(toolchain.check(), Err(Changed::Updated { from, to: "1.999.0".into() }));
        std::fs::remove_file(&rustc).unwrap();
        assert_eq!(toolchain.check(), Err(Changed::Gone));
    }

    #[test]
    fn without_rustc_the_error_says_what_to_do() {
        let error = output(Path::new("/no/such/rustc"), &["-vV"]).unwrap_err().to_string();
        assert!(error.starts_with("rustc: ") && error.contains("https://rustup.rs"), "{error}");
    }
}
