//! Sweeps on schedulers, for real: Slurm of the system's, Dask in an environment of the project's own, both over loopback.

use std::path::Path;

use anyhow::Result;

use crate::facts::Facts;
use crate::project::Project;
use crate::steps::Step;
use crate::tally::{self, cargo};
use crate::{debian, python};

/// Why Slurm can't be tested here.
pub(crate) fn slurm_missing() -> Option<String> {
    let programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol"];
    if let Some(missing) = programs.iter().find(|program| which::which(program).is_err()) {
        let packages = "sudo apt-get install --no-install-recommends slurm-wlm munge";
        return Some(format!("{missing} is missing; on Debian or Ubuntu: {packages}"));
    }
    (!debian::is_root()).then(|| "a node's daemon of Slurm runs as root only".to_owned())
}

/// Jobs on a controller with two nodes.
pub(crate) fn slurm(step: &mut Step, project: &Project) -> Result<Facts> {
    tests(step, project, "slurm", None)
}

/// Tasks on a scheduler with workers.
pub(crate) fn dask(step: &mut Step, project: &Project) -> Result<Facts> {
    let python = python::DASK.ensure(project)?;
    tests(step, project, "dask", Some(&python))
}

/// One test at a time: each starts a cluster of its own.
fn tests(step: &mut Step, project: &Project, scheduler: &str, python: Option<&Path>) -> Result<Facts> {
    // The trial of some of them is an example.
    let build = ["build", "--release", "--locked", "-p", "dlnotes-sweep", "--examples"];
    step.run(project, "build-sweeps", &cargo(project, &build))?;
    let arguments = ["test", "--release", "--locked", "-p", "dlnotes-sweep", "--test", "sweeps", "--"];
    let mut test = cargo(project, &[arguments.as_slice(), &["--ignored", "--test-threads", "1", scheduler]].concat());
    if let Some(python) = python {
        test = test.env("DLNOTES_PYTHON", python);
    }
    tally::rust_tests(step, project, &format!("test-sweeps-{scheduler}"), &test)
}
