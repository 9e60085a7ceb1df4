//! `cargo xtask soak`: a kernel under load for long; what must stay flat is measured.

use anyhow::Result;

use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::{lab, python};

/// What `soak` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Cells that one kernel runs
    #[arg(long, default_value_t = 1000)]
    cells: u32,
    /// How often one kernel is restarted
    #[arg(long, default_value_t = 100)]
    restarts: u32,
    /// Kernels that run at the same time
    #[arg(long, default_value_t = 4)]
    kernels: u32,
}

/// Prints tables as it goes: it takes about five minutes.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    lab::set_up(project, Kernel::Dlnotes)?;
    let python = python::KERNEL.ensure(project)?;
    let numbers = [("--cells", args.cells), ("--restarts", args.restarts), ("--kernels", args.kernels)];
    let mut arguments = vec![SPEC.to_owned()];
    arguments.extend(numbers.iter().flat_map(|(name, number)| [(*name).to_owned(), number.to_string()]));
    let command = python::script(project, &python, "../../../tests/soak.py", &arguments)
        .env("DLNOTES_CACHE_DIR", project.tools("cache")?)
        .dir(project.path("notebooks"));
    Kernel::Dlnotes.jupyter(project, command)?.run()?;
    Ok(())
}
