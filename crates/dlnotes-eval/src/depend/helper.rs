//! Where our own crates are.

use std::path::{Path, PathBuf};

/// The folder of one of our crates; `None` when there is none, and the registry's is used.
///
/// `DLNOTES_CRATES` names a `crates` folder. Otherwise it is the one that was installed with this program (the Python
/// wheel does that), or the one next to this crate in a checkout.
pub fn helper_directory(name: &str) -> Option<PathBuf> {
    let installed = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("share/dlnotes/crates"));
    let crates = match std::env::var_os("DLNOTES_CRATES") {
        Some(crates) => PathBuf::from(crates),
        None => installed()
            .filter(|crates| crates.is_dir())
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("..")),
    };
    let directory = crates.join(name).canonicalize().ok()?;
    directory.join("Cargo.toml").is_file().then_some(directory)
}

/// What stands behind `NAME =` in a manifest.
pub(super) fn specification(name: &str) -> String {
    match helper_directory(name) {
        Some(directory) => format!("{{ path = {} }}", toml::Value::from(directory.to_string_lossy().into_owned())),
        None => format!("{:?}", concat!("=", env!("CARGO_PKG_VERSION"))),
    }
}

/// The lock file of the checkout that holds our crates; a kernel from a registry has none.
pub(super) fn tested_lock() -> Option<PathBuf> {
    let lock = helper_directory("dlnotes-display")?.join("../../Cargo.lock");
    lock.is_file().then_some(lock)
}
