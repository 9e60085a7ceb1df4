//! `cargo xtask bench kernel`: our kernel beside the stock one and beside Python's with PyTorch and matplotlib, equivalent
//! cells in one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{Medians, Setting, milliseconds};
use super::criterion;
use crate::facts::Facts;
use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::steps::{Step, skipped, step};
use crate::{evcxr, lab, python};

/// The benchmarks whose work is timed in a cell too: a folder of `crates/dlnotes/benches`, and what names begin with.
const PROGRAM: (&str, &str) = ("autograd", "in a cell: ");

/// What Python's kernel is called in the results.
const PYTHON: &str = "python";

/// How much is measured.
struct Extent {
    /// How often each launch is timed.
    rounds: usize,
    /// How often each cell.
    samples: usize,
    /// The numbers of earlier cells after which a cell is timed again.
    earlier: &'static [usize],
    /// How many more cells our kernel runs, whose times and memory are drawn.
    cells: usize,
}

const FULL: Extent = Extent { rounds: 3, samples: 15, earlier: &[0, 50, 200], cells: 500 };
const SMALLEST: Extent = Extent { rounds: 1, samples: 1, earlier: &[0, 2], cells: 0 };

/// A line of what `bench_kernel` prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    unit: String,
    kernel: String,
    value: f64,
}

/// The kernels that are there, then the same work outside of a cell.
pub(super) fn run(project: &Project, pytorch: Option<&Path>, setting: &Setting) -> Result<Vec<Value>> {
    lab::set_up(project, Kernel::Dlnotes)?;
    let mut sides = vec![side(project, Kernel::Dlnotes)?];
    if evcxr::is_installed(project) {
        lab::set_up(project, Kernel::Evcxr)?;
        sides.push(side(project, Kernel::Evcxr)?);
    } else {
        skipped("the stock kernel", "it is not installed (cargo xtask lab --kernel evcxr --only-install)");
    }
    let pytorch = pytorch.map(Path::to_owned).or_else(|| {
        let ready = python::PYTORCH.is_ready(project);
        ready.then(|| python::PYTORCH.python(project))
    });
    match &pytorch {
        Some(python) => sides.push(python_side(project, python)?),
        None => skipped("Python's kernel", "it is not installed (--with-pytorch installs it)"),
    }
    let lines = step("kernels side by side", "about ten minutes", |step| lines(step, project, &sides, &FULL, setting))?;
    let (bench, prefix) = PROGRAM;
    let program = criterion::run(project, bench, setting)?;
    results(&lines, &program, prefix)
}

/// The smallest measurement, of our kernel alone, as a part of `cargo xtask test`.
pub(super) fn check(step: &mut Step, project: &Project, setting: &Setting) -> Result<Facts> {
    lab::set_up(project, Kernel::Dlnotes)?;
    let lines = lines(step, project, &[side(project, Kernel::Dlnotes)?], &SMALLEST, setting)?;
    Ok(Facts::ran(lines.len(), "measurements of the kernel"))
}

/// A Rust kernel, as `bench_kernel` is told of it.
fn side(project: &Project, kernel: Kernel) -> Result<Value> {
    let specs = kernel.prefix(project)?.join("share/jupyter/kernels");
    Ok(json!({"name": kernel.name(), "language": "rust", "specs": specs, "spec": SPEC}))
}

/// Python's kernel, with a kernelspec inside `.tools`.
fn python_side(project: &Project, python: &Path) -> Result<Value> {
    let specs = project.tools("kernels/python/share/jupyter/kernels/python3")?;
    fs::create_dir_all(&specs).with_context(|| format!("cannot create {}", specs.display()))?;
    let spec = json!({
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python",
        "language": "python",
        "env": {"MPLCONFIGDIR": project.tools("jupyter/matplotlib")?},
    });
    let file = specs.join("kernel.json");
    fs::write(&file, spec.to_string()).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(json!({"name": PYTHON, "language": "python", "specs": specs.parent(), "spec": "python3"}))
}

fn lines(step: &mut Step, project: &Project, sides: &[Value], extent: &Extent, setting: &Setting) -> Result<Vec<Line>> {
    let python = python::KERNEL.ensure(project)?;
    let plan = json!({
        "kernels": sides,
        "rounds": extent.rounds,
        "samples": extent.samples,
        "earlier": extent.earlier,
        "cells": extent.cells,
        "figure": project.path("docs/images/kernel-cells.svg"),
    });
    let program = python::script(project, &python, "bench_kernel", &[plan.to_string()]).dir(project.path("notebooks"));
    // The stock kernel, when it starts, writes its kernelspec wherever `JUPYTER_PATH` leads.
    let program = setting.hold(Kernel::Evcxr.jupyter(project, program)?);
    let mut lines: Vec<Line> = Vec::new();
    step.run_with(project, "bench-kernel", &program, |step, line| {
        step.note(line);
        lines.extend(serde_json::from_str::<Line>(line));
    })?;
    lines.first().context("bench_kernel printed no results")?;
    Ok(lines)
}

/// One result for each thing that our kernel was timed at, in the order of the lines.
fn results(lines: &[Line], program: &Medians, prefix: &str) -> Result<Vec<Value>> {
    let ours = lines.iter().filter(|line| line.kernel == Kernel::Dlnotes.name());
    let results: Vec<Value> = ours
        .map(|ours| {
            let theirs = lines.iter().filter(|line| line.name == ours.name && line.kernel != ours.kernel);
            let mut peers: BTreeMap<&str, f64> = theirs.map(|line| (line.kernel.as_str(), line.value)).collect();
            let benchmark = ours.name.strip_prefix(prefix).and_then(|name| program.get(name));
            peers.extend(benchmark.map(|nanoseconds| ("program", milliseconds(*nanoseconds))));
            json!({"name": format!("kernel/{}", ours.name), "unit": ours.unit, "ours": ours.value, "peers": peers})
        })
        .collect();
    results.first().context("bench_kernel printed no results of our kernel")?;
    Ok(results)
}

/// The results, for people.
pub(super) fn table(results: &[Value]) -> String {
    let number =
        |value: &Value| value.as_f64().map_or(String::new(), |v| format!("{v:.*}", if v < 10.0 { 2 } else { 0 }));
    let mut text =
        format!("{:<56} {:>10} {:>10} {:>10} {:>10}  unit\n", "kernel (median)", "ours", "stock", "Python", "program");
    for result in results {
        let peer = |name: &str| number(&result["peers"][name]);
        text += &format!(
            "{:<56} {:>10} {:>10} {:>10} {:>10}  {}\n",
            result["name"].as_str().unwrap_or_default().trim_start_matches("kernel/"),
            number(&result["ours"]),
            peer(Kernel::Evcxr.name()),
            peer(PYTHON),
            peer("program"),
            result["unit"].as_str().unwrap_or_default(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_lines_stand_beside_the_others_of_the_same_name() {
        let line = |name: &str, kernel: &str, value| Line {
            name: name.into(),
            unit: "ms".into(),
            kernel: kernel.into(),
            value,
        };
        let lines = [
            line("a", "dlnotes", 1.0),
            line("in a cell: w", "dlnotes", 2.0),
            line("a", "evcxr", 3.0),
            line("a", "python", 5.0),
        ];
        let results = results(&lines, &Medians::from([("w".into(), 4e6)]), "in a cell: ").unwrap();
        let peers = json!({"evcxr": 3.0, "python": 5.0});
        assert_eq!(results[0], json!({"name": "kernel/a", "unit": "ms", "ours": 1.0, "peers": peers}));
        assert_eq!(results[1]["peers"], json!({"program": 4.0}));
        assert!(table(&results).contains("1.00       3.00       5.00             ms\n"), "{}", table(&results));
        assert!(super::results(&[], &Medians::new(), "").is_err());
    }
}
