//! Where prepared things and kernels' own folders are kept.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{Error, Result};

/// The folder that prepared things and kernels' own folders are kept in; it is made if it isn't there.
///
/// `DLNOTES_CACHE_DIR` if set; otherwise `dlnotes` in the user's cache folder, and in `/tmp` for a user without a home.
pub fn cache_directory() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let directory = variable("DLNOTES_CACHE_DIR")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("dlnotes")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/dlnotes")))
        .unwrap_or_else(|| PathBuf::from(format!("/tmp/dlnotes-{}", rustix::process::getuid().as_raw())));
    private_directory(&directory)?;
    // Other programs are told of it, which run in other folders.
    directory.canonicalize().map_err(Error::file(&directory))
}

/// Makes a folder that nobody else can look into; one that is there already must be the user's own, because what lies in
/// it is compiled and run.
pub(super) fn private_directory(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::file(path))?;
    // Not through a link: in /tmp somebody else may have laid one.
    let owner = fs::symlink_metadata(path).map_err(Error::file(path))?.uid();
    let user = rustix::process::getuid().as_raw();
    if owner == user { Ok(()) } else { Err(Error::Foreign { path: path.to_owned(), owner }) }
}

/// Notes that a folder is used now, for [`surplus`].
pub(super) fn mark_used(directory: &Path) {
    // If the time can't be set, the folder goes a little earlier.
    let _ = fs::File::open(directory).and_then(|f| f.set_modified(SystemTime::now()));
}

/// Of the folders beside `used`, all but it and those that were used last, `keep` in all.
pub(super) fn surplus(used: &Path, keep: usize) -> Vec<PathBuf> {
    let entries = used.parent().and_then(|parent| fs::read_dir(parent).ok());
    let mut others: Vec<_> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path() != used)
        .filter_map(|entry| Some((entry.metadata().ok().filter(fs::Metadata::is_dir)?.modified().ok()?, entry.path())))
        .collect();
    others.sort();
    others.truncate((others.len() + 1).saturating_sub(keep));
    others.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ones_used_last_stay() {
        let parent = tempfile::tempdir().unwrap();
        let path = |name: &str| parent.path().join(name);
        for (age, name) in ["new", "middle", "old", "used"].into_iter().enumerate() {
            fs::create_dir(path(name)).unwrap();
            let time = SystemTime::now() - std::time::Duration::from_secs(100 * (age as u64 + 1));
            fs::File::open(path(name)).unwrap().set_modified(time).unwrap();
        }
        fs::write(path("used.lock"), "").unwrap();
        mark_used(&path("middle"));
        assert_eq!(surplus(&path("used"), 2), [path("old"), path("new")]);
        assert_eq!(surplus(&path("used"), 9), [] as [PathBuf; 0]);
    }

    #[test]
    fn a_new_folder_is_private_and_an_old_one_must_be_the_users_own() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        private_directory(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        private_directory(&path).unwrap();
        // Only root can give a folder away; for everybody else there is one of root's.
        let foreign = if rustix::process::getuid().is_root() {
            std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
            path.as_path()
        } else {
            Path::new("/")
        };
        let error = private_directory(foreign).unwrap_err().to_string();
        assert!(error.contains("DLNOTES_CACHE_DIR"), "{error}");
    }
}
