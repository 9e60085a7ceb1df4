//! The notebook-facing crate's budget of dependencies.
//!
//! For each cell cargo reads the manifest of every crate in the tree, and each one is compiled before the first notebook
//! runs.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use duct::cmd;

use crate::facts::Facts;
use crate::project::Project;

/// How many crates `dlnotes` may consist of, itself included.
const CRATES: usize = 45;

/// Counts the crates; fails above the budget and names them.
pub(crate) fn check(project: &Project) -> Result<Facts> {
    let tree = cmd!("cargo", "tree", "--locked", "-e", "normal", "--prefix", "none", "--no-dedupe", "-p", "dlnotes")
        .dir(&project.root)
        .stderr_capture()
        .read()
        .context("cargo tree failed")?;
    let crates = names(&tree);
    if crates.len() > CRATES {
        let list = crates.iter().copied().collect::<Vec<_>>().join(", ");
        bail!("dlnotes is made of {} crates, {CRATES} are allowed (see docs/xtask.md): {list}", crates.len());
    }
    Ok(Facts::ran(crates.len(), "crates").noting(format!("at most {CRATES} are allowed")))
}

/// Distinct crates in the output of `cargo tree`: name and version, without the path or mark behind them.
fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines().map(|line| line.split(" (").next().unwrap_or(line).trim()).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_crate_counts_once_a_version() {
        let tree =
            "dlnotes v0.1.0 (/x/crates/dlnotes)\nrand v0.9.1\nrand v0.9.1 (*)\nrand v0.10.0\n\nx v1.0.0 (proc-macro)\n";
        assert_eq!(super::names(tree).len(), 4);
    }
}
