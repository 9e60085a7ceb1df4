//! Where prepared things and kernels' own directories are kept.

use std::path::PathBuf;

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
    std::fs::create_dir_all(&directory).map_err(Error::file(&directory))?;
    Ok(directory)
}
