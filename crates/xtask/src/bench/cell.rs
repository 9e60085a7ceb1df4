//! The work of a benchmark in a notebook's cell: the kernel compiles the helper crate and the cell in its own way, and what
//! a benchmark shows must hold there.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use duct::Expression;

use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::steps::step;
use crate::{lab, python};

/// Runs `file` as a cell on `kernel`; the medians in nanoseconds that it prints, one `name: number` a line.
pub(crate) fn run(
    project: &Project,
    kernel: Kernel,
    file: &Path,
    limited: impl Fn(Expression) -> Expression,
) -> Result<BTreeMap<String, f64>> {
    lab::set_up(project, kernel)?;
    let mut medians = BTreeMap::new();
    step(&format!("{} in a cell", file.file_name().unwrap_or_default().display()), "", |step| {
        let arguments = [SPEC.to_owned(), file.display().to_string()];
        let command = python::script(project, &python::JUPYTER.python(project), "time_cell.py", &arguments);
        let command = limited(kernel.jupyter(project, command.dir(project.path("notebooks")))?);
        step.run_with(project, "bench-cell", &command, |step, line| {
            step.note(line);
            medians.extend(median(line));
        })
    })?;
    if medians.is_empty() {
        bail!("{} printed no times", file.display());
    }
    Ok(medians)
}

fn median(line: &str) -> Option<(String, f64)> {
    let (name, nanoseconds) = line.rsplit_once(": ")?;
    Some((name.to_owned(), nanoseconds.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn times_are_told_from_other_lines() {
        assert_eq!(median("train/a, b: 1200"), Some(("train/a, b".to_owned(), 1200.0)));
        assert_eq!(median("Fashion-MNIST: not installed"), None);
    }
}
