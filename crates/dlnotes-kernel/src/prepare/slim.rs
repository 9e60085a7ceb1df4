//! Standard-library sources without what notebooks never complete or hover over.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::{keep_newest, mark_used};
use super::{Toolchain, cache_directory};
use crate::{Error, Result};

/// rust-analyzer reads every source file of std before the first cell; these are half of them.
const LEFT_OUT: [&str; 10] = [
    "tests",
    "benches",
    "examples",
    "coretests",
    "alloctests",
    "stdarch",
    "portable-simd",
    "backtrace",
    "Cargo.toml",
    "Cargo.lock",
];

/// How many toolchains' sources are kept.
const KEEP: usize = 2;

/// A slim copy of the toolchain's std sources; made once per toolchain. `None` when there are no sources to copy.
pub fn slim_sources() -> Result<Option<PathBuf>> {
    let Some(full) = Toolchain::find()?.sources() else { return Ok(None) };
    let slim = cache_directory()?.join(format!(
        "std-{}",
        super::target::short_hash([
            full.to_string_lossy().as_bytes(),
            Toolchain::find()?.version.as_bytes(),
            LEFT_OUT.join(" ").as_bytes()
        ])
    ));
    if !slim.join("core").is_dir() {
        // Into a directory of our own first: another kernel may be doing the same.
        let temporary = slim.with_extension(std::process::id().to_string());
        copy(&full, &temporary)?;
        if fs::rename(&temporary, &slim).is_err() {
            let _ = fs::remove_dir_all(&temporary);
        }
        keep_newest(&slim, "std-", KEEP);
    }
    mark_used(&slim);
    Ok(Some(slim))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in fs::read_dir(from).map_err(Error::file(from))?.flatten() {
        let (name, source) = (entry.file_name(), entry.path());
        // Without its manifest rust-analyzer knows the crates by name; with it, it asks cargo, in vain.
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let target = to.join(&name);
        if source.is_dir() {
            copy(&source, &target)?;
        } else if fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target).map_err(Error::file(&target))?;
        }
    }
    Ok(())
}
