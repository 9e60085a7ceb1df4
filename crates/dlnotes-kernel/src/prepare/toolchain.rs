//! The Rust installation that compiles cells.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{Error, Result};

/// The Rust installation that compiles cells.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// Where its own shared libraries are: `…/lib/rustlib/TARGET/lib`.
    pub libraries: PathBuf,
    /// `rustc -vV`.
    pub version: String,
}

impl Toolchain {
    /// Asks rustc, once.
    pub fn find() -> Result<&'static Self> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found);
        }
        let version = rustc(&["-vV"])?;
        let libraries = PathBuf::from(rustc(&["--print", "target-libdir"])?.trim());
        Ok(FOUND.get_or_init(|| Self { libraries, version }))
    }

    /// Such as `x86_64-unknown-linux-gnu`.
    pub fn target(&self) -> &str {
        self.version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default()
    }

    /// Such as `1.95.0`.
    pub fn release(&self) -> &str {
        self.version.lines().find_map(|line| line.strip_prefix("release: ")).unwrap_or("unknown")
    }

    /// The standard library's sources, or those that `RUST_SRC_PATH` names.
    pub fn sources(&self) -> Option<PathBuf> {
        let path = match std::env::var_os("RUST_SRC_PATH") {
            Some(named) => PathBuf::from(named),
            None => self.libraries.ancestors().nth(2)?.join("src/rust/library"),
        };
        path.join("core").is_dir().then_some(path)
    }

    /// Where evcxr's cargo puts the libraries of dependencies.
    pub fn built(&self, work: &Path) -> PathBuf {
        work.join("target").join(self.target()).join("debug/deps")
    }

    /// The variable and the value with which cells' libraries find the ones that they need.
    ///
    /// rustc writes relative paths into them and evcxr moves them up by one folder, which goes wrong wherever the two
    /// have a folder in common.
    pub fn library_path(&self, work: &Path) -> (&'static str, String) {
        let name = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        let built = self.built(work);
        let mut value = format!("{}:{}", built.display(), self.libraries.display());
        if let Ok(old) = std::env::var(name) {
            value = format!("{value}:{old}");
        }
        (name, value)
    }
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let advice = "install Rust from https://rustup.rs, and start the kernel from a shell that finds it";
    let failed = |reason| Error::Tool { tool: "rustc".into(), reason, advice };
    let output = Command::new("rustc").args(arguments).output().map_err(|e| failed(e.to_string()))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
