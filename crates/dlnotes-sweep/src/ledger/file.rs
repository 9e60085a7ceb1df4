//! Files that are there as a whole or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::{Error, Result};

/// Tells this process from all others, on this machine and on others.
pub(crate) static TOKEN: LazyLock<String> =
    LazyLock::new(|| format!("{:016x}", RandomState::new().hash_one(std::process::id())));

/// The file's bytes, if it is there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
    }
}

/// What is in a folder; nothing if it isn't there.
pub(crate) fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect::<std::io::Result<_>>().map_err(Error::file(folder))
}

/// Writes beside and renames: whoever reads sees the old file or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    beside(path, bytes, |beside| fs::rename(beside, path))
}

/// The same for a file that stays as it is if another was first.
pub(crate) fn write_once(path: &Path, bytes: &[u8]) -> Result<()> {
    beside(path, bytes, |beside| match fs::hard_link(beside, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => fs::remove_file(beside),
    })
}

/// Makes a file that only one can make, whole from the beginning; whether this was the one.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<bool> {
    let mut is_ours = false;
    beside(path, bytes, |beside| {
        let linked = fs::hard_link(beside, path);
        // Over a network an answer may be lost: the link is there, and asking again fails.
        is_ours = linked.is_ok() || fs::metadata(beside)?.nlink() == 2;
        fs::remove_file(beside)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    })?;
    Ok(is_ours)
}

fn beside(path: &Path, bytes: &[u8], put: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{}", *TOKEN, NEXT.fetch_add(1, Ordering::Relaxed)));
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, bytes).and_then(|()| put(&beside));
    written.map_err(|error| {
        // Where a disk is full half a file may be there; it has a name that nobody reads.
        let _ = fs::remove_file(&beside);
        Error::file(path)(error)
    })
}

pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write(path, (json(value) + "\n").as_bytes())
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names are strings, and a path that is written is UTF-8")
}

/// Removes what may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    gone(fs::remove_file(path), path)
}

/// The same for a folder and all that is in it.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    // A program whose runner was killed may write there until it ends: a file that appears in the middle is removed, too.
    for _ in 0..100 {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
            removed => return gone(removed, path),
        }
    }
    gone(fs::remove_dir_all(path), path)
}

fn gone(removed: std::io::Result<()>, path: &Path) -> Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}
