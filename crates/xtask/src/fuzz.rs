//! `cargo xtask fuzz`: bytes that nobody would write against everything that reads bytes from outside.
//!
//! The targets in `fuzz/` use libFuzzer. Its coverage counters are a pass of LLVM that a stable compiler offers too
//! (`-C passes=sancov-module`), so no nightly toolchain is needed; what they are compiled with is safe Rust, and the
//! sanitizer step looks at the rest.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use duct::cmd;
use regex_lite::Regex;

use crate::facts::{Facts, Kind};
use crate::project::Project;
use crate::rustc;
use crate::steps::{Step, step};

/// The targets in `fuzz/targets`, slowest to start first.
const TARGETS: [&str; 8] = ["cell", "label", "safetensors", "wire", "comm", "output", "record", "idx"];

/// How long `cargo xtask fuzz` runs each target, in seconds, unless told otherwise.
const SECONDS: u64 = 60;

/// How long `cargo xtask test` does: what is found sooner or later is for longer runs to find.
const SECONDS_IN_TEST: u64 = 20;

/// Not `--cfg=fuzzing`: with it proc-macro2 forgets the places of tokens, which is what one target is about.
const COUNTERS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// What `fuzz` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these targets: wire, comm, output, record, idx, safetensors, label, cell
    names: Vec<String>,
    /// How long each target runs
    #[arg(long, default_value_t = SECONDS)]
    seconds: u64,
}

/// Runs the targets that are asked for and prints what was tried.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    if let Some(unknown) = args.names.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        bail!("there is no target {unknown}; there are {}", TARGETS.join(", "));
    }
    let chosen: Vec<_> =
        TARGETS.into_iter().filter(|name| args.names.is_empty() || args.names.iter().any(|n| n == name)).collect();
    let found = step("fuzzing", "", |step| targets(step, project, &chosen, args.seconds))?;
    println!("{:<12} {:>14} {:>10} {:>8} {:>8} {:>8}", "target", "inputs", "a second", "edges", "corpus", "MB");
    for Found { name, inputs, seconds, edges, corpus, megabytes } in found {
        println!("{name:<12} {inputs:>14} {:>10} {edges:>8} {corpus:>8} {megabytes:>8}", inputs / seconds.max(1));
    }
    Ok(())
}

/// Why the targets can't be built here; `None` if they can.
pub(crate) fn missing() -> Option<String> {
    let named = std::env::var_os("CXX").is_some();
    let advice = "libFuzzer takes a C++ compiler and there is none; on Debian: sudo apt-get install g++";
    (!named && which::which("c++").is_err()).then(|| advice.to_owned())
}

/// All targets for a minute each, as a step of `cargo xtask test`.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    let found = targets(step, project, &TARGETS, SECONDS_IN_TEST)?;
    let inputs: u64 = found.iter().map(|found| found.inputs).sum();
    Ok(Facts::ran(found.len(), "targets").and(Kind::Ran, inputs as usize, "inputs"))
}

/// What a run of a target came to.
struct Found {
    name: &'static str,
    inputs: u64,
    seconds: u64,
    edges: u64,
    corpus: u64,
    megabytes: u64,
}

/// Builds the targets and runs as many at once as there are processors.
fn targets(step: &mut Step, project: &Project, names: &[&'static str], seconds: u64) -> Result<Vec<Found>> {
    let programs = build(step, project)?;
    step.note(&format!("{} targets, {seconds} s each", names.len()));
    let waiting = Mutex::new(names.to_vec());
    let next = || waiting.lock().ok()?.pop();
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let found: Vec<Result<Found>> = std::thread::scope(|scope| {
        let work =
            || -> Vec<_> { std::iter::from_fn(next).map(|name| target(project, &programs, name, seconds)).collect() };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker only runs programs")).collect()
    });
    found.into_iter().collect()
}

/// Compiles the targets and names the folder of their programs.
fn build(step: &mut Step, project: &Project) -> Result<PathBuf> {
    let target = project.tools("build/fuzz")?;
    let host = rustc::host()?;
    // `--target`: build scripts and procedural macros are then compiled without counters. Not `--locked`: a crate that
    // dlnotes has begun to use is added to `fuzz/Cargo.lock`.
    let arguments = ["build", "--release", "--target", &host, "--manifest-path"];
    let build = cmd("cargo", arguments.map(PathBuf::from).into_iter().chain([project.path("fuzz/Cargo.toml")]))
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", COUNTERS.join("\x1f"))
        .dir(&project.root);
    step.run_cargo(project, "fuzz-build", &build, |step, line| step.note(line.trim()))?;
    Ok(target.join(&host).join("release"))
}

fn target(project: &Project, programs: &Path, name: &'static str, seconds: u64) -> Result<Found> {
    // What earlier runs found interesting is kept, so that the next one goes on from there.
    let corpus = project.tools(format!("fuzz/corpus/{name}"))?;
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let findings = project.tools(format!("fuzz/findings/{name}-"))?;
    let log = project.tools(format!("logs/fuzz-{name}.log"))?;
    let options = [
        format!("-max_total_time={seconds}"),
        format!("-artifact_prefix={}", findings.display()),
        "-print_final_stats=1".to_owned(),
        "-timeout=20".to_owned(),
        "-rss_limit_mb=1024".to_owned(),
        "-malloc_limit_mb=512".to_owned(),
        "-max_len=16384".to_owned(),
    ];
    let arguments = options.iter().map(PathBuf::from).chain([corpus, project.path("fuzz/seeds").join(name)]);
    let run = cmd(programs.join(name), arguments.collect::<Vec<_>>()).stderr_to_stdout().stdout_path(&log).unchecked();
    let status = run.run()?.status;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if !status.success() {
        let tail: Vec<_> = text.lines().rev().take(40).collect();
        let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        bail!("the target {name} has a finding: {status}\n{tail}\n(all of it: {})", log.display());
    }
    let last = |pattern: &str| -> u64 {
        let number = Regex::new(pattern).expect("valid").captures_iter(&text).last().map(|found| found[1].to_owned());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    let inputs = last(r"number_of_executed_units: (\d+)");
    if inputs == 0 {
        bail!("the target {name} tried nothing: {}", log.display());
    }
    let (edges, corpus) = (last(r" cov: (\d+)"), last(r" corp: (\d+)/"));
    Ok(Found { name, inputs, seconds, edges, corpus, megabytes: last(r"peak_rss_mb:\s+(\d+)") })
}
