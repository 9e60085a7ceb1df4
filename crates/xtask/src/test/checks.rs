//! The steps of `cargo xtask test`, in their order, each with what is to be known of it.

use anyhow::Result;

use crate::facts::Facts;
use crate::kernel::Kernel;
use crate::project::Project;
use crate::steps::Step;
use crate::tally::{self, cargo};
use crate::{
    bench, browser, data_set, deny, docs, fuzz, notebooks, prose, publish, python, sanitize, schedulers, tidy, wheel,
};

/// What a step may look at.
pub(super) struct Context<'a> {
    /// The repository.
    pub(super) project: &'a Project,
    /// `--kernel`.
    pub(super) kernel: Option<Kernel>,
}

/// A step.
pub(super) struct Check {
    /// Its name in the summary; a part of it chooses it on the command line.
    pub(super) name: &'static str,
    /// Whether it is part of `--quick`.
    pub(super) quick: bool,
    /// Why it can't run here. What it needs and can be got is got first.
    pub(super) obstacle: fn(&Context) -> Option<String>,
    /// Does it.
    pub(super) work: fn(&mut Step, &Context) -> Result<Facts>,
}

/// Quick ones first. All of them have `--locked`: what is tested are the versions in `Cargo.lock`.
pub(super) const CHECKS: &[Check] = &[
    quick("tidy", |_, context| tidy::check(context.project)),
    quick("format", format),
    quick("licences and sources", |step, context| deny::check(step, context.project)),
    quick("clippy", |step, context| {
        let clippy = ["clippy", "--release", "--locked", "--all-targets", JSON, "--", "-D", "warnings"];
        tally::packages(step, context.project, "clippy", &cargo(context.project, &clippy))
    }),
    quick("tests and doctests", |step, context| tests(step, context, "test", &[])),
    quick("documentation", |step, context| {
        let doc = cargo(context.project, &["doc", "--release", "--locked", "--no-deps", JSON]);
        tally::packages(step, context.project, "doc", &doc.env("RUSTDOCFLAGS", "-D warnings"))
    }),
    quick("crates to publish", |step, context| publish::check(step, context.project)),
    quick("spelling, typography", |step, context| prose::check(context.project, step)),
    quick("web edition", |step, context| docs::check(context.project, step)),
    slow("benchmarks", |step, context| bench::check(step, context.project)),
    slow("parameter files", parameter_files),
    Check {
        // What the notebooks say of all of it is compared, too. Without it other tests use the embedded images.
        obstacle: |context| {
            data_set::ensure(context.project);
            data_set::find(context.project).err()
        },
        ..slow("long training", |step, context| {
            tests(step, context, "test-slow", &["-p", "dlnotes", "--test", "experiments_slow", "--", "--ignored"])
        })
    },
    slow("evaluator: sessions", evaluator_sessions),
    slow("sweeps", |step, context| tests(step, context, "test-sweeps", &["-p", "dlnotes-sweep"])),
    slow("sweeps on Dask", |step, context| schedulers::dask(step, context.project)),
    Check {
        obstacle: |_| schedulers::slurm_missing(),
        ..slow("sweeps on Slurm", |step, context| schedulers::slurm(step, context.project))
    },
    slow("kernel, sweeps: clippy", |step, context| {
        let packages = [
            "-p",
            "dlnotes-eval",
            "-p",
            "dlnotes-kernel",
            "-p",
            "dlnotes-sweep",
            "--all-targets",
            JSON,
            "--",
            "-D",
            "warnings",
        ];
        let clippy = cargo(context.project, &[["clippy", "--release", "--locked"].as_slice(), &packages].concat());
        tally::packages(step, context.project, "clippy-kernel", &clippy)
    }),
    slow("kernel: tests", |step, context| tests(step, context, "test-kernel", &["-p", "dlnotes-kernel"])),
    slow("kernel: front ends", kernel_front_ends),
    Check {
        obstacle: |_| sanitize::missing(),
        ..slow("sanitizer", |step, context| sanitize::check(step, context.project))
    },
    Check { obstacle: |_| fuzz::missing(), ..slow("fuzzing", |step, context| fuzz::check(step, context.project)) },
    slow("wheel", |step, context| wheel::check(step, context.project)),
    Check {
        obstacle: |_| browser::missing(),
        ..slow("browser", |step, context| browser::check(step, context.project))
    },
    Check {
        obstacle: |context| not_chosen(context, Kernel::Dlnotes),
        ..slow("notebooks", |step, context| notebooks::check(step, context.project, Kernel::Dlnotes))
    },
    Check {
        obstacle: |context| not_chosen(context, Kernel::Evcxr),
        ..slow("notebooks, stock kernel", |step, context| notebooks::check(step, context.project, Kernel::Evcxr))
    },
];

/// Lets cargo say what it looked at.
const JSON: &str = "--message-format=json-render-diagnostics";

const fn quick(name: &'static str, work: fn(&mut Step, &Context) -> Result<Facts>) -> Check {
    Check { name, quick: true, obstacle: |_| None, work }
}

const fn slow(name: &'static str, work: fn(&mut Step, &Context) -> Result<Facts>) -> Check {
    Check { quick: false, ..quick(name, work) }
}

fn not_chosen(context: &Context, kernel: Kernel) -> Option<String> {
    context.kernel.filter(|only| *only != kernel).map(|only| format!("--kernel {}", only.name()))
}

/// Runs `cargo test`.
fn tests(step: &mut Step, context: &Context, log: &str, arguments: &[&str]) -> Result<Facts> {
    let test = cargo(context.project, &[["test", "--release", "--locked"].as_slice(), arguments].concat());
    tally::rust_tests(step, context.project, log, &test)
}

fn format(step: &mut Step, context: &Context) -> Result<Facts> {
    let check = ["fmt", "--all", "--", "--check"];
    step.run(context.project, "format", &cargo(context.project, &check))?;
    // Once more to count the files: their names among the differences would hide them.
    let mut files = 0;
    let named = cargo(context.project, &[check.as_slice(), &["--verbose"]].concat());
    step.run_with(context.project, "format-files", &named, |_, line| {
        files += usize::from(line.starts_with("Formatting "));
    })?;
    Ok(Facts::ran(files, "files"))
}

/// The evaluator: its units, and sessions that compile cells for real, whose prepared builds stay inside `.tools`.
fn evaluator_sessions(step: &mut Step, context: &Context) -> Result<Facts> {
    let project = context.project;
    let arguments = ["test", "--release", "--locked", "-p", "dlnotes-eval"];
    let test = cargo(project, &arguments).env("DLNOTES_CACHE_DIR", project.tools("cache")?);
    tally::rust_tests(step, project, "test-evaluator", &test)
}

/// The kernel under real clients and under faults, one test at a time: each starts kernels of its own.
fn kernel_front_ends(step: &mut Step, context: &Context) -> Result<Facts> {
    let project = context.project;
    let python = python::KERNEL.ensure(project)?;
    let arguments = [
        ["test", "--release", "--locked", "-p", "dlnotes-kernel", "--test", "front_ends"].as_slice(),
        &["--", "--ignored", "--test-threads", "1"],
    ];
    let test = cargo(project, &arguments.concat()).env("DLNOTES_PYTHON", python);
    // What the kernel prepares stays inside `.tools`; the notebooks use it too.
    tally::rust_tests(step, project, "test-front-ends", &test.env("DLNOTES_CACHE_DIR", project.tools("cache")?))
}

/// Python reads and writes files of parameters: the reference reader, and PyTorch where its environment is there.
fn parameter_files(step: &mut Step, context: &Context) -> Result<Facts> {
    let project = context.project;
    let has_pytorch = python::PYTORCH.is_ready(project);
    let environment = if has_pytorch { python::PYTORCH } else { python::SAFETENSORS };
    let python = environment.ensure(project)?;
    let arguments =
        ["test", "--release", "--locked", "-p", "dlnotes", "--test", "safetensors_python", "--", "--ignored"];
    let test = cargo(project, &arguments).env("DLNOTES_PYTHON", python);
    let facts = tally::rust_tests(step, project, "test-safetensors", &test)?;
    let without = "it is not installed (cargo xtask bench --with-pytorch)";
    Ok(if has_pytorch { facts } else { facts.without("files by PyTorch", without) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_step_has_a_name_of_its_own_and_quick_ones_come_first() {
        let names: BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
        assert!(CHECKS.is_sorted_by_key(|check| !check.quick));
    }

    #[test]
    fn only_the_chosen_kernel_runs_the_notebooks() {
        let project = Project { root: "/p".into() };
        let context = |kernel| Context { project: &project, kernel };
        assert_eq!(not_chosen(&context(None), Kernel::Evcxr), None);
        assert_eq!(not_chosen(&context(Some(Kernel::Dlnotes)), Kernel::Evcxr).unwrap(), "--kernel dlnotes");
    }
}
