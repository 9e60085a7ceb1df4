//! `cargo xtask bench notebooks`: Run All of each notebook on our kernel, on request beside its computations in PyTorch.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::common::Setting;
use crate::kernel::Kernel;
use crate::notebooks::proofs::Proofs;
use crate::notebooks::{all, english, execute};
use crate::project::Project;
use crate::steps::step;
use crate::{data_set, lab, python};

/// The folder of `crates/xtask/python` that does the notebooks' work in PyTorch.
const PEER: &str = "notebooks_in_pytorch";

/// What it calls the time that `import torch` takes.
const IMPORT: &str = "import";

/// The last row: all notebooks, and for PyTorch the import once.
const SUM: &str = "sum";

/// The time of one notebook; the Python program prints such lines.
#[derive(Deserialize)]
struct Time {
    notebook: String,
    seconds: f64,
}

/// One notebook after the other, then the same in PyTorch.
pub(super) fn run(project: &Project, pytorch: Option<&Path>, setting: &Setting) -> Result<Vec<Value>> {
    let data = data_set::find(project).map_err(anyhow::Error::msg).context(
        "the notebooks are timed with all of Fashion-MNIST; `cargo xtask lab --only-install` gets it where it can",
    )?;
    let ours = on_our_kernel(project, setting)?;
    let theirs = match pytorch {
        Some(python) => in_pytorch(project, python, &data, setting)?,
        None => Vec::new(),
    };
    Ok(results(&ours, &theirs))
}

/// Run All of each English notebook: the Chinese ones have the same cells.
fn on_our_kernel(project: &Project, setting: &Setting) -> Result<Vec<Time>> {
    let kernel = Kernel::Dlnotes;
    lab::set_up(project, kernel)?;
    let notebooks = english(&all(project)?);
    let timed = notebooks.iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let limited = |command| setting.hold(command);
        let executed = step(&format!("notebook {name}"), "", |step| {
            execute(project, step, path, kernel, &Proofs::default(), limited)
        })?;
        Ok(Time { notebook: number(&name).to_owned(), seconds: executed.seconds })
    });
    timed.collect()
}

/// What the Python side calls a notebook: the number that its name begins with.
fn number(name: &str) -> &str {
    name.split_once('-').map_or(name, |(number, _)| number)
}

fn in_pytorch(project: &Project, python: &Path, data: &str, setting: &Setting) -> Result<Vec<Time>> {
    let mut times: Vec<Time> = Vec::new();
    step("the notebooks' computations in PyTorch", "", |step| {
        let arguments = [setting.threads.to_string(), data.to_owned()];
        let command = setting.hold(python::script(project, python, PEER, &arguments));
        step.run_with(project, "bench-notebooks-pytorch", &command, |step, line| {
            step.note(line);
            times.extend(serde_json::from_str::<Time>(line));
        })
    })?;
    times.first().with_context(|| format!("{PEER} printed no times"))?;
    Ok(times)
}

/// One result for each notebook, one for the import, which only PyTorch has, and the sum of each side.
fn results(ours: &[Time], theirs: &[Time]) -> Vec<Value> {
    let sum = |times: &[Time]| times.iter().map(|time| time.seconds).sum::<f64>();
    let seconds = |notebook: &str| theirs.iter().find(|time| time.notebook == notebook).map(|time| time.seconds);
    let result = |name: &str, ours: Option<f64>, theirs: Option<f64>| {
        let peers: Value = theirs.map_or(json!({}), |seconds| json!({"pytorch": seconds}));
        json!({"name": format!("notebooks/{name}"), "unit": "s", "ours": ours, "peers": peers})
    };
    let mut results: Vec<Value> =
        ours.iter().map(|time| result(&time.notebook, Some(time.seconds), seconds(&time.notebook))).collect();
    results.extend(seconds(IMPORT).map(|import| result(IMPORT, None, Some(import))));
    results.push(result(SUM, Some(sum(ours)), (!theirs.is_empty()).then(|| sum(theirs))));
    results
}

/// The results, for people.
pub(super) fn table(results: &[Value]) -> String {
    let seconds = |value: &Value| value.as_f64().map_or(String::new(), |seconds| format!("{seconds:.2}"));
    let mut text = format!("{:<12} {:>10} {:>10}\n", "notebook (s)", "Run All", "PyTorch");
    for result in results {
        let name = result["name"].as_str().unwrap_or_default().trim_start_matches("notebooks/");
        let line = format!("{name:<12} {:>10} {:>10}", seconds(&result["ours"]), seconds(&result["peers"]["pytorch"]));
        text += line.trim_end();
        text.push('\n');
    }
    text + "Run All: from the kernel's launch to the end of the last cell. PyTorch: what the cells compute, without figures.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_summed() {
        let times = |pairs: &[(&str, f64)]| -> Vec<Time> {
            pairs.iter().map(|&(notebook, seconds)| Time { notebook: notebook.into(), seconds }).collect()
        };
        let ours = times(&[("00", 1.5), ("01", 2.0)]);
        let beside = results(&ours, &times(&[("import", 1.0), ("00", 0.25), ("01", 4.0)]));
        assert_eq!(beside[0], json!({"name": "notebooks/00", "unit": "s", "ours": 1.5, "peers": {"pytorch": 0.25}}));
        assert_eq!(
            beside[2],
            json!({"name": "notebooks/import", "unit": "s", "ours": null, "peers": {"pytorch": 1.0}})
        );
        assert_eq!(beside[3], json!({"name": "notebooks/sum", "unit": "s", "ours": 3.5, "peers": {"pytorch": 5.25}}));
        assert!(table(&beside).contains("\nimport                        1.00\nsum                3.50       5.25\n"));

        let alone = results(&ours, &[]);
        assert_eq!(alone.last().unwrap()["peers"], json!({}));
        assert!(table(&alone).contains("\nsum                3.50\n"));
    }

    #[test]
    fn a_notebook_is_called_by_its_number() {
        assert_eq!(number("06-dropout"), "06");
    }
}
