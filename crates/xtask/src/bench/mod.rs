//! `cargo xtask bench`: the benchmarks of `crates/dlnotes/benches`, on request beside PyTorch, as a table and as JSON.
//!
//! A benchmark is one Rust function in `benches/NAME.rs` (criterion) and, for a comparison, one entry of the same name
//! in the `BENCHES` of `benches/NAME.py`. Where there is a `benches/NAME.cell`, it does the same work in a notebook's cell.

mod cell;
mod common;
mod criterion;
mod kernels;
mod notebooks;
mod once;
mod pytorch;
mod rivals;

pub(crate) use once::check;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::{Expression, cmd};
use serde_json::{Value, json};

use crate::project::Project;
use crate::steps::skipped;
use crate::{data_set, kernel, python};
use common::{Medians, Setting, all, folder, milliseconds, takes_data};

/// What `bench` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these files of crates/dlnotes/benches, without `.rs`; `kernel` times our kernel beside the stock one and Python's,
    /// where they are installed; `notebooks` times Run All of each notebook; `rivals` an epoch in other crates
    names: Vec<String>,
    /// Write the results as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Time the same work in PyTorch, and Python's kernel, too (installed on first use)
    #[arg(long)]
    with_pytorch: bool,
    /// Time the same work in a notebook's cell too; fails where that takes more than a tenth longer
    #[arg(long)]
    in_cell: bool,
    #[command(flatten)]
    choice: kernel::Choice,
    /// Threads, for all sides [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,
}

/// The same work may take this many times as long in a cell as in a release build.
const LONGER: f64 = 1.1;

/// Fits that draw their curves in a cell, and not in a program, where nobody would see them: work that isn't the same.
/// One of them is measured without its curves, too.
const DRAWN: [&str; 4] = [
    "train/20 columns, 1500 epochs",
    "train/cubic fit, 400 epochs",
    "train/weight decay concise",
    "train/weight decay from scratch",
];

/// The name that stands for the kernels instead of a file of benchmarks.
const KERNEL: &str = "kernel";

/// The name that stands for Run All of each notebook.
const NOTEBOOKS: &str = "notebooks";

/// The name that stands for an epoch in other crates.
const RIVALS: &str = "rivals";

/// Runs the benchmarks one file after another, each one followed by its peer, so that both see the same machine.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let folder = folder(project);
    let threads = match args.threads {
        Some(0) => bail!("--threads 0: at least one thread is needed"),
        Some(threads) => threads,
        None => std::thread::available_parallelism()?.get(),
    };
    let benchmarks = chosen(&folder, &args.names)?;
    let pytorch = if args.with_pytorch { Some(python::PYTORCH.ensure(project)?) } else { None };
    if args.names.iter().any(|name| [NOTEBOOKS, RIVALS].contains(&name.as_str()))
        || benchmarks.iter().any(|name| takes_data(&folder, name))
    {
        data_set::ensure(project);
    }
    let setting = Setting::new(project, threads);
    let mut results = Vec::new();
    for name in benchmarks {
        let ours = criterion::run(project, &name, &setting)?;
        let script = folder.join(&name).with_extension("py");
        let theirs = match (&pytorch, script.is_file()) {
            (None, _) => Medians::new(),
            (Some(_), false) => {
                skipped(&format!("PyTorch's side of {name}"), "there is no Python file beside it");
                Medians::new()
            }
            (Some(python), true) => pytorch::run(project, python, &script, &setting, None)?,
        };
        let cell = folder.join(&name).with_extension("cell");
        let in_cell = match args.in_cell && cell.is_file() {
            true => cell::run(project, args.choice.kernel, &cell, &setting)?,
            false => Medians::new(),
        };
        for (bench, time) in &ours {
            let peers: BTreeMap<_, _> =
                theirs.get(bench).map(|time| ("pytorch", milliseconds(*time))).into_iter().collect();
            let mut result = json!({"name": bench, "unit": "ms", "ours": milliseconds(*time), "peers": peers});
            if let Some(time) = in_cell.get(bench) {
                result["in_cell"] = json!(milliseconds(*time));
            }
            results.push(result);
        }
    }
    println!("{}", machine(threads));
    if !results.is_empty() {
        println!("{}", table(&results));
    }
    // These only where they are asked for: they take kernels, and the machine for themselves for minutes.
    let asked_for = |special: &str| args.names.iter().any(|name| name == special);
    if asked_for(KERNEL) {
        let side_by_side = kernels::run(project, pytorch.as_deref(), &setting)?;
        println!("{}", kernels::table(&side_by_side));
        results.extend(side_by_side);
    }
    if asked_for(NOTEBOOKS) {
        let run_all = notebooks::run(project, pytorch.as_deref(), &setting)?;
        println!("{}", notebooks::table(&run_all));
        results.extend(run_all);
    }
    if asked_for(RIVALS) {
        let epochs = rivals::run(project, pytorch.as_deref(), &setting)?;
        println!("{}", rivals::table(&epochs));
        results.extend(epochs);
    }
    if let Some(path) = &args.json {
        fs::write(path, serde_json::to_string_pretty(&results)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    match slower_in_cells(&results).as_slice() {
        [] => Ok(()),
        slower => bail!("more than {LONGER} times as long in a cell: {}", slower.join(", ")),
    }
}

/// The benchmarks that take longer in a cell than a notebook's reader should have to accept.
fn slower_in_cells(results: &[Value]) -> Vec<&str> {
    let slower = results.iter().filter(|result| {
        let (ours, in_cell) = (result["ours"].as_f64(), result["in_cell"].as_f64());
        ours.zip(in_cell).is_some_and(|(ours, in_cell)| in_cell > LONGER * ours)
    });
    slower.filter_map(|result| result["name"].as_str()).filter(|name| !DRAWN.contains(name)).collect()
}

/// The benchmark files asked for; all of them if nothing is named.
fn chosen(folder: &Path, names: &[String]) -> Result<Vec<String>> {
    let all = all(folder)?;
    let special = |name: &str| [KERNEL, NOTEBOOKS, RIVALS].contains(&name);
    if let Some(unknown) = names.iter().find(|name| !all.contains(name) && !special(name)) {
        bail!("no benchmark is called {unknown}; there are: {}, {KERNEL}, {NOTEBOOKS}, {RIVALS}", all.join(", "));
    }
    Ok(if names.is_empty() { all } else { names.iter().filter(|name| !special(name)).cloned().collect() })
}

/// The machine in one line: figures mean nothing without it.
fn machine(threads: usize) -> String {
    let read = |command: Expression| command.stderr_null().read().unwrap_or_default();
    let cpu = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        line.split_once(": ").map(|(_, name)| name.to_owned())
    });
    let cpu = cpu.unwrap_or_else(|| read(cmd!("sysctl", "-n", "machdep.cpu.brand_string")));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "{cpu}, {cores} cores, {threads} threads used; {}; {}",
        read(cmd!("rustc", "--version")),
        std::env::consts::OS
    )
}

fn table(results: &[Value]) -> String {
    let mut text = format!(
        "{:<40} {:>12} {:>12} {:>14} {:>12} {:>13}\n",
        "benchmark (median)", "ours", "PyTorch", "PyTorch ÷ ours", "in a cell", "cell ÷ ours"
    );
    for result in results {
        let ours = result["ours"].as_f64().unwrap_or(f64::NAN);
        let beside = |other: &Value| match other.as_f64() {
            Some(other) => (time(other), format!("{:.2}", other / ours)),
            None => (String::new(), String::new()),
        };
        let (theirs, ratio) = beside(&result["peers"]["pytorch"]);
        let (cell, share) = beside(&result["in_cell"]);
        let name = result["name"].as_str().unwrap_or_default();
        let line = format!("{name:<40} {:>12} {theirs:>12} {ratio:>14} {cell:>12} {share:>13}", time(ours));
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Milliseconds with three digits, in the unit that suits them.
fn time(milliseconds: f64) -> String {
    let (value, unit) = match milliseconds {
        ms if ms >= 1000.0 => (ms / 1000.0, "s"),
        ms if ms >= 1.0 => (ms, "ms"),
        ms if ms >= 1e-3 => (ms * 1e3, "µs"),
        ms => (ms * 1e6, "ns"),
    };
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (ms, text) in
            [(0.43, "430 µs"), (1.5, "1.50 ms"), (2345.0, "2.35 s"), (0.000_25, "250 ns"), (12.34, "12.3 ms")]
        {
            assert_eq!(time(ms), text);
        }
    }

    #[test]
    fn what_takes_longer_in_a_cell_is_named() {
        let result = |name: &str, in_cell| json!({"name": name, "ours": 10.0, "in_cell": in_cell});
        let results =
            [result("a", json!(10.9)), result("b", json!(11.1)), result("c", json!(null)), result(DRAWN[0], json!(12))];
        assert_eq!(slower_in_cells(&results), ["b"]);
    }

    #[test]
    fn an_unknown_benchmark_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ops.rs"), "").unwrap();
        let error = chosen(folder.path(), &["op".to_owned()]).unwrap_err().to_string();
        assert_eq!(error, "no benchmark is called op; there are: ops, kernel, notebooks, rivals");
        assert_eq!(chosen(folder.path(), &["kernel".to_owned()]).unwrap(), [""; 0]);
        assert_eq!(chosen(folder.path(), &["notebooks".to_owned(), "ops".to_owned()]).unwrap(), ["ops"]);
        assert_eq!(chosen(folder.path(), &[]).unwrap(), ["ops"]);
    }
}
