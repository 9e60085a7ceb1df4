//! `cargo xtask bench kernel`: our kernel beside the stock one, the same cells in one run.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Medians, criterion, milliseconds};
use crate::kernel::Kernel;
use crate::project::Project;
use crate::steps::step;
use crate::{lab, python};

/// How often each launch is timed.
const ROUNDS: &str = "3";

/// How many cells the session has whose times and memory are drawn.
const CELLS: &str = "500";

/// The benchmarks whose work is timed in a cell too: a folder of `crates/dlnotes/benches`, and what names begin with.
const PROGRAM: (&str, &str) = ("autograd", "in a cell: ");

/// A line of what `bench_kernel.py` prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    unit: String,
    kernel: String,
    value: f64,
}

/// Both kernels, then the same work outside of a cell.
pub(super) fn run(project: &Project, threads: usize) -> Result<Vec<Value>> {
    lab::set_up(project, Kernel::Dlnotes)?;
    lab::set_up(project, Kernel::Evcxr)?;
    let python = python::KERNEL.ensure(project)?;
    let figure = project.path("docs/images/kernel-cells.svg");
    let mut arguments = vec![ROUNDS.to_owned(), CELLS.to_owned(), figure.display().to_string()];
    for kernel in [Kernel::Dlnotes, Kernel::Evcxr] {
        let specs = kernel.prefix(project)?.join("share/jupyter/kernels");
        arguments.push(format!("{}={}", kernel.name(), specs.display()));
    }
    let mut lines: Vec<Line> = Vec::new();
    step("kernels side by side", "about ten minutes", |step| {
        let program = python::script(project, &python, "bench_kernel.py", &arguments).dir(project.path("notebooks"));
        // The stock kernel, when it starts, writes its kernelspec wherever `JUPYTER_PATH` leads.
        let program = super::limited(Kernel::Evcxr.jupyter(project, program)?, threads);
        step.run_with(project, "bench-kernel", &program, |step, line| {
            step.note(line);
            lines.extend(serde_json::from_str::<Line>(line));
        })
    })?;
    let (bench, prefix) = PROGRAM;
    let program = criterion(project, bench, threads)?;
    results(&lines, &program, prefix)
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
    results.first().context("bench_kernel.py printed no results")?;
    Ok(results)
}

/// The results, for people.
pub(super) fn table(results: &[Value]) -> String {
    let number =
        |value: &Value| value.as_f64().map_or(String::new(), |v| format!("{v:.*}", if v < 10.0 { 2 } else { 0 }));
    let mut text = format!("{:<48} {:>10} {:>10} {:>10}  unit\n", "kernel (median)", "ours", "stock", "program");
    for result in results {
        text += &format!(
            "{:<48} {:>10} {:>10} {:>10}  {}\n",
            result["name"].as_str().unwrap_or_default().trim_start_matches("kernel/"),
            number(&result["ours"]),
            number(&result["peers"][Kernel::Evcxr.name()]),
            number(&result["peers"]["program"]),
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
        let lines = [line("a", "dlnotes", 1.0), line("in a cell: w", "dlnotes", 2.0), line("a", "evcxr", 3.0)];
        let results = results(&lines, &Medians::from([("w".into(), 4e6)]), "in a cell: ").unwrap();
        assert_eq!(results[0], json!({"name": "kernel/a", "unit": "ms", "ours": 1.0, "peers": {"evcxr": 3.0}}));
        assert_eq!(results[1]["peers"], json!({"program": 4.0}));
        assert!(table(&results).contains("a                                                      1.00       3.00"));
        assert!(super::results(&[], &Medians::new(), "").is_err());
    }
}
