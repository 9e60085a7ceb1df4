//! Every benchmark's work once, without timing it, as a step of `cargo xtask test`: none of them rots between two
//! measurements, and both sides measure work of the same name.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use super::common::{Setting, all, folder, takes_data};
use super::{cell, criterion, kernels, pytorch};
use crate::facts::{Facts, Kind};
use crate::kernel::Kernel;
use crate::project::Project;
use crate::steps::Step;
use crate::{data_set, python};

/// Runs all that can run here.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    let (folder, threads) = (folder(project), std::thread::available_parallelism()?.get());
    let names = all(&folder)?;
    let setting = Setting::new(project, threads);
    let ours: BTreeSet<String> = criterion::run_once(step, project, &names, &setting)?.into_iter().collect();
    let mut facts = Facts::ran(ours.len(), "benchmarks");
    if let Err(missing) = data_set::find(project)
        && names.iter().any(|name| takes_data(&folder, name))
    {
        facts.leave_out("benchmarks on Fashion-MNIST", missing);
    }
    let pytorch = python::PYTORCH.is_ready(project).then(|| python::PYTORCH.python(project));
    if pytorch.is_none() {
        facts.leave_out("PyTorch's side of the benchmarks", "it is not installed (cargo xtask bench --with-pytorch)");
    }
    for name in &names {
        let path = folder.join(name);
        if let (Some(python), script) = (&pytorch, path.with_extension("py"))
            && script.is_file()
        {
            let theirs = pytorch::run_once(step, project, python, &script, &setting)?;
            facts.add(Kind::Compared, same_names(&ours, &theirs, &script)?, "peers");
        }
        let cell = path.with_extension("cell");
        if cell.is_file() {
            let in_cell = cell::run_once(step, project, Kernel::Dlnotes, &cell, &setting)?;
            facts.add(Kind::Compared, same_names(&ours, &in_cell, &cell)?, "benchmarks in cells");
        }
    }
    facts.extend(kernels::check(step, project, &setting)?);
    Ok(facts)
}

/// How many there are of the other side, each of which has our benchmark of its name.
fn same_names(ours: &BTreeSet<String>, theirs: &[String], file: &Path) -> Result<usize> {
    match theirs.iter().find(|name| !ours.contains(*name)) {
        Some(name) => bail!("{} has a benchmark {name}, and no file in Rust has", file.display()),
        None => Ok(theirs.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_without_its_benchmark_is_found() {
        let ours = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        assert_eq!(same_names(&ours, &["a".to_owned()], Path::new("x.py")).unwrap(), 1);
        let error = same_names(&ours, &["c".to_owned()], Path::new("x.py")).unwrap_err().to_string();
        assert_eq!(error, "x.py has a benchmark c, and no file in Rust has");
    }
}
