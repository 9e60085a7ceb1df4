//! Where a rust-analyzer is.

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::depend::cache_directory;

/// Names a rust-analyzer, before all others.
pub const VARIABLE: &str = "DLNOTES_RUST_ANALYZER";

const NAME: &str = "rust-analyzer";

/// Where a rust-analyzer lies that was built for cells: below the folder of prepared things, as `cargo install --root` leaves
/// it.
pub fn built() -> Vec<PathBuf> {
    cache_directory().map(|cache| cache.join("rust-analyzer/bin").join(NAME)).into_iter().collect()
}

/// See [`Program::find`](super::Program::find).
pub(super) fn find(sysroot: Option<&Path>, built: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(std::env::var_os(VARIABLE).as_deref(), sysroot, &path, built)
}

fn find_in(named: Option<&OsStr>, sysroot: Option<&Path>, path: &OsStr, built: &[PathBuf]) -> Option<PathBuf> {
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        if !is_program(&named) {
            log::warn!("completion: {VARIABLE} names {}, which can't be run", named.display());
            return None;
        }
        return Some(named);
    }
    let component = sysroot.map(|sysroot| sysroot.join("bin").join(NAME));
    let on_path = std::env::split_paths(path).map(|folder| folder.join(NAME)).filter(|program| !is_rustup(program));
    component.into_iter().chain(on_path).chain(built.iter().cloned()).find(|program| is_program(program))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Whether it is rustup's stand-in, which is there even where the component isn't installed.
fn is_rustup(program: &Path) -> bool {
    let Ok(real) = program.canonicalize() else { return false };
    if real.file_name().is_some_and(|name| name == "rustup" || name == "rustup-init") {
        return true;
    }
    // Some installers make hard links, and some copies.
    let rustup = program.with_file_name("rustup").metadata();
    let same =
        |a: std::fs::Metadata, b: std::fs::Metadata| (a.ino(), a.dev()) == (b.ino(), b.dev()) || a.len() == b.len();
    rustup.ok().zip(real.metadata().ok()).is_some_and(|(rustup, program)| same(rustup, program))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn program(path: &Path, text: &str) -> PathBuf {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_owned()
    }

    #[test]
    fn rustups_stand_in_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let cargo = folder.path().join("cargo/bin");
        program(&cargo.join("rustup"), "rustup");
        fs::hard_link(cargo.join("rustup"), cargo.join(NAME)).unwrap();
        let path = cargo.clone().into_os_string();
        assert_eq!(find_in(None, None, &path, &[]), None);
        // A link does the same.
        fs::remove_file(cargo.join(NAME)).unwrap();
        std::os::unix::fs::symlink("rustup", cargo.join(NAME)).unwrap();
        assert_eq!(find_in(None, None, &path, &[]), None);
        let built = program(&folder.path().join("built").join(NAME), "built");
        assert_eq!(find_in(None, None, &path, std::slice::from_ref(&built)), Some(built));
        // The component comes before the PATH.
        let component = program(&folder.path().join("toolchain/bin").join(NAME), "the component");
        let other = program(&folder.path().join("usr/bin").join(NAME), "another one");
        let both = std::env::join_paths([&cargo, other.parent().unwrap()]).unwrap();
        assert_eq!(find_in(None, None, &both, &[]), Some(other));
        assert_eq!(find_in(None, Some(&folder.path().join("toolchain")), &both, &[]), Some(component));
    }

    #[test]
    fn the_one_that_is_named_is_the_one() {
        let folder = tempfile::tempdir().unwrap();
        let named = program(&folder.path().join("mine"), "mine");
        assert_eq!(find_in(Some(named.as_os_str()), None, OsStr::new(""), &[]), Some(named.clone()));
        assert_eq!(find_in(Some(OsStr::new("/nowhere")), None, OsStr::new(""), &[named]), None);
    }
}
