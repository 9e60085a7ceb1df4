//! The work of a benchmark in a notebook's cell: the kernel compiles the helper crate and the cell in its own way, and what
//! a benchmark shows must hold there.

use std::path::Path;

use anyhow::{Result, bail};

use super::common::{Medians, Setting};
use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::steps::{Step, step};
use crate::{lab, python};

/// The cell then does the work of each benchmark once.
const ONCE: &str = "DLNOTES_BENCH_ONCE";

/// Runs `file` as a cell on `kernel`; the medians in nanoseconds that it prints, one `name: number` a line.
pub(crate) fn run(project: &Project, kernel: Kernel, file: &Path, setting: &Setting) -> Result<Medians> {
    lab::set_up(project, kernel)?;
    let title = format!("{} in a cell", file.file_name().unwrap_or_default().display());
    step(&title, "", |step| times(step, project, kernel, file, setting, false))
}

/// Runs it with each benchmark's work done once; the benchmarks' names.
pub(super) fn run_once(
    step: &mut Step,
    project: &Project,
    kernel: Kernel,
    file: &Path,
    setting: &Setting,
) -> Result<Vec<String>> {
    lab::set_up(project, kernel)?;
    Ok(times(step, project, kernel, file, setting, true)?.into_keys().collect())
}

fn times(
    step: &mut Step,
    project: &Project,
    kernel: Kernel,
    file: &Path,
    setting: &Setting,
    once: bool,
) -> Result<Medians> {
    let mut medians = Medians::new();
    {
        let arguments = [SPEC.to_owned(), file.display().to_string()];
        let command = python::script(project, &python::JUPYTER.python(project), "time_cell.py", &arguments);
        let command = setting.hold(kernel.jupyter(project, command.dir(project.path("notebooks")))?);
        let command = if once { command.env(ONCE, "1") } else { command };
        step.run_with(project, "bench-cell", &command, |step, line| {
            step.note(line);
            medians.extend(median(line));
        })?;
    }
    if medians.is_empty() {
        bail!("{} printed no times", file.display());
    }
    Ok(medians)
}

fn median(line: &str) -> Option<(String, f64)> {
    let (name, nanoseconds) = line.rsplit_once(": ").filter(|(name, _)| name.contains('/'))?;
    Some((name.to_owned(), nanoseconds.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn times_are_told_from_other_lines() {
        assert_eq!(median("train/a, b: 1200"), Some(("train/a, b".to_owned(), 1200.0)));
        assert_eq!(median("Fashion-MNIST: not installed"), None);
        assert_eq!(median("optimization: 3"), None);
    }
}
