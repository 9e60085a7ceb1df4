//! The source files of a crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The texts of all source files below a crate's root.
pub(super) fn sources(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = root.parent().map(Path::to_owned).into_iter().collect();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(path),
                _ if path.extension().is_some_and(|ending| ending == "rs") => match std::fs::read_to_string(&path) {
                    Ok(text) => drop(files.insert(path, text)),
                    Err(e) => log::warn!("index: {}: {e}", path.display()),
                },
                _ => {}
            }
        }
    }
    files
}

/// Where the file of a module can be.
pub(super) fn places(folder: &Path, parents: &[String], module: &str) -> [PathBuf; 2] {
    let folder = parents.iter().fold(folder.to_owned(), |folder, name| folder.join(name));
    [folder.join(format!("{module}.rs")), folder.join(module).join("mod.rs")]
}
