//! Files from Debian's packages, unpacked into the project's own folder: nothing is installed, and it takes no root.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use duct::cmd;

use crate::project::Project;
use crate::steps::Step;

/// Whether there is an apt to ask.
pub(crate) fn is_here() -> bool {
    ["apt-get", "dpkg-deb"].iter().all(|program| which::which(program).is_ok())
}

/// Whether this is root, who alone can fetch apt's lists of packages.
pub(crate) fn is_root() -> bool {
    cmd!("id", "-u").stderr_null().read().is_ok_and(|id| id == "0")
}

/// Where [`unpack`] puts a package: its `usr` and so on are in there.
pub(crate) fn unpacked(project: &Project, package: &str) -> PathBuf {
    project.path(".tools/debian").join(package)
}

/// Downloads a package, whose signature apt checks, and unpacks it; the folder in which its `usr` is.
pub(crate) fn unpack(step: &mut Step, project: &Project, package: &str) -> Result<PathBuf> {
    let download = project.tools("build/debian")?.join(package);
    fs::create_dir_all(&download).with_context(|| format!("cannot create {}", download.display()))?;
    let log = format!("apt-{package}");
    let get = cmd!("apt-get", "download", package).dir(&download);
    step.run(project, &log, &get).or_else(|error| {
        // Without lists there is no such package.
        if !is_root() {
            return Err(error);
        }
        step.run(project, &log, &cmd!("apt-get", "update"))?;
        step.run(project, &log, &get)
    })?;
    let file =
        newest(&download, "deb").with_context(|| format!("apt-get left no package in {}", download.display()))?;
    let whole = download.join("unpacked");
    step.run(project, &log, &cmd!("dpkg-deb", "--extract", &file, &whole))?;
    let folder = project.tools("debian")?.join(package);
    fs::create_dir_all(folder.parent().unwrap_or(&folder))?;
    // Only now is it there: what is cut short before this begins again.
    fs::rename(&whole, &folder).with_context(|| format!("cannot move {} to {}", whole.display(), folder.display()))?;
    fs::remove_dir_all(&download)?;
    Ok(folder)
}

fn newest(folder: &Path, extension: &str) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .max_by_key(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
}
