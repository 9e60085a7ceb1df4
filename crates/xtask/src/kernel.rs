//! Which Jupyter kernel runs the notebooks, and the environment in which Jupyter finds it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use duct::Expression;

use crate::project::Project;

/// The kernels that can run the notebooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernel {
    /// The stock kernel, evcxr_jupyter
    Evcxr,
    /// This repository's own, crates/dlnotes-kernel
    Dlnotes,
}

/// The kernel that is used unless `--kernel` says otherwise.
pub(crate) const DEFAULT: Kernel = Kernel::Dlnotes;

/// The name that the notebooks' metadata ask for. Both kernels are installed under it, each in a folder of its own,
/// so that a notebook runs on either, and on a stock evcxr_jupyter that somebody installed by hand.
pub(crate) const SPEC: &str = "rust";

/// `--kernel`, for every command that needs one.
#[derive(Args, Clone, Debug)]
pub(crate) struct Choice {
    /// Kernel that runs the notebooks
    #[arg(long, value_enum, default_value_t = DEFAULT)]
    pub(crate) kernel: Kernel,
}

/// JupyterLab shrinks wide pictures to the window, but not SVGs, which it shows as `img`.
const STYLE: &str = "/* Written by cargo xtask. */\n.jp-RenderedSVG img { max-width: 100%; height: auto; }\n";
const USE_STYLE: &str = r#"{ "LabApp": { "custom_css": true } }"#;

impl Kernel {
    /// The name used in options and below `.tools/kernels`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kernel::Evcxr => "evcxr",
            Kernel::Dlnotes => "dlnotes",
        }
    }

    /// What `share/jupyter` is below.
    pub(crate) fn prefix(self, project: &Project) -> Result<PathBuf> {
        project.tools(format!("kernels/{}", self.name()))
    }

    /// Lets `command` find this kernel, and keeps Jupyter's settings, history and connection files inside `.tools`.
    pub(crate) fn jupyter(self, project: &Project, command: Expression) -> Result<Expression> {
        let mut command = command.env("JUPYTER_PATH", self.prefix(project)?.join("share/jupyter"));
        for (variable, folder) in [
            ("JUPYTER_DATA_DIR", "jupyter/data"),
            ("JUPYTER_CONFIG_DIR", "jupyter/config"),
            ("JUPYTER_RUNTIME_DIR", "jupyter/runtime"),
            ("IPYTHONDIR", "jupyter/ipython"),
        ] {
            command = command.env(variable, project.tools(folder)?);
        }
        fs::write(project.tools("jupyter/config/custom/custom.css")?, STYLE)?;
        fs::write(project.tools("jupyter/config/jupyter_lab_config.json")?, USE_STYLE)?;
        without_our_libraries(command)
    }
}

/// Hides this repository's build folder from the dynamic linker. `cargo run` adds it to the search path, which goes
/// before the folder that a cell names itself: it would load the `libdlnotes` of the tests instead of the notebooks'.
fn without_our_libraries(command: Expression) -> Result<Expression> {
    const SEARCH_PATH: &str = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let Some(path) = std::env::var_os(SEARCH_PATH) else { return Ok(command) };
    let program = std::env::current_exe().context("cannot tell where xtask itself lies")?;
    let build = program.parent().context("a program lies in a folder")?;
    let others = std::env::split_paths(&path).filter(|folder| !folder.starts_with(build));
    Ok(command.env(SEARCH_PATH, std::env::join_paths(others).context("the library search path can't be rebuilt")?))
}
