//! `cargo xtask look`: notebooks in a real JupyterLab, driven by a headless browser, with screenshots to look at.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::kernel::{self, Kernel, SPEC};
use crate::project::Project;
use crate::steps::step;
use crate::{lab, notebooks, python};

/// What `look` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only notebooks whose path contains one of these
    names: Vec<String>,
    /// Take README's picture of a notebook while it trains, docs/images/training.png, and nothing else
    #[arg(long, conflicts_with = "names")]
    training: bool,
    #[command(flatten)]
    choice: kernel::Choice,
}

/// Runs all cells of each notebook in light, in dark and in a narrow window, checks that its figures show, and keeps
/// screenshots.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let browser = browser()?;
    if args.training {
        return training(project, &browser, args.choice.kernel);
    }
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

/// The notebook that README shows while it trains, and the cell.
const TRAINS: [&str; 2] = ["06-dropout.ipynb", "training-scratch"];

/// Takes README's picture.
fn training(project: &Project, browser: &Path, kernel: Kernel) -> Result<()> {
    lab::set_up(project, kernel)?;
    let driver = python::BROWSER.ensure(project)?;
    let picture = project.path("docs/images/training.png");
    let (jupyter, notebooks) = (python::JUPYTER.python(project), project.path("notebooks"));
    let [browser, jupyter, notebooks, picture] =
        [browser, &jupyter, &notebooks, &picture].map(|path: &Path| path.display().to_string());
    let [name, cell] = TRAINS.map(str::to_owned);
    let arguments = [browser, jupyter, notebooks, name, cell, picture.clone(), SPEC.to_owned()];
    step("a notebook while it trains", "a minute", |step| {
        let command = python::script(project, &driver, "../../../tests/jupyterlab/training.py", &arguments);
        step.run(project, "look-training", &kernel.jupyter(project, command)?)
    })?;
    println!("{picture}");
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
