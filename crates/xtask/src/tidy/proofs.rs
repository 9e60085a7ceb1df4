//! A notebook's proofs stand beside it, not in readers' cells, and name cells that are there.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use crate::notebooks::proofs::{self, Proofs};
use crate::notebooks::{self, joined};
use crate::project::Project;

/// The tag of a cell whose assertion is for readers.
const SHOWN: &str = "shows-assert";

/// A line for each section without its cell, each file without its notebook, and each assertion that readers would run.
pub(super) fn check(project: &Project, files: &[String], notebooks: &[PathBuf]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut known = Vec::new();
    for path in notebooks {
        let (name, notebook, file) = (notebooks::short(project, path), notebooks::read(path)?, proofs::file_of(path));
        match Proofs::of(project, path) {
            Ok(proofs) => findings.extend(proofs.without_cell(&notebook)),
            Err(error) => findings.push(format!("{error:#}")),
        }
        findings.extend(in_sight(&notebook).iter().map(|id| {
            let file = file.strip_prefix(&project.root).unwrap_or(&file).display();
            format!("notebooks/{name}: cell {id} asserts something; that belongs in {file}")
        }));
        known.push(file);
    }
    let is_lost = |name: &&String| is_proof(name) && !known.contains(&project.path(name));
    findings.extend(files.iter().filter(is_lost).map(|name| format!("{name}: no notebook has this name")));
    findings.sort();
    findings.dedup();
    Ok(findings)
}

fn is_proof(name: &str) -> bool {
    Path::new(name).parent() == Some(Path::new("notebooks/proofs"))
}

/// The ids of the code cells that assert something and don't say that it is for readers.
fn in_sight(notebook: &Value) -> Vec<Value> {
    let code = notebook["cells"].as_array().into_iter().flatten().filter(|cell| cell["cell_type"] == "code");
    let asserting = code.filter(|cell| proofs::asserts(&joined(&cell["source"])));
    let hidden = asserting
        .filter(|cell| !cell["metadata"]["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == SHOWN)));
    hidden.map(|cell| cell["id"].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_assertion_in_a_readers_cell_is_found() {
        let cell = |source: &str, tags: Value| json!({"cell_type": "code", "id": "a", "source": source, "metadata": {"tags": tags}});
        let found = |cell: Value| in_sight(&json!({"cells": [cell]}));
        assert_eq!(found(cell("1\nassert_eq!(a, 1);", json!([]))), ["a"]);
        assert_eq!(found(cell("assert!(a);", json!([SHOWN]))), [""; 0]);
        assert_eq!(found(cell("the_assertion()", json!([]))), [""; 0]);
    }
}
