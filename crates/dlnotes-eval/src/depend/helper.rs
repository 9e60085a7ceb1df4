//! Where our own crates are.

use std::path::{Path, PathBuf};

use super::cache::cache_directory;
use crate::Result;

/// Where a prepared build takes our crates from, and where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Everything that is kept from session to session.
    pub cache: PathBuf,
    /// The folder that holds our crates' folders; `None` when there is none, and the registry's crates are used.
    pub crates: Option<PathBuf>,
}

impl Places {
    /// The user's cache folder, and the crates that belong to this program.
    ///
    /// `DLNOTES_CRATES` names a `crates` folder. Otherwise it is the one that was installed with this program (the Python
    /// wheel does that), or the one next to this crate in a checkout.
    pub fn find() -> Result<Self> {
        Ok(Self { cache: cache_directory()?, crates: crates() })
    }

    /// The folder of one of our crates.
    pub fn helper(&self, name: &str) -> Option<PathBuf> {
        let directory = self.crates.as_ref()?.join(name);
        directory.join("Cargo.toml").is_file().then_some(directory)
    }

    /// What stands behind `NAME =` in a manifest.
    pub(super) fn specification(&self, name: &str) -> String {
        match self.helper(name) {
            Some(directory) => format!("{{ path = {} }}", toml::Value::from(directory.to_string_lossy().into_owned())),
            None => format!("{:?}", concat!("=", env!("CARGO_PKG_VERSION"))),
        }
    }

    /// The lock file of the checkout that holds our crates; a kernel from a registry has none.
    pub(super) fn tested_lock(&self) -> Option<PathBuf> {
        let lock = self.crates.as_ref()?.parent()?.join("Cargo.lock");
        lock.is_file().then_some(lock)
    }
}

/// The folder of one of our crates; `None` when the registry's is used.
pub fn helper_directory(name: &str) -> Option<PathBuf> {
    Places { cache: PathBuf::new(), crates: crates() }.helper(name)
}

fn crates() -> Option<PathBuf> {
    let installed = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("share/dlnotes/crates"));
    let crates = match std::env::var_os("DLNOTES_CRATES") {
        Some(crates) => PathBuf::from(crates),
        None => installed()
            .filter(|crates| crates.is_dir())
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("..")),
    };
    crates.canonicalize().ok()
}
