//! Which packages rust-analyzer is told of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The table in a package's manifest, and the list in it: `[package.metadata.dlnotes-kernel] interface = ["ndarray"]`
/// names every crate, at any depth, whose types or traits a user of the package can meet.
const TABLE: &str = "dlnotes-kernel";
const LIST: &str = "interface";

/// Leaves out of what `cargo metadata` says what can't matter to the type of anything in a cell: dependencies of build
/// scripts and tests, what procedural macros are made of, and what a package with an `interface` doesn't name in it.
///
/// A description without a dependency graph comes back as it is.
pub(super) fn shown(mut metadata: Value) -> Value {
    let Some(kept) = kept(&metadata) else { return metadata };
    let is_kept = |id: &Value| id.as_str().is_some_and(|id| kept.contains(id));
    if let Some(packages) = metadata["packages"].as_array_mut() {
        packages.retain(|package| is_kept(&package["id"]));
    }
    if let Some(nodes) = metadata["resolve"]["nodes"].as_array_mut() {
        nodes.retain(|node| is_kept(&node["id"]));
        for node in nodes {
            if let Some(dependencies) = node["dependencies"].as_array_mut() {
                dependencies.retain(is_kept);
            }
            if let Some(deps) = node["deps"].as_array_mut() {
                deps.retain(|dep| is_kept(&dep["pkg"]));
            }
        }
    }
    metadata
}

/// The ids of the packages that are kept; `None` without a graph to walk.
fn kept(metadata: &Value) -> Option<BTreeSet<String>> {
    let by_id = |list: &'static str| -> Option<BTreeMap<&str, &Value>> {
        let entries = metadata.pointer(list)?.as_array()?;
        Some(entries.iter().filter_map(|entry| Some((entry["id"].as_str()?, entry))).collect())
    };
    let (packages, nodes) = (by_id("/packages")?, by_id("/resolve/nodes")?);
    let mut kept = BTreeSet::new();
    // Each with the names that may stand below it. What has been seen without a limit need not be seen with one.
    let mut waiting: Vec<(&str, Option<BTreeSet<&str>>)> =
        metadata["workspace_members"].as_array()?.iter().filter_map(|id| Some((id.as_str()?, None))).collect();
    let mut seen: BTreeSet<(&str, Option<BTreeSet<&str>>)> = BTreeSet::new();
    while let Some((id, limit)) = waiting.pop() {
        kept.insert(id.to_owned());
        if seen.contains(&(id, None)) || !seen.insert((id, limit.clone())) {
            continue;
        }
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
        if is_procedural_macro(package) {
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
    Some(kept)
}

fn interface(package: &Value) -> Option<BTreeSet<&str>> {
    let names = package["metadata"][TABLE][LIST].as_array()?;
    Some(names.iter().filter_map(Value::as_str).collect())
}

fn is_procedural_macro(package: &Value) -> bool {
    let kinds = package["targets"].as_array().into_iter().flatten().filter_map(|target| target["kind"].as_array());
    kinds.flatten().any(|kind| kind == "proc-macro")
}

/// Whether the crate itself uses it, and not only its build script or its tests.
fn is_for_use(dep: &Value) -> bool {
    dep["dep_kinds"].as_array().is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A package and its node in the graph; a dependency is `name` or `name kind`.
    fn package(name: &str, kind: &str, interface: Option<&[&str]>, deps: &[&str]) -> (Value, Value) {
        let metadata = interface.map(|names| json!({ TABLE: { LIST: names } }));
        let described = json!({ "id": name, "name": name, "targets": [{ "kind": [kind] }], "metadata": metadata });
        let deps = deps.iter().map(|dep| {
            let (name, kind) = dep.split_once(' ').map_or((*dep, None), |(name, kind)| (name, Some(kind)));
            json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] })
        });
        let deps: Vec<Value> = deps.collect();
        let dependencies: Vec<Value> = deps.iter().map(|dep| dep["pkg"].clone()).collect();
        (described, json!({ "id": name, "deps": deps, "dependencies": dependencies }))
    }

    fn names(metadata: &Value) -> Vec<&str> {
        metadata["packages"].as_array().unwrap().iter().map(|package| package["name"].as_str().unwrap()).collect()
    }

    fn graph(packages: impl IntoIterator<Item = (Value, Value)>) -> Value {
        let (packages, nodes): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
        json!({ "packages": packages, "resolve": { "nodes": nodes }, "workspace_members": ["ctx"] })
    }

    #[test]
    fn what_cannot_matter_to_a_type_is_left_out() {
        let all = || {
            [
                package("ctx", "lib", None, &["dlnotes", "serde"]),
                package("dlnotes", "lib", Some(&["ndarray", "num-traits"]), &["ndarray", "rayon"]),
                package("ndarray", "lib", None, &["num-traits", "matrixmultiply"]),
                package("num-traits", "lib", None, &["libm", "autocfg build"]),
                package("matrixmultiply", "lib", None, &[]),
                package("libm", "lib", None, &[]),
                package("autocfg", "lib", None, &[]),
                package("rayon", "lib", None, &["libc"]),
                package("libc", "lib", None, &[]),
                package("serde", "lib", None, &["serde_derive", "trybuild dev"]),
                package("serde_derive", "proc-macro", None, &["syn"]),
                package("syn", "lib", None, &[]),
                package("trybuild", "lib", None, &[]),
            ]
        };
        let metadata = shown(graph(all()));
        assert_eq!(names(&metadata), ["ctx", "dlnotes", "ndarray", "num-traits", "serde", "serde_derive"]);
        // Nothing points to what is gone.
        let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 6);
        assert_eq!(nodes[1]["dependencies"], json!(["ndarray"]));
        assert_eq!(nodes[5]["deps"], json!([]));
    }

    #[test]
    fn what_the_reader_asks_for_is_shown_whole() {
        let metadata = shown(graph([
            package("ctx", "lib", None, &["dlnotes", "rayon"]),
            package("dlnotes", "lib", Some(&[]), &["rayon"]),
            package("rayon", "lib", None, &["libc"]),
            package("libc", "lib", None, &[]),
        ]));
        assert_eq!(names(&metadata), ["ctx", "dlnotes", "rayon", "libc"]);
    }

    #[test]
    fn a_description_without_a_graph_stays() {
        let plain = json!({ "packages": [{ "id": "ctx" }], "resolve": null, "workspace_members": ["ctx"] });
        assert_eq!(shown(plain.clone()), plain);
        assert_eq!(shown(json!("text")), json!("text"));
    }
}
