//! Whether the crates could be published as they are: manifests, files, sizes. Nothing is sent.

use std::fs;

use anyhow::{Result, bail};
use duct::cmd;

use crate::facts::Facts;
use crate::project::Project;
use crate::steps::Step;

/// The crates for users, each after those that it needs.
const CRATES: [&str; 7] =
    ["dlnotes-display", "dlnotes-png", "dlnotes-derive", "dlnotes", "dlnotes-eval", "dlnotes-kernel", "dlnotes-sweep"];

/// What crates.io takes at most.
const LARGEST: u64 = 10_000_000;

/// Packs each crate as `cargo publish` would and goes through its checks.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    let folder = project.tools("build/publish")?;
    // Compiling from the packed files takes minutes, all crates once more: `CONTRIBUTING.md` has it among a release's steps.
    let target = folder.to_string_lossy();
    let crates = CRATES.iter().flat_map(|name| ["-p", name]);
    let common = ["--no-verify", "--allow-dirty", "--target-dir", &target].into_iter().chain(crates);
    // The first one checks more, the second one leaves the files.
    for command in [["publish", "--dry-run"].as_slice(), &["package"]] {
        let arguments = command.iter().copied().chain(common.clone());
        step.run(project, "publish", &cmd("cargo", arguments.collect::<Vec<_>>()).dir(&project.root))?;
    }
    let mut sizes = Vec::new();
    for name in CRATES {
        let file = folder.join("package").join(format!("{name}-{}.crate", env!("CARGO_PKG_VERSION")));
        let size = fs::metadata(&file)?.len();
        if size > LARGEST {
            bail!("{name} is packed into {size} bytes; crates.io takes {LARGEST}");
        }
        sizes.push(format!("{name} {:.2} MB", size as f64 / 1e6));
    }
    Ok(Facts::ran(CRATES.len(), "packages").noting(sizes.join(", ")))
}
