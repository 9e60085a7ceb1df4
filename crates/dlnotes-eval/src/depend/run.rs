//! The folder that one kernel works in.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::{cache_directory, private_directory};
use crate::Result;

/// The folder that one kernel works in; removed when it is dropped.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

impl RunDirectory {
    /// Makes one, and removes those of kernels that were killed.
    pub fn create() -> Result<Self> {
        Self::create_in(&cache_directory()?.join("run"))
    }

    fn create_in(parent: &Path) -> Result<Self> {
        private_directory(parent)?;
        sweep(parent);
        let path = parent.join(std::process::id().to_string());
        private_directory(&path)?;
        Ok(Self { path })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // The next kernel sweeps what could not be removed.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of processes that are gone.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let pid =
            entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(rustix::process::Pid::from_raw);
        if pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_processes_that_are_gone_are_swept_and_the_own_one_goes_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        let left = parent.path().join(gone.id().to_string());
        fs::create_dir(&left).unwrap();
        let run = RunDirectory::create_in(parent.path()).unwrap();
        let path = run.path().to_owned();
        assert!(path.is_dir() && !left.exists());
        drop(run);
        assert!(!path.exists());
    }
}
