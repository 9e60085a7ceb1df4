//! The crates that a reader adds to a session.
//!
//! They are a package of their own, so that cargo unites features within the user's crates alone: what agrees with a
//! loaded crate in version and features is that crate, everything else lies beside it. Nothing that is loaded is ever
//! built again or replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::cargo::{self, Artifact, BuildError, Built, Linked, Watch};
use super::graph::{self, Graph};
use super::join::Joint;
use super::loaded::{Loaded, Outcome};
use super::package::{self, Package};
use super::prepared::Record;
use super::spec::Spec;
use super::{Added, Libraries, Prepared, Toolchain, id, runtimes, store, workspace};
use crate::{Error, Result};

/// The crates of a session.
#[derive(Debug)]
pub struct Dependencies {
    toolchain: Toolchain,
    prepared: Prepared,
    /// Keeps it from being removed.
    _in_use: File,
    /// What every session has.
    base: Libraries,
    /// What this one has.
    libraries: Libraries,
    /// The session's own folder.
    folder: PathBuf,
    /// The notebook's.
    directory: PathBuf,
    offline: bool,
    specs: Vec<Spec>,
    loaded: Vec<Loaded>,
    /// How often packages in the user's folders have changed.
    generations: BTreeMap<String, i64>,
    /// How many times something was built.
    steps: usize,
}

impl Dependencies {
    /// For a session that has a folder of its own; its crates' folders are relative to the notebook's `directory`.
    pub fn new(
        toolchain: Toolchain,
        prepared: Prepared,
        libraries: Libraries,
        folder: &Path,
        directory: &Path,
    ) -> Result<Self> {
        Ok(Self {
            _in_use: prepared.in_use()?,
            toolchain,
            prepared,
            base: libraries.clone(),
            libraries,
            folder: folder.join("dependencies"),
            directory: directory.to_owned(),
            offline: false,
            specs: Vec::new(),
            loaded: Vec::new(),
            generations: BTreeMap::new(),
            steps: 0,
        })
    }

    /// What rustc and the process that runs cells need.
    pub fn libraries(&self) -> &Libraries {
        &self.libraries
    }

    /// The packages whose dependencies cells can name: those that every session has, and the one of the `:dep` lines.
    pub fn packages(&self) -> Vec<PathBuf> {
        let added = (!self.specs.is_empty()).then(|| self.package());
        std::iter::once(self.prepared.package()).chain(added).collect()
    }

    fn package(&self) -> PathBuf {
        self.folder.join("package")
    }

    /// Whether the network may be used.
    pub fn set_offline(&mut self, offline: bool) {
        self.offline = offline;
    }

    /// The `[dependencies]` of a package that has what the session has, except the runtime of asynchronous cells; with
    /// `dlnotes-sweep` if it is a trial of sweeps.
    pub fn manifest(&self, is_trial: bool) -> String {
        let sweep = if is_trial { self.prepared.sweep_line() } else { String::new() };
        self.prepared.helper_lines() + &package::dependencies(&self.specs) + &sweep
    }

    /// The line of a manifest for the runtime of asynchronous cells; empty if the reader has asked for it.
    pub fn runtime(&self) -> String {
        let is_asked_for = self.specs.iter().any(|spec| spec.name == "tokio");
        if is_asked_for { String::new() } else { format!("tokio = {}\n", workspace::TOKIO) }
    }

    /// A lock file with the session's versions, and for a trial those that `dlnotes-sweep` was tested with.
    pub fn lock(&self, is_trial: bool) -> Option<String> {
        let own = self.folder.join("Cargo.lock");
        let lock = if own.is_file() { own } else { self.prepared.workspace().join("Cargo.lock") };
        let tested = self.prepared.tested_lock().filter(|_| is_trial).and_then(|path| fs::read_to_string(path).ok());
        Some(package::united(&fs::read_to_string(lock).ok()?, &tested.unwrap_or_default()))
    }

    /// As if nothing had been added; for a process that has loaded nothing.
    pub fn clear(&mut self) {
        self.specs.clear();
        self.loaded.clear();
        self.libraries = self.base.clone();
        // An export without it has the versions of the prepared build.
        let _ = fs::remove_file(self.folder.join("Cargo.lock"));
    }

    /// Adds what the `:dep` lines of a cell ask for, all at once. If that fails, nothing has been asked for.
    pub fn add(&mut self, lines: &[String], watch: &dyn Watch) -> Result<Added, BuildError> {
        let mut specs = self.specs.clone();
        for line in lines {
            let spec = Spec::parse(line, &self.directory)?;
            if self.prepared.has(&spec)? {
                continue;
            }
            match specs.iter_mut().find(|other| other.name == spec.name) {
                Some(other) => *other = spec,
                None => specs.push(spec),
            }
        }
        let changed = self.changed();
        if specs == self.specs && changed.is_empty() && !self.loaded.iter().any(Loaded::has_build_script) {
            return Ok(Added::default());
        }
        for package in changed {
            *self.generations.entry(package).or_default() += 1;
        }
        self.steps += 1;
        let result = self.build(&specs, watch);
        if result.is_ok() {
            self.specs = specs;
        }
        result
    }

    /// Packages in the user's folders whose sources have changed since they were loaded.
    fn changed(&self) -> BTreeSet<String> {
        self.loaded.iter().filter(|loaded| loaded.has_changed()).map(|loaded| loaded.package.clone()).collect()
    }

    fn build(&mut self, specs: &[Spec], watch: &dyn Watch) -> Result<Added, BuildError> {
        let record = self.prepared.record()?;
        let package = self.package();
        fs::create_dir_all(&package).map_err(Error::file(&package))?;
        store::begin(&self.prepared.target(), &self.prepared.store())?;
        loop {
            let (graph, built) = self.compile(specs, &record, &package, watch)?;
            let outcome =
                Outcome { graph: &graph, built: &built, record: &record, target: self.toolchain.target().to_owned() };
            let again = self.replaced_in_place(&outcome);
            if again.is_empty() {
                let added = self.take_in(specs, &outcome, watch)?;
                self.keep_lock(&package)?;
                return Ok(added);
            }
            for package in again {
                *self.generations.entry(package).or_default() += 1;
            }
        }
    }

    fn compile(
        &self,
        specs: &[Spec],
        record: &Record,
        package: &Path,
        watch: &dyn Watch,
    ) -> Result<(Graph, Built), BuildError> {
        let lock = package.join("Cargo.lock");
        let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let prepared = text(&self.prepared.workspace().join("Cargo.lock"));
        let own = text(&self.folder.join("Cargo.lock"));
        fs::write(&lock, package::united(&own, &prepared)).map_err(Error::file(&lock))?;
        Package { specs, pins: Vec::new(), generations: &BTreeMap::new() }.write(package)?;
        let (graph, no_network) = match Graph::resolve(&self.toolchain, package, self.offline, watch) {
            // What was used before on this machine can be had without a network.
            Err(error) if !self.offline && error.is_no_network() => {
                match Graph::resolve(&self.toolchain, package, true, watch) {
                    Ok(graph) => (graph, Some(error)),
                    Err(_) => return Err(error.in_words()),
                }
            }
            result => (result.map_err(BuildError::in_words)?, None),
        };
        let needed = graph.local(id::NAME).map(|root| graph.below([root])).unwrap_or_default();
        let needs = Graph::from_needs(record.needs.clone());
        let pins = package::pins(record.libraries(self.toolchain.target()), &needs, &needed);
        Package { specs, pins, generations: &self.generations }.write(package)?;
        if let Some(helper) = needed.iter().find(|id| record.is_local(id)) {
            self.is_as_loaded(helper, record, package, watch)?;
        }
        let mut arguments = vec!["--package", id::NAME, "--package", package::PINS];
        arguments.extend((self.offline || no_network.is_some()).then_some("--offline"));
        let built = cargo::build(&self.toolchain, package, &self.prepared.store(), &arguments, watch);
        let built = built.map_err(|error| match no_network {
            Some(first) if matches!(error, BuildError::Cargo(_)) => first.in_words(),
            _ => error.in_words(),
        })?;
        Ok((graph, built))
    }

    /// Whether a crate of ours, which the user's crates use, would be built as it is loaded: there can be only one.
    fn is_as_loaded(&self, helper: &str, record: &Record, package: &Path, watch: &dyn Watch) -> Result<(), BuildError> {
        let features = graph::features(&self.toolchain, package, watch)?;
        let needs = Graph::from_needs(record.needs.clone());
        let below = needs.below([helper]);
        for artifact in record.libraries(self.toolchain.target()).filter(|a| below.contains(a.package_id.as_str())) {
            let name = id::package_name(&artifact.package_id);
            let key = format!("{name} v{}", id::package_version(&artifact.package_id));
            let loaded: BTreeSet<&str> = artifact.features.iter().map(String::as_str).collect();
            if features.get(&key).is_some_and(|asked| !asked.iter().all(|feature| loaded.contains(feature.as_str()))) {
                let helper = id::package_name(helper);
                return Err(BuildError::Specification(format!(
                    "these crates need `{name}` with other features than `{helper}` has been built with, and they use \
                     `{helper}`, of which there can be only one in a session"
                )));
            }
        }
        Ok(())
    }

    /// The user's packages that are loaded and that were built again under the same name: they have changed in a way
    /// that we didn't see.
    fn replaced_in_place(&self, outcome: &Outcome<'_>) -> BTreeSet<String> {
        let new = |artifact: &&Artifact| self.find(artifact).is_some_and(|loaded| !loaded.is(artifact));
        outcome.own().filter(new).map(|artifact| artifact.package_id.clone()).collect()
    }

    /// Of what is loaded, what an artifact is.
    fn find(&self, artifact: &Artifact) -> Option<&Loaded> {
        let generation = self.generation(&artifact.package_id);
        self.loaded.iter().find(|loaded| loaded.generation == generation && loaded.has_name_of(artifact))
    }

    fn generation(&self, package: &str) -> i64 {
        self.generations.get(package).copied().unwrap_or_default()
    }

    /// Links what is new, and has it all from now on.
    fn take_in(&mut self, specs: &[Spec], outcome: &Outcome<'_>, watch: &dyn Watch) -> Result<Added, BuildError> {
        let folder = self.folder.join(format!("step{}", self.steps));
        // A step that was interrupted before may have left one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let (mut new, mut tokios) = (Vec::new(), Vec::new());
        for artifact in outcome.own() {
            if self.find(artifact).is_none() {
                tokios.extend(runtimes::is_one(artifact).then_some(artifact));
                new.push(Loaded::keep(artifact, self.generation(&artifact.package_id), &folder)?);
            }
        }
        let mut libraries = self.libraries.clone();
        libraries.search.push(folder.clone());
        libraries.library_path.push(folder.clone());
        let needed = outcome.needed();
        let crates: Vec<(String, PathBuf)> = new
            .iter()
            .filter(|loaded| !loaded.is_macro && needed.contains(loaded.package.as_str()))
            .map(|loaded| (loaded.package.clone(), loaded.code().to_owned()))
            .collect();
        let mut added = Added::default();
        if !crates.is_empty() {
            let earlier: Vec<_> =
                libraries.load.iter().map(|file| (file.display().to_string(), file.clone())).collect();
            let is_new = |linked: &&Linked| crates.iter().any(|(package, _)| *package == linked.package_id);
            let linked: Vec<&Linked> = outcome.built.linked.iter().filter(is_new).collect();
            let name = format!("dlnotes_session_{}", self.steps);
            tokios.retain(|tokio| crates.iter().any(|(package, _)| *package == tokio.package_id));
            let joint = Joint {
                name: &name,
                crates: &crates,
                earlier: &earlier,
                search: &libraries.search,
                linked: &linked,
                tokios: &tokios,
            };
            let library = joint.make(&self.toolchain, &folder, watch)?;
            libraries.runtimes.extend((!tokios.is_empty()).then(|| (name.clone(), library.clone())));
            added.load.push(library);
            libraries.load.extend(added.load.iter().cloned());
        }
        libraries.externs = self.base.externs.clone();
        for (name, file) in self.externs(specs, outcome, &new)? {
            libraries.externs.retain(|(other, _)| *other != name);
            libraries.externs.push((name, file));
        }
        let is_other = |(name, file): &(String, PathBuf)| {
            self.libraries.externs.iter().any(|(other, old)| other == name && old != file)
        };
        added.replaced =
            libraries.externs.iter().filter(|r#extern| is_other(r#extern)).map(|(name, _)| name.clone()).collect();
        self.loaded.extend(new);
        self.libraries = libraries;
        Ok(added)
    }

    /// Name and file of each crate that the reader has asked for.
    fn externs(
        &self,
        specs: &[Spec],
        outcome: &Outcome<'_>,
        new: &[Loaded],
    ) -> Result<Vec<(String, PathBuf)>, BuildError> {
        let needs = outcome.graph.local(id::NAME).map(|root| outcome.graph.needs_of(root)).unwrap_or_default();
        let mut externs = Vec::new();
        for (name, package) in needs {
            let artifact = outcome.library(package).ok_or_else(|| no_library(package))?;
            let is_it = |loaded: &&Loaded| {
                loaded.has_name_of(artifact) && loaded.generation == self.generation(&artifact.package_id)
            };
            let own = new.iter().chain(&self.loaded).find(is_it).map(|loaded| loaded.metadata().to_owned());
            let file = own.or_else(|| self.prepared.file_of(outcome.record, artifact));
            externs.push((name.clone(), file.ok_or_else(|| no_library(package))?));
        }
        // Cargo leaves out what has no library.
        let is_there = |spec: &&Spec| {
            let package = spec.text("package").unwrap_or(&spec.name);
            needs.iter().any(|(_, id)| id::package_name(id) == package)
        };
        match specs.iter().find(|spec| !is_there(spec)) {
            Some(spec) => Err(no_library(&spec.name)),
            None => Ok(externs),
        }
    }

    fn keep_lock(&self, package: &Path) -> Result<()> {
        let text = |path: &Path| fs::read_to_string(path).map_err(Error::file(path));
        let own = text(&package.join("Cargo.lock"))?;
        let prepared = text(&self.prepared.workspace().join("Cargo.lock"))?;
        let lock = self.folder.join("Cargo.lock");
        fs::write(&lock, package::united(&own, &prepared)).map_err(Error::file(&lock))
    }
}

fn no_library(package: &str) -> BuildError {
    let name = id::package_name(package);
    BuildError::Specification(format!("the package `{name}` has no library that a cell could use"))
}
