//! Which package needs which, as cargo has resolved it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::cargo::{self, BuildError, Watch};
use super::{Toolchain, id};

/// The packages of a workspace, by cargo's names for them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// Of each package, the packages that its library needs, with the names under which its code uses them.
    needs: BTreeMap<String, Vec<(String, String)>>,
}

impl Graph {
    /// Resolves what the workspace `directory` asks for; this writes its lock file.
    pub(super) fn resolve(
        toolchain: &Toolchain,
        directory: &Path,
        offline: bool,
        watch: &dyn Watch,
    ) -> Result<Self, BuildError> {
        let mut arguments = vec!["metadata", "--format-version=1", "--filter-platform", toolchain.target()];
        arguments.extend(offline.then_some("--offline"));
        let mut json = Vec::new();
        cargo::run(cargo::command(toolchain, directory, &arguments), watch, |line| json.extend_from_slice(line))?;
        let metadata: Metadata =
            serde_json::from_slice(&json).map_err(|error| BuildError::Cargo(format!("`cargo metadata`: {error}")))?;
        let is_normal = |need: &Need| need.dep_kinds.iter().any(|kind| kind.kind.is_none());
        let needs = |node: Node| (node.id, node.deps.into_iter().filter(is_normal).map(|n| (n.name, n.pkg)).collect());
        Ok(Self { needs: metadata.resolve.nodes.into_iter().map(needs).collect() })
    }

    /// What a package needs itself: the name in its code, and the package.
    pub(super) fn needs_of(&self, package: &str) -> &[(String, String)] {
        self.needs.get(package).map(Vec::as_slice).unwrap_or_default()
    }

    /// The package of this name that isn't a registry's.
    pub(super) fn local(&self, name: &str) -> Option<&str> {
        let is_local = |id: &&String| id.starts_with("path+") && id::package_name(id) == name;
        self.needs.keys().find(is_local).map(String::as_str)
    }

    /// All packages below these, and they themselves.
    pub(super) fn below<'a>(&'a self, packages: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut left: Vec<&str> = packages.into_iter().collect();
        while let Some(package) = left.pop() {
            if found.insert(package) {
                left.extend(self.needs_of(package).iter().map(|(_, package)| package.as_str()));
            }
        }
        found
    }

    /// In a form to keep.
    pub(super) fn into_needs(self) -> BTreeMap<String, Vec<(String, String)>> {
        self.needs
    }

    /// From the form that was kept.
    pub(super) fn from_needs(needs: BTreeMap<String, Vec<(String, String)>>) -> Self {
        Self { needs }
    }
}

/// The features with which each library would be built; by `NAME vVERSION`.
pub(super) fn features(
    toolchain: &Toolchain,
    directory: &Path,
    watch: &dyn Watch,
) -> Result<BTreeMap<String, BTreeSet<String>>, BuildError> {
    let arguments =
        ["tree", "--edges=normal", "--prefix=none", "--no-dedupe", "--format={p}|{f}", "--offline", "--workspace"];
    let mut command = cargo::command(toolchain, directory, &arguments);
    command.args(["--target", toolchain.target()]);
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    cargo::run(command, watch, |line| {
        let line = String::from_utf8_lossy(line);
        let (package, list) = line.trim().split_once('|').unwrap_or_default();
        let name = package.split(' ').take(2).collect::<Vec<_>>().join(" ");
        features.entry(name).or_default().extend(list.split(',').filter(|f| !f.is_empty()).map(str::to_owned));
    })?;
    Ok(features)
}

#[derive(Deserialize)]
struct Metadata {
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Need>,
}

#[derive(Deserialize)]
struct Need {
    name: String,
    pkg: String,
    dep_kinds: Vec<Kind>,
}

/// `None` for what isn't only for build scripts or tests.
#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}
