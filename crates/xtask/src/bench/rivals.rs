//! `cargo xtask bench rivals`: an epoch of the dropout MLP in other crates, and on request in PyTorch, beside ours.
//!
//! The program is `benches/rivals`, a workspace of its own: nothing else of the project waits for what it is built from.

use std::path::Path;

use anyhow::{Context, Result};
use duct::cmd;
use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{Setting, folder, milliseconds};
use super::pytorch;
use crate::project::Project;
use crate::steps::{Step, step};

/// What the program calls them, ours first.
const RIVALS: [&str; 4] = ["dlnotes", "burn, flex", "burn, ndarray", "candle"];

/// The benchmark of the same work in `train.rs` and `train.py`.
const EPOCH: &str = "train/dropout MLP, one epoch";

/// What the program prints: nanoseconds of an epoch.
#[derive(Deserialize)]
struct Times {
    median: f64,
    smallest: f64,
}

/// One after the other, each in a process of its own.
pub(super) fn run(project: &Project, python: Option<&Path>, setting: &Setting) -> Result<Vec<Value>> {
    let program = project.tools("build/rivals")?.join("release/dlnotes-rivals");
    step("burn, candle and what they are built from", "several minutes the first time", |step| {
        let manifest = project.path("benches/rivals/Cargo.toml");
        let build = cmd!("cargo", "build", "--release", "--locked", "--manifest-path", manifest)
            .env("CARGO_TARGET_DIR", project.tools("build/rivals")?);
        step.run_cargo(project, "rivals-build", &build, |step, line| step.note(line.trim()))
    })?;
    let mut results = Vec::new();
    for name in RIVALS {
        let times = step(&format!("an epoch by {name}"), "", |step| times(step, project, &program, name, setting))?;
        results.push(result(name, &times));
    }
    if let Some(python) = python {
        let script = folder(project).join("train.py");
        let medians = pytorch::run(project, python, &script, setting, Some(EPOCH))?;
        let median = *medians.get(EPOCH).context("PyTorch's side left the epoch out: it needs all of Fashion-MNIST")?;
        results.push(json!({"name": "rivals/PyTorch", "unit": "ms", "median": milliseconds(median)}));
    }
    Ok(results)
}

fn times(step: &mut Step, project: &Project, program: &Path, name: &str, setting: &Setting) -> Result<Times> {
    // What burn's older backend multiplies with counts its threads by a variable of its own.
    let command = setting.hold(cmd!(program, name)).env("MATMUL_NUM_THREADS", setting.threads.to_string());
    let mut times = None;
    step.run_with(project, "bench-rivals", &command, |step, line| {
        step.note(line);
        times = serde_json::from_str(line).ok().or(times.take());
    })?;
    times.with_context(|| format!("{} printed no times of {name}", program.display()))
}

fn result(name: &str, times: &Times) -> Value {
    json!({
        "name": format!("rivals/{name}"),
        "unit": "ms",
        "median": milliseconds(times.median),
        "smallest": milliseconds(times.smallest),
    })
}

/// The results, for people.
pub(super) fn table(results: &[Value]) -> String {
    let ours = results.first().and_then(|result| result["median"].as_f64()).unwrap_or(f64::NAN);
    let mut text = format!("{:<16} {:>12} {:>12} {:>15}\n", "epoch (ms)", "median", "smallest", "median ÷ ours");
    for result in results {
        let number = |value: &Value| value.as_f64().map_or(String::new(), |ms| format!("{ms:.0}"));
        let name = result["name"].as_str().unwrap_or_default().trim_start_matches("rivals/");
        let ratio = result["median"].as_f64().unwrap_or(f64::NAN) / ours;
        let (median, smallest) = (number(&result["median"]), number(&result["smallest"]));
        text += &format!("{name:<16} {median:>12} {smallest:>12} {ratio:>15.2}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_beside_ours() {
        let results = [
            result("dlnotes", &Times { median: 4e8, smallest: 3e8 }),
            json!({"name": "rivals/PyTorch", "unit": "ms", "median": 1000.0}),
        ];
        let table = table(&results);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["dlnotes", "400", "300", "1.00"]);
        assert_eq!(lines[2], ["PyTorch", "1000", "2.50"]);
    }
}
