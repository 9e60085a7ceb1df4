//! The user's crates that a session has loaded, and what a build says of them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cargo::{Artifact, Built};
use super::graph::Graph;
use super::id::{NAME, package_folder, package_name};
use super::prepared::Record;
use super::{package, store};
use crate::Result;

/// A crate that a session has loaded, or macros that rustc loads for it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Cargo's name for the package.
    pub(super) package: String,
    /// Which state of the package it is, see [`Package`](package::Package).
    pub(super) generation: i64,
    /// Whether it is macros.
    pub(super) is_macro: bool,
    /// Its files, in the session's folder.
    files: Vec<PathBuf>,
    /// What it was made of, if it isn't from a registry.
    sources: Vec<(PathBuf, Option<SystemTime>)>,
}

impl Loaded {
    /// Keeps what was built in a session's `folder`.
    pub(super) fn keep(artifact: &Artifact, generation: i64, folder: &Path) -> Result<Self> {
        let has_rlib = artifact.file(&["rlib"]).is_some();
        // Of a crate that is a shared library too the other form is taken: it goes into the session's.
        let is_needed = |file: &&PathBuf| match file.extension().and_then(|extension| extension.to_str()) {
            Some("rlib" | "rmeta") => true,
            Some(extension) => extension == std::env::consts::DLL_EXTENSION && !has_rlib,
            None => false,
        };
        let mut files = Vec::new();
        for file in artifact.filenames.iter().filter(is_needed) {
            files.push(store::keep(file, folder)?);
        }
        let is_local = artifact.package_id.starts_with("path+");
        let sources = if is_local { sources(artifact) } else { Vec::new() };
        Ok(Self { package: artifact.package_id.clone(), generation, is_macro: artifact.is_macro(), files, sources })
    }

    /// The file that says what is in it.
    pub(super) fn metadata(&self) -> &Path {
        self.with(&["rmeta", "rlib"])
    }

    /// The file that holds its code.
    pub(super) fn code(&self) -> &Path {
        self.with(&["rlib"])
    }

    fn with(&self, extensions: &[&str]) -> &Path {
        let with = |extension: &&str| self.files.iter().find(|file| file.extension().is_some_and(|e| e == *extension));
        extensions.iter().find_map(with).or(self.files.first()).map_or(Path::new(""), PathBuf::as_path)
    }

    /// Whether an artifact has the same name: cargo gives another one to what differs in version, features or flags.
    pub(super) fn has_name_of(&self, artifact: &Artifact) -> bool {
        let name = artifact.metadata().and_then(Path::file_name);
        self.package == artifact.package_id && self.files.iter().any(|file| file.file_name() == name)
    }

    /// Whether an artifact of the same name is the same, also inside.
    pub(super) fn is(&self, artifact: &Artifact) -> bool {
        let file = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
        let copies_differ = |path: &Path| fs::metadata(path).ok().map(|file| file.len());
        let Some(built) = artifact.metadata() else { return true };
        let is_local = !self.sources.is_empty();
        !is_local || file(built) == file(self.metadata()) || {
            // Where there are no links, copies of the same have the same length.
            fs::metadata(self.metadata()).is_ok_and(|kept| kept.nlink() == 1)
                && copies_differ(built) == copies_differ(self.metadata())
        }
    }

    /// Whether what it was made of has changed.
    pub(super) fn has_changed(&self) -> bool {
        self.sources.iter().any(|(file, time)| modified(file) != *time)
    }

    /// Whether only cargo knows what it was made of.
    pub(super) fn has_build_script(&self) -> bool {
        let is_script = |file: &Path| file.file_name().is_some_and(|name| name == "build.rs") && file.is_file();
        self.sources.iter().any(|(file, _)| is_script(file))
    }
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// The files that a crate was made of: rustc has written them down beside it.
fn sources(artifact: &Artifact) -> Vec<(PathBuf, Option<SystemTime>)> {
    let listed = artifact.metadata().and_then(|file| {
        let name = file.file_stem()?.to_str()?;
        let name = name.strip_prefix(std::env::consts::DLL_PREFIX).unwrap_or(name);
        fs::read_to_string(deps(file).join(format!("{name}.d"))).ok()
    });
    let folder = package_folder(&artifact.package_id).unwrap_or_default();
    let mut files: BTreeSet<PathBuf> = ["Cargo.toml", "build.rs"].iter().map(|name| folder.join(name)).collect();
    files.extend(listed.iter().flat_map(|listed| prerequisites(listed)).map(|file| folder.join(file)));
    files.into_iter().map(|file| (file.clone(), modified(&file))).collect()
}

/// Where rustc has written to: cargo puts a second link to some libraries one folder further up.
fn deps(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new(""));
    if folder.ends_with("deps") { folder.to_owned() } else { folder.join("deps") }
}

/// The files behind the colon of a rule of make's.
fn prerequisites(rules: &str) -> Vec<PathBuf> {
    let line = rules.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, files)| files);
    // A space in a name has a backslash before it.
    let files = line.replace("\\ ", "\0");
    files.split(' ').filter(|file| !file.is_empty()).map(|file| file.replace('\0', " ").into()).collect()
}

/// What cargo has made of the session's package.
pub(super) struct Outcome<'a> {
    /// What it needs.
    pub(super) graph: &'a Graph,
    /// What was built or found built.
    pub(super) built: &'a Built,
    /// What had been built before.
    pub(super) record: &'a Record,
    /// Cargo's name for the machine that cells run on.
    pub(super) target: String,
}

impl<'a> Outcome<'a> {
    /// The crates that no prepared build has, and macros.
    pub(super) fn own(&self) -> impl Iterator<Item = &'a Artifact> {
        let record = self.record;
        self.built.artifacts.iter().filter(move |artifact| {
            let is_session = [NAME, package::PINS].contains(&package_name(&artifact.package_id));
            (artifact.is_library(&self.target) || artifact.is_macro()) && !is_session && !record.has(artifact)
        })
    }

    /// All packages that the user's crates are, or need.
    pub(super) fn needed(&self) -> BTreeSet<&'a str> {
        self.graph.local(NAME).map(|root| self.graph.below([root])).unwrap_or_default()
    }

    /// The library of a package.
    pub(super) fn library(&self, package: &str) -> Option<&'a Artifact> {
        let mut artifacts = self.built.artifacts.iter().filter(|artifact| artifact.package_id == package);
        artifacts.find(|artifact| artifact.is_library(&self.target) || artifact.is_macro())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_spaces_are_read() {
        let rules = "/t/deps/libmine-1.rlib: /my notes/src/lib.rs /a/b.txt\n\n/a/b.txt:\n".replace("my n", "my\\ n");
        assert_eq!(prerequisites(&rules), [PathBuf::from("/my notes/src/lib.rs"), PathBuf::from("/a/b.txt")]);
    }
}
