//! Built dependencies, kept once and laid into each kernel's own directory.
//!
//! A prepared build is a target directory that never changes after it was made, named by everything that went into it.
//! A kernel gets its own copy, so that no two wait for one lock: compiled files as hard links, which cargo replaces and
//! never writes into, everything else as real copies.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::cache::{keep_newest, mark_used};
use super::{Dependencies, Toolchain, cache_directory, helper_directory, run};
use crate::{Error, Result};

/// Files that cargo replaces as a whole.
const LINKED: [&str; 5] = ["rlib", "rmeta", "so", "dylib", "o"];

/// How many prepared builds are kept.
const KEEP: usize = 4;

/// A prepared build, which may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Its directory.
    pub path: PathBuf,
}

impl Prepared {
    /// The prepared build for `dependencies` with the toolchain and sources as they are now.
    pub fn find(dependencies: &Dependencies) -> Result<Self> {
        let key = key(dependencies)?;
        Ok(Self { path: cache_directory()?.join("prepared").join(key) })
    }

    /// Whether it has been built.
    pub fn exists(&self) -> bool {
        self.path.is_dir()
    }
}

/// Keeps the target directory of `work`, in which `dependencies` have been built, and removes the oldest others.
pub fn prebuild(prepared: &Prepared, work: &Path) -> Result<()> {
    if prepared.exists() {
        return Ok(());
    }
    let temporary = prepared.path.with_extension(std::process::id().to_string());
    let target = work.join("target");
    let copied = copy(&target, &temporary.join("target")).and_then(|()| {
        let lock = work.join("Cargo.lock");
        fs::copy(&lock, temporary.join("Cargo.lock")).map(drop).map_err(Error::file(&lock))
    });
    // Another kernel may have kept the same build in the meantime: one of the two stays.
    if copied.is_err() || fs::rename(&temporary, &prepared.path).is_err() {
        let _ = fs::remove_dir_all(&temporary);
    }
    copied?;
    keep_newest(&prepared.path, "", KEEP);
    Ok(())
}

/// Lays a prepared build into `work`.
pub fn lay_out(prepared: &Prepared, work: &Path) -> Result<()> {
    mark_used(&prepared.path);
    copy(&prepared.path.join("target"), &work.join("target"))?;
    let lock = work.join("Cargo.lock");
    fs::copy(prepared.path.join("Cargo.lock"), &lock).map_err(Error::file(&lock))?;
    Ok(())
}

/// Before the first build in `work`: the versions that the checkout of our crates was tested with, and not the newest
/// ones of the day, which would take the network too.
pub fn seed_lock(work: &Path) -> Result<()> {
    let Some(tested) = tested_lock() else { return Ok(()) };
    let lock = work.join("Cargo.lock");
    fs::copy(tested, &lock).map(drop).map_err(Error::file(&lock))
}

/// The lock file of the checkout that holds our crates; a kernel from a registry has none.
fn tested_lock() -> Option<PathBuf> {
    let lock = helper_directory("dlnotes-display")?.join("../../Cargo.lock");
    lock.is_file().then_some(lock)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in fs::read_dir(from).map_err(Error::file(from))? {
        let entry = entry.map_err(Error::file(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // The lock is the running cargo's; incremental data is the cells'; cells' own libraries are of no use.
        if name == ".cargo-lock" || name == "incremental" || name.starts_with("libcode_") || name.contains("libctx") {
            continue;
        }
        if source.is_dir() {
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

/// A name made of everything that a build depends on.
fn key(dependencies: &Dependencies) -> Result<String> {
    let rustc = Toolchain::find()?.version.clone().into_bytes();
    let kernel = env!("CARGO_PKG_VERSION").into();
    let mut parts = vec![rustc, kernel, run::profile().into(), dependencies.command().into_bytes()];
    // evcxr sets RUSTFLAGS and the target directory itself; this one wins over them.
    let flags = std::env::var_os("CARGO_ENCODED_RUSTFLAGS");
    parts.push(format!("flags={flags:?}").into_bytes());
    // evcxr uses mold or lld when it finds one, with other flags.
    let path = std::env::var_os("PATH").unwrap_or_default();
    for linker in ["mold", "lld"] {
        let found = std::env::split_paths(&path).any(|directory| directory.join(linker).is_file());
        parts.push(format!("{linker}={found}").into_bytes());
    }
    if let Some(lock) = tested_lock() {
        parts.push(fs::read(&lock).map_err(Error::file(&lock))?);
    }
    for name in [dependencies.name, "dlnotes-display"] {
        if let Some(directory) = helper_directory(name) {
            stamp(&directory, &mut parts)?;
        }
    }
    Ok(short_hash(parts.iter().map(Vec::as_slice)))
}

/// Folders of a package that its library is not made of.
const NOT_LIBRARY: [&str; 4] = ["target", "tests", "benches", "examples"];

/// Paths, sizes and times of a crate's files: what cargo itself looks at.
pub(crate) fn stamp(directory: &Path, parts: &mut Vec<Vec<u8>>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(directory).map_err(Error::file(directory))?.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            if !NOT_LIBRARY.iter().any(|name| entry.file_name() == *name) {
                stamp(&path, parts)?;
            }
        } else if path.extension().is_some_and(|e| e == "rs" || e == "toml") {
            let metadata = entry.metadata().map_err(Error::file(&path))?;
            let time = metadata.modified().map_err(Error::file(&path))?;
            parts.push(format!("{} {} {time:?}", path.display(), metadata.len()).into_bytes());
        }
    }
    Ok(())
}

/// Sixteen hexadecimal digits.
pub(crate) fn short_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
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
        for name in ["Cargo.toml", "src/lib.rs", "src/new.rs"] {
            let before = stamp();
            fs::write(package.path().join(name), format!("// {name} has changed")).unwrap();
            assert_ne!(stamp(), before, "{name}");
        }
    }
}
