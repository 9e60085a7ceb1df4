//! A notebook's name, size and cells, and the links in its text.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{exercises, frames, links, words};
use crate::notebooks;
use crate::project::Project;

/// A notebook larger than this is slow to open and to review.
const BYTES: u64 = 1_500_000;

/// A longer line of code goes on below on the page, or scrolls.
const COLUMNS: usize = 88;

/// Where people's own folders lie.
const HOMES: [&str; 3] = ["/home/", "/root/", "/Users/"];

/// One line for each finding.
pub(super) fn check(project: &Project, path: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !is_numbered(&name) {
        findings.push("is not called NN-title.ipynb, or NNb-title.ipynb where a chapter goes on".to_owned());
    }
    let size = fs::metadata(path)?.len();
    if size > BYTES {
        findings.push(format!("has {size} bytes, {BYTES} are allowed"));
    }
    let text = super::read(path)?;
    for home in HOMES.iter().filter(|home| text.contains(**home)) {
        findings.push(format!("names a path of somebody's machine: {home}…"));
    }
    let notebook = notebooks::read(path)?;
    let mut ids = HashSet::new();
    for cell in notebook["cells"].as_array().into_iter().flatten() {
        let id = cell["id"].as_str().unwrap_or_default();
        if !ids.insert(id) {
            findings.push(format!("two cells have the id {id:?}"));
        }
        if !speaks(id) {
            findings.push(format!("the cell id {id:?} says nothing; ids are words joined by hyphens"));
        }
        let source = notebooks::joined(&cell["source"]);
        if cell["cell_type"] != "code" {
            let found = [links::in_document(&project.root, path, &source), words::check("a text cell.md", &source)];
            findings.extend(found.concat().into_iter().map(|finding| format!("cell {id:?}, {finding}")));
            continue;
        }
        if source.lines().any(|line| line.starts_with(":dep")) {
            findings.push(format!("cell {id:?} has a :dep; dependencies stand in notebooks/evcxr.toml"));
        }
        findings.extend(
            too_long(&source).map(|(line, columns)| {
                format!("cell {id:?}, line {line} has {columns} columns; {COLUMNS} fit the page")
            }),
        );
        if cell["execution_count"].is_null() {
            findings.push(format!("cell {id:?} was never executed; run: cargo xtask notebooks"));
        }
    }
    findings.extend(exercises::check(&notebook));
    findings.extend(frames::check(&notebook));
    Ok(findings)
}

/// The lines that don't fit the page, counted from 1, with their columns.
fn too_long(source: &str) -> impl Iterator<Item = (usize, usize)> {
    let columns = source.lines().map(|line| line.chars().count());
    (1..).zip(columns).filter(|&(_, columns)| columns > COLUMNS)
}

/// Two digits, a letter from b on for a chapter's second notebook, a hyphen.
fn is_numbered(name: &str) -> bool {
    let Some((number, _)) = name.split_once('-') else { return false };
    let digits = number.trim_end_matches(|letter: char| letter.is_ascii_lowercase() && letter != 'a');
    digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) && number.len() <= 3
}

/// Jupyter's own ids are eight hexadecimal digits (or more, with hyphens).
fn speaks(id: &str) -> bool {
    let words = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let random = id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    !id.is_empty() && words && !random
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, is_numbered, speaks, too_long};

    #[test]
    fn names_begin_with_a_number() {
        assert!(is_numbered("03-model-selection.ipynb") && is_numbered("03b-underfitting.ipynb"));
        assert!(!is_numbered("3-model.ipynb") && !is_numbered("03a-model.ipynb") && !is_numbered("03bc-model.ipynb"));
        assert!(!is_numbered("model.ipynb") && !is_numbered("0b-model.ipynb"));
    }

    #[test]
    fn lines_of_code_fit_the_page() {
        let fits = "λ".repeat(COLUMNS);
        assert_eq!(too_long(&format!("{fits}\n\n{fits}")).count(), 0);
        assert_eq!(too_long(&format!("{fits}\n{fits}x\n")).collect::<Vec<_>>(), [(2, 89)]);
    }

    #[test]
    fn ids_are_words() {
        assert!(speaks("relu-derivative") && speaks("l1") && speaks("cafe"));
        assert!(!speaks("") && !speaks("8ca22a39") && !speaks("Relu derivative"));
        assert!(!speaks("5e1b2c3d-77aa-4b6c-9d0e-112233445566"));
    }
}
