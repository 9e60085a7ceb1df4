//! The same work in PyTorch: the `BENCHES` of the Python file beside a file of benchmarks.

use std::path::Path;

use anyhow::{Context, Result};

use super::common::{Medians, Setting};
use crate::project::Project;
use crate::python;
use crate::steps::{Step, step};

/// Times them, or `only` one; the program prints one JSON object, name to median nanoseconds.
pub(super) fn run(
    project: &Project,
    python: &Path,
    script: &Path,
    setting: &Setting,
    only: Option<&str>,
) -> Result<Medians> {
    let title = format!("PyTorch's side of {}", script.file_stem().unwrap_or_default().display());
    let options: Vec<&str> = only.into_iter().flat_map(|name| ["--only", name]).collect();
    step(&title, "", |step| times(step, project, python, script, setting, &options))
}

/// Runs each of them once, without timing it; their names.
pub(super) fn run_once(
    step: &mut Step,
    project: &Project,
    python: &Path,
    script: &Path,
    setting: &Setting,
) -> Result<Vec<String>> {
    Ok(times(step, project, python, script, setting, &["--once"])?.into_keys().collect())
}

fn times(
    step: &mut Step,
    project: &Project,
    python: &Path,
    script: &Path,
    setting: &Setting,
    options: &[&str],
) -> Result<Medians> {
    let mut printed = String::new();
    let mut arguments = vec![script.display().to_string(), setting.threads.to_string()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    let command = setting.hold(python::script(project, python, "time_peer.py", &arguments));
    step.run_with(project, "bench-pytorch", &command, |step, line| {
        step.note(line);
        if line.starts_with('{') {
            line.clone_into(&mut printed);
        }
    })?;
    serde_json::from_str(&printed).with_context(|| format!("{} printed no results", script.display()))
}
