//! Whether the libraries that a child has loaded are still the ones on disk.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The shared libraries of a session's dependencies, as they were.
#[derive(Debug)]
pub(super) struct Libraries {
    folder: PathBuf,
    /// File name to what tells one build from another.
    known: BTreeMap<String, (u64, i64, i64)>,
}

impl Libraries {
    pub(super) fn read(folder: &Path) -> Self {
        let mut known = BTreeMap::new();
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_library = name.ends_with(".so") || name.ends_with(".dylib");
            // The cells' own are new each time.
            if is_library
                && !name.starts_with("libctx")
                && !name.starts_with("libcode_")
                && let Ok(metadata) = entry.metadata()
            {
                known.insert(name, (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()));
            }
        }
        Self { folder: folder.to_owned(), known }
    }

    /// Whether one of them has been built anew since: a child that has loaded the old one can't load cells that were
    /// linked to the new one. Additional libraries are harmless.
    pub(super) fn changed(&self) -> bool {
        let now = Self::read(&self.folder).known;
        self.known.iter().any(|(name, old)| now.get(name).is_some_and(|new| new != old))
    }
}

#[cfg(test)]
mod tests {
    use super::Libraries;

    #[test]
    fn a_library_that_is_built_anew_is_noticed_and_a_new_one_is_not_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            // As a linker does: a new file in the place of the old one.
            let temporary = folder.path().join("temporary");
            std::fs::write(&temporary, name).unwrap();
            std::fs::rename(temporary, folder.path().join(name)).unwrap();
        };
        write("libdlnotes.so");
        write("libctx.so");
        let libraries = Libraries::read(folder.path());
        write("libother.so");
        write("libctx.so");
        assert!(!libraries.changed());
        std::thread::sleep(std::time::Duration::from_millis(20));
        write("libdlnotes.so");
        assert!(libraries.changed());
    }
}
