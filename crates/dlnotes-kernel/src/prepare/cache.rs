//! Where prepared things and kernels' own directories are kept.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{Error, Result};

/// evcxr splits a command at spaces, and the path of a unix socket has little room.
const LONGEST: usize = 70;

/// The directory that prepared things and kernels' own directories are kept in; it is made if it isn't there.
///
/// `DLNOTES_CACHE_DIR` if set; otherwise `dlnotes` in the user's cache directory, unless its path has a space or is
/// too long for what will stand in it.
pub fn cache_directory() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = variable("DLNOTES_CACHE_DIR")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("dlnotes")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/dlnotes")));
    let fits =
        |path: &PathBuf| path.as_os_str().len() <= LONGEST && !path.to_string_lossy().contains(char::is_whitespace);
    let directory = usual.filter(fits).unwrap_or_else(|| {
        let user = rustix::process::getuid().as_raw();
        PathBuf::from(format!("/tmp/dlnotes-{user}"))
    });
    private_directory(&directory)?;
    Ok(directory)
}

/// Makes a directory that nobody else can look into; one that is there already must be the user's own, because what lies
/// in it is compiled and run.
pub(super) fn private_directory(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::file(path))?;
    // Not through a link: in /tmp somebody else may have laid one.
    let owner = fs::symlink_metadata(path).map_err(Error::file(path))?.uid();
    let user = rustix::process::getuid().as_raw();
    if owner == user { Ok(()) } else { Err(Error::Foreign { path: path.to_owned(), owner }) }
}

/// Notes that a directory is used now, for [`keep_newest`].
pub(super) fn mark_used(directory: &Path) {
    // If the time can't be set, the directory goes a little earlier.
    let _ = fs::File::open(directory).and_then(|f| f.set_modified(SystemTime::now()));
}

/// Of the directories beside `used` whose names begin with `prefix`, keeps it and those that were used last, `keep` in
/// all.
pub(super) fn keep_newest(used: &Path, prefix: &str, keep: usize) {
    let entries = used.parent().and_then(|parent| fs::read_dir(parent).ok());
    let mut others: Vec<_> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path() != used && entry.file_name().to_string_lossy().starts_with(prefix))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    others.sort();
    let surplus = (others.len() + 1).saturating_sub(keep);
    for (_, path) in &others[..surplus] {
        // What can't be removed now is surplus the next time too.
        let _ = fs::remove_dir_all(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ones_used_last_stay() {
        let parent = tempfile::tempdir().unwrap();
        let path = |name: &str| parent.path().join(name);
        for (age, name) in ["std-new", "std-middle", "std-old", "other", "std-used"].into_iter().enumerate() {
            fs::create_dir(path(name)).unwrap();
            let time = SystemTime::now() - std::time::Duration::from_secs(100 * (age as u64 + 1));
            fs::File::open(path(name)).unwrap().set_modified(time).unwrap();
        }
        mark_used(&path("std-middle"));
        keep_newest(&path("std-used"), "std-", 2);
        let kept = ["std-new", "std-middle", "std-old", "other", "std-used"].map(|name| path(name).is_dir());
        assert_eq!(kept, [false, true, false, true, true]);
    }

    #[test]
    fn a_new_directory_is_private_and_an_old_one_must_be_the_users_own() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        private_directory(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        private_directory(&path).unwrap();
        // Only root can give a directory away; for everybody else there is one of root's.
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
