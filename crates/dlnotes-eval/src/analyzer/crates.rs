//! The crates that cells can name, with the ones below them, as `cargo metadata` describes them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::index::CrateSource;

/// The table in a package's manifest, and the list in it: `[package.metadata.dlnotes-kernel] interface = ["ndarray"]`
/// names every crate, at any depth, whose types or traits a user of the package can meet.
const TABLE: &str = "dlnotes-kernel";
const LIST: &str = "interface";

/// A crate with its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crate {
    /// The package's name, for people.
    pub name: String,
    /// Its `lib.rs`.
    pub root: PathBuf,
    /// Such as `2024`.
    pub edition: String,
    /// Its features that are on.
    pub features: Vec<String>,
    /// Whether it is a procedural macro.
    pub is_macro: bool,
    /// Whether its author says which crates show in it, so that everything below it does.
    pub has_interface: bool,
    /// The crates that it names: its name for each, and which one.
    pub dependencies: Vec<(String, usize)>,
}

/// The crates of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crates {
    /// All of them.
    pub list: Vec<Crate>,
    /// Those that a cell can name: the name, and which one.
    pub named: Vec<(String, usize)>,
}

impl Crates {
    /// The crates that a package depends on, from what `cargo metadata --format-version 1` says in its folder.
    ///
    /// What can't matter to the type of anything in a cell is left out: dependencies of build scripts and tests, what
    /// procedural macros are made of, and below a package with an `interface` what it doesn't name there.
    pub fn from_metadata(metadata: &Value) -> Self {
        let packages = by_id(&metadata["packages"]);
        let nodes = by_id(&metadata["resolve"]["nodes"]);
        let Some(root) = metadata["resolve"]["root"].as_str() else { return Self::default() };
        let kept = kept(root, &packages, &nodes);
        let mut crates = Self::default();
        let mut numbers = BTreeMap::new();
        for id in &kept {
            let found = packages.get(id).zip(nodes.get(id)).and_then(|(package, node)| described(package, node));
            if let Some(found) = found {
                numbers.insert(*id, crates.list.len());
                crates.list.push(found);
            }
        }
        let dependencies = |id: &str| -> Vec<(String, usize)> {
            let deps = nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
            let deps = deps.filter(|dep| is_for_use(dep));
            deps.filter_map(|dep| Some((dep["name"].as_str()?.to_owned(), *numbers.get(dep["pkg"].as_str()?)?)))
                .collect()
        };
        for (id, number) in &numbers {
            crates.list[*number].dependencies = dependencies(id);
        }
        crates.named = dependencies(root);
        crates
    }

    /// Adds those of another package, whose names come before the ones that are here.
    pub fn add(&mut self, other: &Self) {
        let mut numbers = Vec::new();
        for found in &other.list {
            let same = |known: &Crate| known.root == found.root && known.features == found.features;
            let number = self.list.iter().position(same).unwrap_or(self.list.len());
            if number == self.list.len() {
                self.list.push(found.clone());
            }
            numbers.push(number);
        }
        let here = |dependencies: &[(String, usize)]| -> Vec<(String, usize)> {
            dependencies.iter().map(|(name, number)| (name.clone(), numbers[*number])).collect()
        };
        for (found, number) in other.list.iter().zip(&numbers) {
            self.list[*number].dependencies = here(&found.dependencies);
        }
        self.named.retain(|(name, _)| other.named.iter().all(|(new, _)| new != name));
        self.named.extend(here(&other.named));
    }

    /// The crates that an index is made of: those that a cell can name, and what shows in them. Of a crate that doesn't
    /// say what that is, it is the crates right below.
    pub fn sources(&self) -> Vec<CrateSource> {
        let mut seen = BTreeSet::new();
        let mut waiting: VecDeque<(&str, usize, usize)> =
            self.named.iter().map(|(name, number)| (name.as_str(), *number, 1)).collect();
        let mut sources = Vec::new();
        while let Some((name, number, depth)) = waiting.pop_front() {
            let Some(found) = self.list.get(number).filter(|found| !found.is_macro) else { continue };
            if !seen.insert(number) {
                continue;
            }
            sources.push(CrateSource { name: name.to_owned(), root: found.root.clone() });
            let below = if found.has_interface { usize::MAX } else { depth };
            if below > 0 {
                let dependencies = found.dependencies.iter();
                waiting.extend(dependencies.map(|(name, number)| (name.as_str(), *number, below - 1)));
            }
        }
        sources
    }

    /// What rust-analyzer is told of the crates, and of a file that may name them: `rust-project.json`.
    pub fn project(&self, file: &Path, edition: &str, sysroot: Option<&Path>, library: Option<&Path>) -> Value {
        let dependencies = |dependencies: &[(String, usize)]| -> Value {
            dependencies.iter().map(|(name, number)| json!({ "crate": number, "name": name })).collect()
        };
        let mut crates: Vec<Value> = self
            .list
            .iter()
            .map(|found| {
                let cfg: Vec<String> = found.features.iter().map(|feature| format!("feature=\"{feature}\"")).collect();
                json!({
                    "display_name": found.name,
                    "root_module": found.root,
                    "edition": found.edition,
                    "deps": dependencies(&found.dependencies),
                    "cfg": cfg,
                    "is_workspace_member": false,
                    "is_proc_macro": found.is_macro,
                })
            })
            .collect();
        crates.push(json!({
            "display_name": "notebook",
            "root_module": file,
            "edition": edition,
            "deps": dependencies(&self.named),
            "is_workspace_member": true,
        }));
        let mut project = json!({ "crates": crates });
        for (key, path) in [("sysroot", sysroot), ("sysroot_src", library)] {
            if let Some(path) = path {
                project[key] = json!(path);
            }
        }
        project
    }
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    list.as_array().into_iter().flatten().filter_map(|entry| Some((entry["id"].as_str()?, entry))).collect()
}

/// The packages that can matter, without the root itself.
fn kept<'a>(
    root: &'a str,
    packages: &BTreeMap<&'a str, &'a Value>,
    nodes: &BTreeMap<&'a str, &'a Value>,
) -> BTreeSet<&'a str> {
    let mut kept = BTreeSet::new();
    // Each with the names that may stand below it. What has been seen without a limit need not be seen with one.
    let mut waiting: Vec<(&str, Option<BTreeSet<&str>>)> = vec![(root, None)];
    let mut seen = BTreeSet::new();
    while let Some((id, limit)) = waiting.pop() {
        if seen.contains(&(id, None)) || !seen.insert((id, limit.clone())) {
            continue;
        }
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
        if id != root {
            kept.insert(id);
        }
        if library(package).is_none_or(is_macro) && id != root {
            continue;
        }
        let limit = limit.or_else(|| interface(package));
        for dep in node["deps"].as_array().into_iter().flatten().filter(|dep| is_for_use(dep)) {
            let Some(below) = dep["pkg"].as_str() else { continue };
            let name = packages.get(below).and_then(|package| package["name"].as_str()).unwrap_or_default();
            if limit.as_ref().is_none_or(|limit| limit.contains(name)) {
                waiting.push((below, limit.clone()));
            }
        }
    }
    kept
}

fn interface(package: &Value) -> Option<BTreeSet<&str>> {
    let names = package["metadata"][TABLE][LIST].as_array()?;
    Some(names.iter().filter_map(Value::as_str).collect())
}

fn described(package: &Value, node: &Value) -> Option<Crate> {
    let target = library(package)?;
    let features = node["features"].as_array().into_iter().flatten();
    Some(Crate {
        name: package["name"].as_str()?.to_owned(),
        root: PathBuf::from(target["src_path"].as_str()?),
        edition: target["edition"].as_str().unwrap_or("2021").to_owned(),
        features: features.filter_map(|feature| feature.as_str().map(str::to_owned)).collect(),
        is_macro: is_macro(target),
        has_interface: interface(package).is_some(),
        dependencies: Vec::new(),
    })
}

/// The target that other crates use.
fn library(package: &Value) -> Option<&Value> {
    let is_library = |kind: &Value| matches!(kind.as_str(), Some("lib" | "rlib" | "dylib" | "proc-macro"));
    let targets = package["targets"].as_array()?;
    targets.iter().find(|target| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(is_library)))
}

fn is_macro(target: &Value) -> bool {
    target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "proc-macro"))
}

/// Whether the crate itself uses it, and not only its build script or its tests.
fn is_for_use(dep: &Value) -> bool {
    dep["dep_kinds"].as_array().is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
}
