//! `cargo xtask browser`: JupyterLab as a reader uses it, tested in a headless browser.

use anyhow::Result;

use crate::facts::Facts;
use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::steps::{Step, step};
use crate::{lab, look, python, tally};

/// What `browser` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these tests, such as Reader.test_an_error_can_be_read
    tests: Vec<String>,
}

/// Why the tests can't run here, if they can't.
pub(crate) fn missing() -> Option<String> {
    look::browser().err().map(|error| error.to_string())
}

/// Runs the tests; the log names each.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let result = step("JupyterLab in a browser", "some minutes", |step| tests(step, project, &args.tests))?;
    for left_out in result.left_out() {
        println!("not run: {}: {}", left_out.what, left_out.reason);
    }
    println!("{}; screenshots in {}", result.text(), project.tools("screenshots/browser")?.display());
    Ok(())
}

/// The same as a step of `cargo xtask test`.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    tests(step, project, &[])
}

fn tests(step: &mut Step, project: &Project, chosen: &[String]) -> Result<Facts> {
    let browser = look::browser()?;
    // The stock kernel can do little of what is tested.
    lab::set_up(project, Kernel::Dlnotes)?;
    let driver = python::BROWSER.ensure(project)?;
    let jupyter = python::JUPYTER.python(project);
    // papermill is there.
    let front_ends = python::KERNEL.ensure(project)?;
    let pictures = project.tools("screenshots/browser")?;
    let paths = [&browser, &jupyter, &front_ends, &project.path("notebooks"), &pictures];
    let mut arguments: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    arguments.push(SPEC.to_owned());
    arguments.extend_from_slice(chosen);
    let command = python::script(project, &driver, "../../../tests/jupyterlab/browser.py", &arguments);
    tally::python_tests(step, project, "browser", &Kernel::Dlnotes.jupyter(project, command)?)
}
