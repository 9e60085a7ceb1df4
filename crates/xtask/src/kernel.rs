//! Which Jupyter kernel runs the notebooks, and the environment in which Jupyter finds it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use duct::{Expression, cmd};
use serde_json::Value;

use crate::project::Project;
use crate::rust_src::RustSrc;
use crate::{evcxr, steps};

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

    /// Installs it where it is missing or out of date.
    pub(crate) fn ensure(self, project: &Project, rust_src: &RustSrc) -> Result<()> {
        match self {
            Kernel::Evcxr => evcxr::ensure(project, rust_src),
            Kernel::Dlnotes => ensure_own(project, rust_src),
        }
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

/// Builds and installs the repository's own kernel; cargo and the kernel know themselves what is up to date.
fn ensure_own(project: &Project, rust_src: &RustSrc) -> Result<()> {
    let prefix = Kernel::Dlnotes.prefix(project)?;
    steps::step("kernel dlnotes-kernel", "6 to 8 minutes the first time", |step| {
        let build = cmd!("cargo", "build", "--release", "--locked", "--package", "dlnotes-kernel").dir(&project.root);
        step.run(project, "dlnotes-kernel", &build)
    })?;
    let binary =
        target_directory(project)?.join("release").join(format!("dlnotes-kernel{}", std::env::consts::EXE_SUFFIX));
    // The kernel's own place for what it prepares is the user's cache folder; `lab` promises to stay inside `.tools`.
    let mut environment = vec![("DLNOTES_CACHE_DIR", project.tools("cache")?)];
    if let RustSrc::At(path) = rust_src {
        environment.push(("RUST_SRC_PATH", path.clone()));
    }
    let within =
        |command: Expression| environment.iter().fold(command, |command, (name, path)| command.env(name, path));
    steps::step("kernelspec and prepared dependencies of dlnotes-kernel", "some minutes the first time", |step| {
        let install = cmd!(&binary, "install", "--prefix", &prefix, "--name", SPEC).dir(&project.root);
        step.run(project, "dlnotes-kernel-install", &within(install))?;
        add_environment(&prefix.join("share/jupyter/kernels").join(SPEC).join("kernel.json"), &environment)?;
        step.run(project, "dlnotes-kernel-prebuild", &within(cmd!(&binary, "prebuild").dir(project.path("notebooks"))))
    })
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

/// Where cargo puts what it builds in this repository.
pub(crate) fn target_directory(project: &Project) -> Result<PathBuf> {
    let metadata = cmd!("cargo", "metadata", "--no-deps", "--format-version", "1").dir(&project.root).read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo metadata names no target directory")
}
