//! Whether something is what it was: by names, lengths and times of files, as cargo does it.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// Folders of a package that its library isn't made of.
const NOT_LIBRARY: [&str; 4] = ["target", "tests", "benches", "examples"];

/// Paths, lengths and times of a package's files.
pub(super) fn stamp(directory: &Path, parts: &mut Vec<Vec<u8>>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(directory).map_err(Error::file(directory))?.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if !NOT_LIBRARY.iter().any(|other| name == *other) {
                stamp(&path, parts)?;
            }
        } else {
            let metadata = entry.metadata().map_err(Error::file(&path))?;
            let time = metadata.modified().map_err(Error::file(&path))?;
            parts.push(format!("{} {} {time:?}", path.display(), metadata.len()).into_bytes());
        }
    }
    Ok(())
}

/// Sixteen hexadecimal digits.
pub(super) fn short_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_is_made_of_counts() {
        let package = tempfile::tempdir().unwrap();
        for (name, text) in [("Cargo.toml", "[package]"), ("src/lib.rs", ""), ("tests/one.rs", "")] {
            let path = package.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let stamp = || {
            let mut parts = Vec::new();
            stamp(package.path(), &mut parts).unwrap();
            parts
        };
        let before = stamp();
        fs::write(package.path().join("tests/one.rs"), "fn one() {}").unwrap();
        assert_eq!(stamp(), before);
        for name in ["Cargo.toml", "src/lib.rs", "src/new.rs", "src/table.csv"] {
            let before = stamp();
            fs::write(package.path().join(name), format!("// {name} has changed")).unwrap();
            assert_ne!(stamp(), before, "{name}");
        }
    }
}
