//! Where the user's crates are built: a folder that all sessions share, so that a crate is compiled once and not in each
//! session. It begins as a copy of a prepared build, whose crates cargo then finds fresh.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, Result};

/// Files that cargo and rustc replace as a whole.
const LINKED: [&str; 5] = ["rlib", "rmeta", "so", "dylib", "o"];

/// Makes `to` a copy of the folder `from`, unless it is there: compiled files as hard links, everything else as real
/// copies.
pub(super) fn begin(from: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        return Ok(());
    }
    // Under a name of its own first: another session may be doing the same.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = to.with_extension(format!("{}-{count}", std::process::id()));
    copy(from, &temporary)?;
    if fs::rename(&temporary, to).is_err() {
        let _ = fs::remove_dir_all(&temporary);
    }
    if to.is_dir() { Ok(()) } else { Err(Error::file(to)(std::io::ErrorKind::NotFound.into())) }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in fs::read_dir(from).map_err(Error::file(from))? {
        let entry = entry.map_err(Error::file(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        // The lock is that of the cargo that runs.
        if entry.file_name() == ".cargo-lock" {
            continue;
        }
        if entry.file_type().map_err(Error::file(&source))?.is_dir() {
            copy(&source, &target)?;
            continue;
        }
        let extension = source.extension().unwrap_or_default();
        let linked = LINKED.iter().any(|e| extension == *e) && fs::hard_link(&source, &target).is_ok();
        if !linked {
            fs::copy(&source, &target).map_err(Error::file(&target))?;
            // Cargo compares times to see what is fresh.
            let time = entry.metadata().and_then(|m| m.modified()).map_err(Error::file(&source))?;
            let file = fs::File::options().write(true).open(&target).map_err(Error::file(&target))?;
            file.set_modified(time).map_err(Error::file(&target))?;
        }
    }
    Ok(())
}

/// Lays a built file into the folder `to`, where it stays what it is, whatever is built in its place later.
pub(super) fn keep(file: &Path, to: &Path) -> Result<PathBuf> {
    let kept = to.join(file.file_name().unwrap_or_default());
    match fs::hard_link(file, &kept) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            fs::copy(file, &kept).map_err(Error::file(&kept))?;
        }
        _ => {}
    }
    Ok(kept)
}
