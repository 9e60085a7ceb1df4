//! The directory that one kernel works in.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::cache::{cache_directory, private_directory};
use crate::{Error, Result};

/// The dependencies of a notebook are compiled as a release build would be: evcxr builds them in a profile of its own,
/// with debug assertions, and what is timed in a cell would say nothing. Cargo reads this file because it stands
/// above evcxr's directory.
const CARGO_CONFIG: &str = r#"[profile.dev.package."*"]
opt-level = 3
debug-assertions = false
overflow-checks = false
"#;

/// Stands above evcxr's package: should that be removed under a kernel, cargo builds nothing instead of a workspace that
/// happens to lie further up.
const BOUNDARY: &str = "[workspace]\nexclude = [\"work\"]\n";

/// The directory that one kernel works in; removed when it is dropped.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

impl RunDirectory {
    /// Makes one, and removes those of kernels that were killed.
    pub fn create() -> Result<Self> {
        let parent = cache_directory()?.join("run");
        private_directory(&parent)?;
        sweep(&parent);
        let path = parent.join(std::process::id().to_string());
        let directory = Self { path };
        private_directory(&directory.work())?;
        let config = directory.path.join(".cargo");
        fs::create_dir_all(&config).map_err(Error::file(&config))?;
        for (file, text) in [(config.join("config.toml"), CARGO_CONFIG), (directory.path.join("Cargo.toml"), BOUNDARY)]
        {
            fs::write(&file, text).map_err(Error::file(&file))?;
        }
        Ok(directory)
    }

    /// evcxr's directory.
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    /// The whole directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a standard library without anything in it, for rust-analyzer.
    pub fn no_sources(&self) -> Result<PathBuf> {
        let library = self.path.join("no-sources");
        let core = library.join("core/src");
        fs::create_dir_all(&core).map_err(Error::file(&core))?;
        let file = core.join("lib.rs");
        fs::write(&file, "").map_err(Error::file(&file))?;
        Ok(library)
    }

    /// rust-analyzer's `CARGO_HOME`.
    pub fn analyzer(&self) -> PathBuf {
        self.path.join("analyzer")
    }

    /// Where the child introduces itself.
    pub fn child_socket(&self) -> PathBuf {
        self.path.join("child")
    }

    /// Where compilers report themselves.
    pub fn rustc_socket(&self) -> PathBuf {
        self.path.join("rustc")
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // The next kernel sweeps what could not be removed.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Makes a link to `target`. A kernel that was killed may have left one, in the directory of a process with the same number.
pub(crate) fn replace_link(target: &Path, link: &Path) -> io::Result<()> {
    match fs::remove_file(link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => symlink(target, link),
    }
}

/// Removes the directories of processes that are gone.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let pid =
            entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(rustix::process::Pid::from_raw);
        if pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// What a prepared build depends on besides the crates: part of its key.
pub(super) fn profile() -> &'static str {
    CARGO_CONFIG
}
