//! What this machine's Rust is, and where it keeps things.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use duct::cmd;
use serde_json::Value;

use crate::project::Project;

/// Everything that `rustc -vV` says: whatever was compiled by another one must be compiled again.
pub(crate) fn identity() -> Result<String> {
    cmd!("rustc", "-vV").read().context("cannot run rustc")
}

/// The target that it compiles for unless told otherwise.
pub(crate) fn host() -> Result<String> {
    let identity = identity()?;
    let host = identity.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Ok(host.to_owned())
}

/// The folder of the standard library's compiled parts.
pub(crate) fn libraries() -> Result<PathBuf> {
    print("target-libdir")
}

/// The folder that the toolchain lies in.
pub(crate) fn sysroot() -> Result<PathBuf> {
    print("sysroot")
}

fn print(what: &str) -> Result<PathBuf> {
    Ok(cmd!("rustc", "--print", what).stderr_null().read().context("cannot run rustc")?.into())
}

/// Its version in words, if it is the one that the project asks for or newer.
pub(crate) fn good_enough(project: &Project) -> Result<String> {
    let version = cmd!("rustc", "--version").read().context("cannot run rustc")?;
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).context("cannot read Cargo.toml")?;
    let manifest: toml::Table = manifest.parse().context("Cargo.toml")?;
    let needed = manifest["workspace"]["package"]["rust-version"].as_str().unwrap_or_default();
    let have = version.split_whitespace().nth(1).unwrap_or_default().split('-').next().unwrap_or_default();
    if numbers(have) < numbers(needed) {
        bail!("{have} is older than {needed}");
    }
    Ok(version)
}

/// A version as numbers, of which later ones are larger.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// Where cargo puts what it builds in this repository.
pub(crate) fn target_directory(project: &Project) -> Result<PathBuf> {
    let metadata = cmd!("cargo", "metadata", "--no-deps", "--format-version", "1").dir(&project.root).read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo metadata names no target directory")
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn later_versions_are_larger() {
        assert!(numbers("1.100.0") > numbers("1.95") && numbers("1.95.0") > numbers("1.95"));
    }
}
