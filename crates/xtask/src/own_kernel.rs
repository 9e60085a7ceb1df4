//! The repository's own kernel: compiled, listed for Jupyter, and the helper crate prepared for its cells.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use duct::{Expression, cmd};
use serde_json::Value;

use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::{rustc, steps};

/// Builds and installs the repository's own kernel; cargo and the kernel know themselves what is up to date.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let prefix = Kernel::Dlnotes.prefix(project)?;
    steps::step("kernel dlnotes-kernel", "compiled: minutes the first time", |step| {
        let build = cmd!("cargo", "build", "--release", "--locked", "--package", "dlnotes-kernel").dir(&project.root);
        step.run_cargo(project, "dlnotes-kernel", &build, |step, line| step.note(line.trim()))
    })?;
    let binary = program(project)?;
    // The kernel's own place for what it prepares is the user's cache folder; `lab` promises to stay inside `.tools`.
    let environment = [("DLNOTES_CACHE_DIR", project.tools("cache")?)];
    let within =
        |command: Expression| environment.iter().fold(command, |command, (name, path)| command.env(name, path));
    steps::step("kernelspec and prepared dependencies of dlnotes-kernel", "some minutes the first time", |step| {
        let install = cmd!(&binary, "install", "--prefix", &prefix, "--name", SPEC).dir(&project.root);
        step.run(project, "dlnotes-kernel-install", &within(install))?;
        add_environment(&prefix.join("share/jupyter/kernels").join(SPEC).join("kernel.json"), &environment)?;
        step.run(project, "dlnotes-kernel-prebuild", &within(cmd!(&binary, "prebuild").dir(project.path("notebooks"))))
    })
}

/// The kernel's program, once it has been built.
pub(crate) fn program(project: &Project) -> Result<PathBuf> {
    let program = rustc::target_directory(project)?
        .join("release")
        .join(format!("dlnotes-kernel{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.is_file(), "the kernel isn't built yet");
    Ok(program)
}

/// Adds variables to those that a kernelspec sets.
fn add_environment(path: &Path, variables: &[(&str, PathBuf)]) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut spec: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    for (name, value) in variables {
        spec["env"][*name] = Value::from(value.to_string_lossy());
    }
    fs::write(path, serde_json::to_string_pretty(&spec)?).with_context(|| format!("cannot write {}", path.display()))
}
