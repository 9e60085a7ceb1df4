//! The crates that every notebook has without asking.

use std::path::{Path, PathBuf};

/// The crates that every notebook has, and what it finds imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// Names and versions or places, as `:dep` wants them.
    pub crates: Vec<(String, String)>,
    /// Code that runs before the first cell.
    pub prelude: String,
}

impl Dependencies {
    /// The helper crate with its prelude; only what the kernel itself needs if `helper` is false.
    pub fn new(helper: bool) -> Self {
        let display = ("dlnotes-display".to_owned(), specification("dlnotes-display"));
        let init = "dlnotes_display::init();";
        if helper {
            let crates = vec![display, ("dlnotes".to_owned(), specification("dlnotes"))];
            Self { crates, prelude: format!("#[allow(unused_imports)] use dlnotes::prelude::*;\n{init}") }
        } else {
            Self { crates: vec![display], prelude: init.to_owned() }
        }
    }

    /// The `:dep` lines.
    pub fn commands(&self) -> String {
        self.crates.iter().map(|(name, specification)| format!(":dep {name} = {specification}\n")).collect()
    }

    /// The helper crate's own `:dep` line in a notebook asks for what is there already.
    pub fn provides(&self, name: &str) -> bool {
        self.crates.iter().any(|(known, _)| known == name)
    }
}

/// The directory of one of our crates: next to this one in a checkout; `None` when the kernel was installed from a
/// registry. `DLNOTES_CRATES` names another checkout's `crates` directory.
pub fn helper_directory(name: &str) -> Option<PathBuf> {
    let crates = match std::env::var_os("DLNOTES_CRATES") {
        Some(crates) => PathBuf::from(crates),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
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
