//! What no compiler checks: links in documents, module headers, examples, the direction of imports, stiff phrases,
//! notebooks' names and form, and that what documents say about notebooks and tests is true.

mod editions;
mod errata;
mod examples;
mod exercises;
mod figure_words;
mod frames;
mod layers;
mod links;
mod notebook;
mod notes_lines;
mod notes_map;
mod proofs;
mod unsafe_code;
mod versions;
mod words;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::facts::Facts;
use crate::notebooks;
use crate::project::Project;

/// A source file longer than this holds a second thing that wants a file of its own.
const LINES: usize = 350;

/// Looks through every file that git knows or would add; fails with one line for each finding.
pub(crate) fn check(project: &Project) -> Result<Facts> {
    let mut findings = Vec::new();
    let files = project.files()?;
    for name in &files {
        let path = project.path(name);
        let found = match path.extension().and_then(|extension| extension.to_str()) {
            Some("md") => {
                let text = read(&path)?;
                [links::in_document(&project.root, &path, &text), words::check(name, &text)].concat()
            }
            Some("rs") => {
                let text = read(&path)?;
                let is_ours = name.starts_with("crates/");
                [
                    source(&text),
                    unsafe_code::check(&text, is_ours),
                    examples::check(name, &text),
                    layers::check(name, &text),
                    words::check(name, &text),
                ]
                .concat()
            }
            Some("ipynb") => notebook::check(project, &path)?,
            _ => Vec::new(),
        };
        findings.extend(found.into_iter().map(|finding| format!("{name}: {finding}")));
    }
    if !project.path("CHANGELOG.md").is_file() {
        findings.push("CHANGELOG.md is missing".to_owned());
    }
    let notebooks = notebooks::all(project)?;
    findings.extend(editions::check(project, &notebooks)?);
    findings.extend(figure_words::check(project, &files, &notebooks)?);
    findings.extend(proofs::check(project, &files, &notebooks)?);
    findings.extend(notes_map::check(project, &notebooks)?);
    findings.extend(errata::check(project)?);
    findings.extend(versions::check(project)?);
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(Facts::ran(files.len(), "files"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Every source file begins by saying what it is, and stays short enough to be read at one sitting.
fn source(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let first = text.lines().find(|line| !line.starts_with("#!") && !line.trim().is_empty()).unwrap_or_default();
    if !first.starts_with("//!") {
        findings.push("begins without a `//!` line that says what it is".to_owned());
    }
    let lines = text.lines().count();
    if lines > LINES {
        findings.push(format!("has {lines} lines; above {LINES}, split it"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_file_says_what_it_is() {
        assert_eq!(source("//! This.\n"), [""; 0]);
        assert_eq!(source("#![allow(unsafe_code)] // a signal handler\n\n//! This.\n"), [""; 0]);
        assert_eq!(source("fn main() {}\n").len(), 1);
        assert_eq!(source(&format!("//! Long.\n{}", "//\n".repeat(LINES))).len(), 1);
    }
}
