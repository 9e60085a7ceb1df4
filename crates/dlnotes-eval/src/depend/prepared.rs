//! The build that every session begins with: made once, never changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cache::{mark_used, private_directory, surplus};
use super::cargo::{self, Artifact, BuildError, Watch};
use super::graph::Graph;
use super::spec::Spec;
use super::stamp::{short_hash, stamp};
use super::workspace::{self, HOST, RUNTIME, RUSTFLAGS};
use super::{Libraries, Places, Toolchain, id};
use crate::{Error, Result};

/// How many prepared builds are kept.
const KEEP: usize = 4;

/// A prepared build, which may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    path: PathBuf,
    places: Places,
    helper: bool,
}

/// What is written down of a build, beside it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    /// With paths within the build.
    pub(super) artifacts: Vec<Artifact>,
    /// Which package needs which, see [`Graph`].
    pub(super) needs: BTreeMap<String, Vec<(String, String)>>,
}

impl Record {
    /// The libraries that were built for the machine that cells run on, and not for the compiler.
    pub(super) fn libraries<'a>(&'a self, target: &'a str) -> impl Iterator<Item = &'a Artifact> + Clone {
        let own = [HOST, RUNTIME];
        let is_own = move |artifact: &Artifact| own.contains(&id::package_name(&artifact.package_id));
        self.artifacts.iter().filter(move |artifact| artifact.is_library(target) && !is_own(artifact))
    }

    /// Whether a package is one of ours, in a folder.
    pub(super) fn is_local(&self, package: &str) -> bool {
        package.starts_with("path+") && self.artifacts.iter().any(|artifact| artifact.package_id == package)
    }

    /// The file of an artifact with the same name, within the build.
    fn file(&self, artifact: &Artifact) -> Option<&Path> {
        let name = artifact.metadata()?.file_name()?;
        let mut same = self.artifacts.iter().filter(|other| other.package_id == artifact.package_id);
        same.find_map(|other| other.metadata().filter(|file| file.file_name() == Some(name)))
    }

    /// Whether it has been built beforehand.
    pub(super) fn has(&self, artifact: &Artifact) -> bool {
        self.file(artifact).is_some()
    }
}

impl Prepared {
    /// The build with the toolchain and our crates as they are now; without the helper crate for a bare session.
    pub fn find(toolchain: &Toolchain, helper: bool) -> Result<Self> {
        Self::find_in(toolchain, Places::find()?, helper)
    }

    /// The same with a cache folder and crates of one's own.
    pub fn find_in(toolchain: &Toolchain, places: Places, helper: bool) -> Result<Self> {
        let path = places.cache.join("prepared").join(key(toolchain, &places, helper)?);
        Ok(Self { path, places, helper })
    }

    /// Whether it has been built.
    pub fn exists(&self) -> bool {
        self.record_file().is_file()
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Builds it unless it has been, and removes the oldest others.
    pub fn ensure(&self, toolchain: &Toolchain, watch: &dyn Watch) -> Result<Libraries, BuildError> {
        if !self.exists() {
            let _lock = self.lock(watch)?;
            // Another kernel may have built it while this one waited.
            if !self.exists() {
                self.build(toolchain, watch)?;
            }
        }
        mark_used(&self.path);
        Ok(self.libraries(toolchain)?)
    }

    /// Where cargo has built.
    pub(super) fn target(&self) -> PathBuf {
        self.path.join("target")
    }

    /// Its workspace.
    pub(super) fn workspace(&self) -> PathBuf {
        self.path.join("workspace")
    }

    /// The package that depends on what cells may use.
    pub(super) fn package(&self) -> PathBuf {
        self.workspace().join(workspace::RUNTIME_FOLDER)
    }

    /// Where crates are built that sessions add to it.
    pub(super) fn store(&self) -> PathBuf {
        self.places.cache.join("dependencies").join(self.path.file_name().unwrap_or_default())
    }

    /// The lines of a manifest for our crates.
    pub(super) fn helper_lines(&self) -> String {
        workspace::helper_lines(&self.places, self.helper)
    }

    /// The line of a manifest for `dlnotes-sweep`, without its command line.
    pub(super) fn sweep_line(&self) -> String {
        let of = match self.places.helper("dlnotes-sweep") {
            Some(folder) => format!("path = {}", toml::Value::from(folder.to_string_lossy().into_owned())),
            None => format!("version = {:?}", concat!("=", env!("CARGO_PKG_VERSION"))),
        };
        format!("dlnotes-sweep = {{ {of}, default-features = false }}\n")
    }

    /// The lock file that our crates were tested with.
    pub(super) fn tested_lock(&self) -> Option<PathBuf> {
        self.places.tested_lock()
    }

    /// Whether a `:dep` line asks for what every session has.
    pub(super) fn has(&self, spec: &Spec) -> Result<bool, BuildError> {
        let is_ours = matches!(spec.name.as_str(), "dlnotes" | "dlnotes-display" | "dlnotes_display");
        if !is_ours || (spec.name == "dlnotes" && !self.helper) {
            return Ok(false);
        }
        let name = spec.name.replace('_', "-");
        let version = env!("CARGO_PKG_VERSION");
        let is_version = |asked: &str| {
            let asked = asked.trim_start_matches(['=', '^', '~', ' ']);
            asked == "*" || version.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let is_it = match (spec.text("path"), spec.text("version")) {
            (Some(path), _) => Path::new(path).canonicalize().ok() == self.places.helper(&name),
            (None, Some(asked)) => is_version(asked),
            (None, None) => false,
        };
        match is_it && spec.table.keys().all(|key| key == "path" || key == "version") {
            true => Ok(true),
            false => Err(BuildError::Specification(format!(
                "every session has `{name}` {version} already, of which there can be only one: leave the line out"
            ))),
        }
    }

    /// The file of this build that another build of the same has found fresh.
    pub(super) fn file_of(&self, record: &Record, artifact: &Artifact) -> Option<PathBuf> {
        record.file(artifact).map(|file| self.path.join(file))
    }

    /// What is known of it.
    pub(super) fn record(&self) -> Result<Record> {
        let file = self.record_file();
        let json = fs::read(&file).map_err(Error::file(&file))?;
        serde_json::from_slice(&json).map_err(|error| Error::File { path: file, source: error.into() })
    }

    fn record_file(&self) -> PathBuf {
        self.path.join("built.json")
    }

    fn build(&self, toolchain: &Toolchain, watch: &dyn Watch) -> Result<(), BuildError> {
        // What an interrupted build left is a good start.
        let unfinished = Self { path: self.path.with_extension("unfinished"), ..self.clone() };
        let (workspace, target) = (unfinished.workspace(), unfinished.target());
        workspace::write(&workspace, &self.places, self.helper)?;
        let mut artifacts = cargo::build(toolchain, &workspace, &target, &["--workspace"], watch)?.artifacts;
        for artifact in &mut artifacts {
            artifact.filenames.retain_mut(|file| match file.strip_prefix(&unfinished.path) {
                Ok(path) => {
                    *file = path.to_owned();
                    true
                }
                Err(_) => false,
            });
        }
        let needs = Graph::resolve(toolchain, &workspace, true, watch)?.into_needs();
        let json = serde_json::to_vec(&Record { artifacts, needs })
            .map_err(|error| Error::File { path: self.record_file(), source: error.into() })?;
        let file = unfinished.record_file();
        fs::write(&file, json).map_err(Error::file(&file))?;
        if self.path.is_dir() {
            fs::remove_dir_all(&self.path).map_err(Error::file(&self.path))?;
        }
        fs::rename(&unfinished.path, &self.path).map_err(Error::file(&self.path))?;
        for old in surplus(&self.path, KEEP) {
            Self { path: old, ..self.clone() }.remove_unless_used();
        }
        Ok(())
    }

    /// Keeps it from being removed for as long as the answer lives.
    pub(super) fn in_use(&self) -> Result<File> {
        let path = self.path.with_extension("used");
        let file = File::create(&path).map_err(Error::file(&path))?;
        file.lock_shared().map_err(Error::file(&path))?;
        Ok(file)
    }

    /// Removes it with all that belongs to it. What can't be removed now is surplus the next time too.
    fn remove_unless_used(&self) {
        let used = self.path.with_extension("used");
        let Ok(file) = File::create(&used) else { return };
        if file.try_lock().is_ok() {
            let _ = fs::remove_dir_all(&self.path);
            let _ = fs::remove_dir_all(self.store());
            let _ = fs::remove_file(self.path.with_extension("lock"));
            let _ = fs::remove_file(used);
        }
    }

    /// Waits until no other kernel builds it.
    fn lock(&self, watch: &dyn Watch) -> Result<File, BuildError> {
        if let Some(parent) = self.path.parent() {
            private_directory(parent)?;
        }
        let path = self.path.with_extension("lock");
        let file = File::create(&path).map_err(Error::file(&path))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if watch.is_interrupted() => return Err(BuildError::Interrupted),
                Err(fs::TryLockError::WouldBlock) => {
                    watch.progress("waiting for another notebook that builds the same");
                    std::thread::sleep(Duration::from_millis(200));
                }
                Err(fs::TryLockError::Error(error)) => return Err(Error::file(&path)(error).into()),
            }
        }
    }

    fn libraries(&self, toolchain: &Toolchain) -> Result<Libraries> {
        let record = self.record()?;
        let built = |name: &str, extensions: &[&str]| {
            let mut artifacts = record.artifacts.iter().filter(|artifact| artifact.crate_name() == name);
            let file = artifacts.find_map(|artifact| artifact.file(extensions));
            file.map(|file| self.path.join(file)).ok_or_else(|| Error::Tool {
                tool: "cargo".into(),
                reason: format!("the prepared build in {} has no `{name}`", self.path.display()),
                advice: "remove that folder and restart the kernel",
            })
        };
        let release = |target: &str| self.target().join(target).join("release/deps");
        let own: &[&str] = if self.helper { &["dlnotes", "dlnotes_display"] } else { &["dlnotes_display"] };
        let mut externs = Vec::new();
        for name in own.iter().chain(&["tokio", "dlnotes_runtime"]) {
            externs.push(((*name).to_owned(), built(name, &["rmeta", "rlib"])?));
        }
        let mut load = Vec::new();
        let runtime = RUNTIME.replace('-', "_");
        for name in own[..own.len() - 1].iter().copied().chain([runtime.as_str()]) {
            load.push(built(name, &[std::env::consts::DLL_EXTENSION])?);
        }
        Ok(Libraries {
            externs,
            runtimes: Vec::new(),
            search: vec![release(toolchain.target()), self.target().join("release/deps")],
            load,
            library_path: vec![release(toolchain.target())],
            host: built(&HOST.replace('-', "_"), &[""])?,
            prelude: if self.helper { "use dlnotes::prelude::*;".into() } else { String::new() },
        })
    }
}

/// A name made of everything that a build depends on.
fn key(toolchain: &Toolchain, places: &Places, helper: bool) -> Result<String> {
    let mut parts: Vec<Vec<u8>> =
        [toolchain.version.as_str(), &toolchain.libraries.to_string_lossy(), env!("CARGO_PKG_VERSION"), RUSTFLAGS]
            .map(|part| part.as_bytes().to_vec())
            .into();
    parts.extend(workspace::files(places, helper).into_iter().map(|(_, text)| text.into_bytes()));
    if let Some(lock) = places.tested_lock() {
        parts.push(fs::read(&lock).map_err(Error::file(&lock))?);
    }
    for name in if helper { &["dlnotes", "dlnotes-derive", "dlnotes-display"][..] } else { &["dlnotes-display"] } {
        if let Some(directory) = places.helper(name) {
            stamp(&directory, &mut parts)?;
        }
    }
    Ok(short_hash(parts.iter().map(Vec::as_slice)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_session_uses_is_not_removed() {
        let cache = tempfile::tempdir().unwrap();
        let places = Places { cache: cache.path().to_owned(), crates: None };
        let build = |name: &str| Prepared { path: cache.path().join(name), places: places.clone(), helper: false };
        for name in ["used", "free"] {
            fs::create_dir_all(build(name).target()).unwrap();
            fs::create_dir_all(build(name).store()).unwrap();
        }
        let used = build("used").in_use().unwrap();
        let also = build("used").in_use().unwrap();
        build("used").remove_unless_used();
        build("free").remove_unless_used();
        assert!(build("used").target().is_dir() && build("used").store().is_dir());
        assert!(!build("free").path().exists() && !build("free").store().exists());
        drop((used, also));
        build("used").remove_unless_used();
        assert!(!build("used").path().exists());
    }
}
