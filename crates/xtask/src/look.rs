//! `cargo xtask look`: notebooks in a real JupyterLab, driven by a headless browser, with screenshots to look at.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::kernel::{self, SPEC};
use crate::project::Project;
use crate::steps::step;
use crate::{lab, notebooks, python};

/// What `look` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only notebooks whose path contains one of these
    names: Vec<String>,
    #[command(flatten)]
    choice: kernel::Choice,
}

/// Runs all cells of each notebook in light, in dark and in a narrow window, checks that its figures show, and keeps
/// screenshots.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let browser = browser()?;
    let chosen = notebooks::chosen(project, &args.names)?;
    lab::set_up(project, args.choice.kernel)?;
    let driver = python::BROWSER.ensure(project)?;
    let jupyter = python::JUPYTER.python(project);
    for path in chosen {
        let name = notebooks::short(project, &path);
        let pictures = project.tools(format!("screenshots/{}/-", name.trim_end_matches(".ipynb")))?;
        let pictures = pictures.parent().map(PathBuf::from).unwrap_or(pictures);
        let arguments = [&browser, &jupyter, &project.path("notebooks"), &PathBuf::from(&name), &pictures];
        let mut arguments: Vec<_> = arguments.iter().map(|path| path.display().to_string()).collect();
        arguments.push(SPEC.to_owned());
        step(&format!("{name} in JupyterLab, light, dark and narrow"), "", |step| {
            let log = format!("look-{}", name.replace('/', "-"));
            let command = python::script(project, &driver, "../../../tests/jupyterlab/look.py", &arguments);
            step.run(project, &log, &args.choice.kernel.jupyter(project, command)?)
        })?;
        println!("{}", pictures.display());
    }
    Ok(())
}

/// Chromium or Chrome on this machine.
pub(crate) fn browser() -> Result<PathBuf> {
    for name in ["chromium", "chromium-browser", "google-chrome", "chrome"] {
        if let Ok(path) = which::which(name) {
            return Ok(path);
        }
    }
    bail!("there is no Chromium here; on Debian: sudo apt-get install chromium")
}
