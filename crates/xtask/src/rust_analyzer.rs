//! rust-analyzer, for completion in cells: a program that the kernel finds, and does without where there is none.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use duct::cmd;

use crate::project::Project;
use crate::{rustc, steps};

/// The newest release that the project's oldest Rust compiles: the next one's parser needs a newer one.
const VERSION: &str = "0.0.347";

/// Gets one where the toolchain has none: rustup's component, else compiled from the registry.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    const TITLE: &str = "rust-analyzer";
    if find(project).is_ok() {
        steps::already(TITLE);
        return Ok(());
    }
    if which::which("rustup").is_ok() {
        let added = steps::step(&format!("{TITLE}: rustup component add rust-analyzer"), "", |step| {
            step.run(project, "rust-analyzer-component", &cmd!("rustup", "component", "add", "rust-analyzer"))
        });
        if added.is_ok() && component().is_some_and(|path| path.is_file()) {
            return Ok(());
        }
    }
    build(project, &format!("{TITLE} {VERSION}"))
}

/// The component of the toolchain, or the one that was compiled here; the kernel prefers it in the same order.
pub(crate) fn find(project: &Project) -> Result<String, String> {
    let built = Some(built(project)).filter(|_| project.is_done("rust-analyzer", VERSION));
    let found = [component(), built].into_iter().flatten().find(|path| path.is_file());
    found.map(|path| path.display().to_string()).ok_or_else(|| "not installed".to_owned())
}

fn component() -> Option<PathBuf> {
    Some(rustc::sysroot().ok()?.join("bin/rust-analyzer"))
}

/// Where the kernel looks: in its own folder.
fn built(project: &Project) -> PathBuf {
    project.root.join(".tools/cache/rust-analyzer/bin/rust-analyzer")
}

fn build(project: &Project, title: &str) -> Result<()> {
    let build = project.tools("build/rust-analyzer")?;
    let root = project.tools("cache/rust-analyzer")?;
    steps::step(title, "compiled from source: ten minutes", |step| {
        // The lock file of the release, and less than its own profile asks for. The target folder is kept until the end,
        // so that an interrupted installation goes on where it was.
        let install =
            cmd!("cargo", "install", "--locked", "--root", &root, "--version", VERSION, "ra_ap_rust-analyzer")
                .env("CARGO_TARGET_DIR", &build)
                .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
                .env_remove("RUSTFLAGS")
                .dir(&project.root);
        step.run_cargo(project, "rust-analyzer", &install, |step, line| step.note(line.trim()))
            .context("could not install rust-analyzer; the first time this needs a network connection")
    })?;
    project.set_done("rust-analyzer", VERSION)?;
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))
}
