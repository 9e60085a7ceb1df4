//! Every notebook exists in both languages, with the same code and the same outputs.

use std::path::PathBuf;

use anyhow::Result;

use crate::notebooks::{self, editions};
use crate::project::Project;

/// A line for each notebook without its other edition, and for each cell that differs.
pub(super) fn check(project: &Project, notebooks: &[PathBuf]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for path in notebooks {
        let (name, english) = (notebooks::short(project, path), editions::english_of(path));
        if *path == english {
            if !editions::chinese_of(path).is_file() {
                findings.push(format!("notebooks/{name}: has no Chinese edition in notebooks/zh"));
            }
        } else if english.is_file() {
            let differences = editions::differences(&notebooks::read(&english)?, &notebooks::read(path)?);
            findings.extend(differences.iter().map(|difference| format!("notebooks/{name}: {difference}")));
        } else {
            findings.push(format!("notebooks/{name}: has no English edition"));
        }
    }
    if !findings.is_empty() {
        findings
            .push("the Chinese edition takes code and outputs from the English one by: cargo xtask notebooks".into());
    }
    Ok(findings)
}
