//! `cargo xtask test`: every test, quick ones first, and a summary of them.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use duct::{Expression, cmd};

use crate::kernel::Kernel;
use crate::project::Project;
use crate::steps::{Step, skipped, step};
use crate::{
    browser, budget, clock, data_set, deny, docs, fuzz, notebooks, prose, publish, python, sanitize, tidy, wheel,
};

/// What `test` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only the steps whose name contains one of these, such as `tidy`
    names: Vec<String>,
    /// Leave out what takes longer than a few minutes: the kernel crate and the notebooks
    #[arg(long)]
    quick: bool,
    /// Run the notebooks on this kernel only [default: on both]
    #[arg(long, value_enum)]
    kernel: Option<Kernel>,
}

const LONG_TRAINING: &str = "long training";
const NOTEBOOKS: &str = "notebooks";
const NOTEBOOKS_STOCK: &str = "notebooks, stock kernel";

enum Outcome {
    Passed(String),
    Failed,
    Skipped(String),
}

struct Line {
    name: &'static str,
    time: Duration,
    outcome: Outcome,
}

/// The steps so far.
struct Report {
    /// Which steps are wanted; all if there are none.
    names: Vec<String>,
    lines: Vec<Line>,
}

/// Runs everything, also after a failure, and fails at the end if anything did.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let start = Instant::now();
    let mut report = Report { names: args.names.clone(), lines: Vec::new() };
    report.check("tidy", |_| tidy::check(project));
    report.check("format", |step| quiet(step, project, "format", &cargo(project, &["fmt", "--all", "--check"])));
    report.check("dependency budget", |_| budget::check(project));
    report.check("licences and sources", |step| deny::check(step, project));
    let clippy = ["clippy", "--release", "--locked", "--all-targets", "--", "-D", "warnings"];
    report.check("clippy", |step| quiet(step, project, "clippy", &cargo(project, &clippy)));
    report.check("tests and doctests", |step| tests(step, project, "test", &["test", "--release", "--locked"]));
    report.check("documentation", |step| {
        let doc = cargo(project, &["doc", "--release", "--locked", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        quiet(step, project, "doc", &doc)
    });
    report.check("crates to publish", |step| publish::check(step, project));
    report.check("spelling, typography", |step| prose::check(project, step));
    report.check("web edition", |step| docs::build(project, step).map(|_| String::new()));
    match args.quick {
        true => report.skip("parameter files", "--quick".to_owned()),
        false => report.check("parameter files", |step| parameter_files(step, project)),
    }
    // What the notebooks say of all of it is compared, too. Without it tests use the embedded images.
    if !args.quick && report.wants(LONG_TRAINING) {
        data_set::ensure(project);
    }
    let slow = ["test", "--release", "--locked", "-p", "dlnotes", "--test", "experiments_slow", "--", "--ignored"];
    match (args.quick, data_set::find(project)) {
        (true, _) => report.skip(LONG_TRAINING, "--quick".to_owned()),
        (false, Err(missing)) => report.skip(LONG_TRAINING, missing),
        (false, Ok(_)) => report.check(LONG_TRAINING, |step| tests(step, project, "test-slow", &slow)),
    }
    if args.quick {
        for name in ["kernel", "sanitizer", "fuzzing", "wheel", "browser", NOTEBOOKS, NOTEBOOKS_STOCK] {
            report.skip(name, "--quick".to_owned());
        }
        return report.finish(start.elapsed());
    }
    let clippy = ["clippy", "--release", "--locked", "-p", "dlnotes-kernel", "--all-targets", "--", "-D", "warnings"];
    report.check("kernel: clippy", |step| quiet(step, project, "clippy-kernel", &cargo(project, &clippy)));
    let test = ["test", "--release", "--locked", "-p", "dlnotes-kernel"];
    report.check("kernel: tests", |step| tests(step, project, "test-kernel", &test));
    report.check("kernel: front ends", |step| front_ends(step, project));
    match sanitize::missing() {
        Some(reason) => report.skip("sanitizer", reason),
        None => report.check("sanitizer", |step| sanitize::check(step, project)),
    }
    match fuzz::missing() {
        Some(reason) => report.skip("fuzzing", reason),
        None => report.check("fuzzing", |step| fuzz::check(step, project)),
    }
    report.check("wheel", |step| wheel::check(step, project));
    match browser::missing() {
        Some(reason) => report.skip("browser", reason),
        None => report.check("browser", |step| browser::check(step, project)),
    }
    for (kernel, name) in [(Kernel::Dlnotes, NOTEBOOKS), (Kernel::Evcxr, NOTEBOOKS_STOCK)] {
        match args.kernel {
            Some(only) if only != kernel => report.skip(name, format!("--kernel {}", only.name())),
            _ => report.check(name, |step| check_notebooks(step, project, kernel)),
        }
    }
    report.finish(start.elapsed())
}

/// The kernel under real clients and under faults, one test at a time: each starts kernels of its own.
fn front_ends(step: &mut Step, project: &Project) -> Result<String> {
    let python = python::KERNEL.ensure(project)?;
    let arguments = [
        ["test", "--release", "--locked", "-p", "dlnotes-kernel", "--test", "front_ends"].as_slice(),
        &["--", "--ignored", "--test-threads", "1"],
    ];
    let test = cargo(project, &arguments.concat()).env("DLNOTES_PYTHON", python);
    // What the kernel prepares stays inside `.tools`; the notebooks use it too.
    count_tests(step, project, "test-front-ends", &test.env("DLNOTES_CACHE_DIR", project.tools("cache")?))
}

/// Python reads and writes files of parameters: the reference reader, and PyTorch where its environment is there.
fn parameter_files(step: &mut Step, project: &Project) -> Result<String> {
    let has_pytorch = python::PYTORCH.is_ready(project);
    let environment = if has_pytorch { python::PYTORCH } else { python::SAFETENSORS };
    let python = environment.ensure(project)?;
    let arguments =
        ["test", "--release", "--locked", "-p", "dlnotes", "--test", "safetensors_python", "--", "--ignored"];
    let result =
        count_tests(step, project, "test-safetensors", &cargo(project, &arguments).env("DLNOTES_PYTHON", python))?;
    let without = "; without PyTorch, which is not installed (cargo xtask bench --with-pytorch)";
    Ok(result + if has_pytorch { ", with PyTorch" } else { without })
}

/// The notebooks run in a process of their own: it prints its own steps, which go to the log.
fn check_notebooks(step: &mut Step, project: &Project, kernel: Kernel) -> Result<String> {
    let name = kernel.name();
    let command = cmd!(std::env::current_exe()?, "notebooks", "--check", "--kernel", name).dir(&project.root);
    step.run(project, &format!("notebooks-{name}"), &command)?;
    Ok(format!("{} on kernel {name}", notebooks::all(project)?.len()))
}

fn cargo(project: &Project, arguments: &[&str]) -> Expression {
    cmd("cargo", arguments).dir(&project.root)
}

fn quiet(step: &mut Step, project: &Project, log: &str, command: &Expression) -> Result<String> {
    step.run(project, log, command).map(|()| String::new())
}

/// Runs `cargo test` and adds up the tests that it reports.
fn tests(step: &mut Step, project: &Project, log: &str, arguments: &[&str]) -> Result<String> {
    count_tests(step, project, log, &cargo(project, arguments))
}

/// Runs a command that runs tests, and adds them up.
pub(crate) fn count_tests(step: &mut Step, project: &Project, log: &str, command: &Expression) -> Result<String> {
    let (mut passed, mut ignored, mut skipped) = (0, 0, Vec::new());
    step.run_with(project, log, command, |step, line| {
        step.note(line.trim());
        if let Some(result) = line.strip_prefix("test result:") {
            passed += count(result, "passed");
            ignored += count(result, "ignored");
        }
        skipped.extend(skip_reason(line));
    })?;
    let ignored = if ignored > 0 { format!(", {ignored} ignored") } else { String::new() };
    Ok(format!("{passed} tests{ignored}{}", left_out(&skipped)))
}

/// Runs a program of Python's `unittest` and reads how many tests it ran.
pub(crate) fn count_python_tests(
    step: &mut Step,
    project: &Project,
    log: &str,
    command: &Expression,
) -> Result<String> {
    let (mut ran, mut skipped) = (0, Vec::new());
    step.run_with(project, log, command, |step, line| {
        step.note(line.trim());
        if let Some(result) = line.strip_prefix("Ran ") {
            ran += count(result, "test");
        }
        skipped.extend(skip_reason(line));
    })?;
    Ok(format!("{ran} tests{}", left_out(&skipped)))
}

/// Why a test of Python's `unittest` was skipped, if that is what a line says.
fn skip_reason(line: &str) -> Option<String> {
    let (_, reason) = line.trim_end().split_once(" ... skipped ")?;
    Some(reason.trim_matches(['\'', '"']).to_owned())
}

fn left_out(reasons: &[String]) -> String {
    match reasons.len() {
        0 => String::new(),
        count => format!(", {count} skipped: {}", reasons.join("; ")),
    }
}

/// The number before `word` in `ok. 3 passed; 0 failed; …`.
fn count(result: &str, word: &str) -> usize {
    let before = result.split(word).next().unwrap_or_default();
    before.split_whitespace().last().and_then(|number| number.parse().ok()).unwrap_or(0)
}

impl Report {
    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| name.contains(wanted.as_str()))
    }

    fn check(&mut self, name: &'static str, work: impl FnOnce(&mut Step) -> Result<String>) {
        if !self.wants(name) {
            return;
        }
        let start = Instant::now();
        let outcome = match step(name, "", work) {
            Ok(text) => Outcome::Passed(text),
            Err(error) => {
                eprintln!("{error:#}\n");
                Outcome::Failed
            }
        };
        self.lines.push(Line { name, time: start.elapsed(), outcome });
    }

    fn skip(&mut self, name: &'static str, reason: String) {
        if !self.wants(name) {
            return;
        }
        skipped(name, &reason);
        self.lines.push(Line { name, time: Duration::ZERO, outcome: Outcome::Skipped(reason) });
    }

    fn finish(self, total: Duration) -> Result<()> {
        if self.lines.is_empty() {
            bail!("no step is called {}; `cargo xtask test --quick` lists them", self.names.join(" or "));
        }
        println!("\n{:<23} {:>12}  result", "step", "time");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for Line { name, time, outcome } in &self.lines {
            let result = match outcome {
                Outcome::Passed(text) if text.is_empty() => "ok".to_owned(),
                Outcome::Passed(text) => format!("ok: {text}"),
                Outcome::Failed => "FAILED: see above".to_owned(),
                Outcome::Skipped(reason) => format!("skipped: {reason}"),
            };
            match outcome {
                Outcome::Passed(_) => passed += 1,
                Outcome::Failed => failed += 1,
                Outcome::Skipped(_) => skipped += 1,
            }
            println!("{name:<23} {:>12}  {result}", clock::human(*time));
        }
        println!("{:<23} {:>12}", "total", clock::human(total));
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed > 0 {
            std::process::exit(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{count, left_out, skip_reason};

    #[test]
    fn test_results_are_counted() {
        let line = " ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!((count(line, "passed"), count(line, "ignored"), count(line, "other")), (12, 3, 0));
    }

    #[test]
    fn skipped_tests_are_named_with_their_reason() {
        let lines = ["test_a (x.X.test_a) ... ok", "test_b (x.X.test_b) ... skipped 'only as root'\n"];
        let reasons: Vec<String> = lines.iter().filter_map(|line| skip_reason(line)).collect();
        assert_eq!(left_out(&reasons), ", 1 skipped: only as root");
        assert_eq!(left_out(&[]), "");
    }
}
