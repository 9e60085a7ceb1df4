//! `cargo xtask lab`: from a fresh clone to the notebooks in JupyterLab.

use std::time::Instant;

use anyhow::Result;
use duct::cmd;

use crate::kernel::{self, Kernel, SPEC};
use crate::project::Project;
use crate::steps::both;
use crate::{clock, data_set, debian, evcxr, own_kernel, python, rust_analyzer};

/// What `lab` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    choice: kernel::Choice,
    /// Don't open a browser; print the address only
    #[arg(long)]
    no_open: bool,
    /// Port of JupyterLab's server; another one is taken if it is in use
    #[arg(long, default_value_t = 8888)]
    port: u16,
    /// Install everything, but don't start JupyterLab
    #[arg(long)]
    only_install: bool,
    /// Get a rust-analyzer for completion in cells: rustup's component, else one compiled from the registry, in minutes
    #[arg(long)]
    with_rust_analyzer: bool,
}

/// Installs what is missing, then becomes JupyterLab.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let start = Instant::now();
    eprintln!("Setting up in {} (nothing is installed anywhere else)", project.root.join(".tools").display());
    // The data set and Python's packages come from the network, while the kernel is compiled.
    let data = || {
        data_set::ensure(project);
        Ok(())
    };
    both(data, || set_up(project, args.choice.kernel))?;
    if args.with_rust_analyzer {
        rust_analyzer::ensure(project)?;
    }
    eprintln!("Set up in {}.", clock::human(start.elapsed()));
    if args.only_install {
        return Ok(());
    }
    start_jupyterlab(project, args)
}

/// Everything that running a notebook on `kernel` needs.
pub(crate) fn set_up(project: &Project, kernel: Kernel) -> Result<()> {
    match kernel {
        Kernel::Dlnotes => both(|| python::JUPYTER.ensure(project), || own_kernel::ensure(project)).map(drop),
        // It prepares the helper crate by running a cell, as a notebook does.
        Kernel::Evcxr => python::JUPYTER.ensure(project).and_then(|_| evcxr::ensure(project)),
    }
}

fn start_jupyterlab(project: &Project, args: &Args) -> Result<()> {
    eprintln!("Starting JupyterLab; Ctrl-C twice ends it.");
    let python = python::JUPYTER.python(project);
    let notebooks = project.path("notebooks");
    let mut arguments: Vec<std::ffi::OsString> = vec!["-m".into(), "jupyterlab".into()];
    arguments.push(format!("--ServerApp.root_dir={}", notebooks.display()).into());
    arguments.push(format!("--ServerApp.port={}", args.port).into());
    // The environment's own Python kernel would only be in the way.
    arguments.push("--KernelSpecManager.ensure_native_kernel=False".into());
    arguments.push(format!("--KernelSpecManager.allowed_kernelspecs={{'{SPEC}'}}").into());
    if args.no_open {
        arguments.push("--no-browser".into());
    }
    if debian::is_root() {
        arguments.push("--allow-root".into());
    }
    let command = cmd(python, arguments).dir(notebooks);
    // Ctrl-C reaches JupyterLab too, which asks whether it is meant; xtask waits for its decision.
    ctrlc::set_handler(|| {})?;
    args.choice.kernel.jupyter(project, command)?.unchecked().run()?;
    Ok(())
}
