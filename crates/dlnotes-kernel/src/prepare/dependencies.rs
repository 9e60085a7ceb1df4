//! The crate that every notebook has without asking.

use std::path::{Path, PathBuf};

/// The crate that every notebook has, and what runs before the first cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// The crate's name.
    pub name: &'static str,
    /// Its version or place, as `:dep` wants it.
    pub specification: String,
    /// Code that runs before the first cell.
    pub prelude: &'static str,
}

impl Dependencies {
    /// The helper crate with its prelude; only what the kernel itself needs if `helper` is false.
    ///
    /// One crate in either case: evcxr asks cargo about each `:dep` alone, and cargo then forgets the versions that it
    /// had chosen for the others, and with them the prepared build.
    pub fn new(helper: bool) -> Self {
        let (name, prelude) = if helper {
            ("dlnotes", "use dlnotes::prelude::*;\ndlnotes::dlnotes_display::init();")
        } else {
            ("dlnotes-display", "dlnotes_display::init();")
        };
        Self { name, specification: specification(name), prelude }
    }

    /// Its `:dep` line.
    pub fn command(&self) -> String {
        format!(":dep {} = {}\n", self.name, self.specification)
    }
}

/// The directory of one of our crates; `None` when there is none, and the registry's is used.
///
/// `DLNOTES_CRATES` names a `crates` directory. Otherwise it is the one that was installed with this program (the Python
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

fn specification(name: &str) -> String {
    match helper_directory(name) {
        Some(directory) => format!("{{ path = {:?} }}", directory),
        None => format!("{:?}", concat!("=", env!("CARGO_PKG_VERSION"))),
    }
}
