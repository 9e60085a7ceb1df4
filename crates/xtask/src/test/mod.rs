//! `cargo xtask test`: every test, quick ones first, and a summary of what was looked at.

mod checks;
mod summary;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::kernel::Kernel;
use crate::project::Project;
use crate::steps::{skipped, step};
use checks::{CHECKS, Check, Context};
use summary::{Line, Outcome, Summary};

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
    /// Write the summary as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs everything, even after a failure, and fails at the end if anything did.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let start = Instant::now();
    let context = Context { project, kernel: args.kernel };
    let chosen = chosen(&args.names)?;
    let lines = chosen.into_iter().map(|check| run_one(check, &context, args.quick)).collect();
    let summary = Summary { lines, time: start.elapsed() };
    if let Some(path) = &args.json {
        fs::write(path, serde_json::to_string_pretty(&summary.json())? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    print!("\n{}", summary.table());
    let [_, failed, _] = summary.totals();
    if failed > 0 {
        // The closing line has said it.
        std::process::exit(1);
    }
    Ok(())
}

/// The steps whose name contains one of `names`; all if there are none.
fn chosen(names: &[String]) -> Result<Vec<&'static Check>> {
    let wants = |check: &Check, name: &String| check.name.contains(name.as_str());
    if let Some(unknown) = names.iter().find(|name| !CHECKS.iter().any(|check| wants(check, name))) {
        let all: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        bail!("no step is called {unknown}; there are: {}", all.join("; "));
    }
    Ok(CHECKS.iter().filter(|check| names.is_empty() || names.iter().any(|name| wants(check, name))).collect())
}

fn run_one(check: &Check, context: &Context, quick: bool) -> Line {
    let start = Instant::now();
    let obstacle = if quick && !check.quick { Some("--quick".to_owned()) } else { (check.obstacle)(context) };
    if let Some(reason) = obstacle {
        skipped(check.name, &reason);
        return Line { name: check.name, time: Duration::ZERO, outcome: Outcome::Skipped(reason) };
    }
    let outcome = step(check.name, "", |step| Outcome::of((check.work)(step, context)?));
    let outcome = outcome.unwrap_or_else(|error| {
        eprintln!("{error:#}\n");
        Outcome::Failed(format!("{error:#}"))
    });
    Line { name: check.name, time: start.elapsed(), outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_a_part_of_their_name() {
        let names = |wanted: &[&str]| {
            let wanted: Vec<_> = wanted.iter().map(|name| (*name).to_owned()).collect();
            chosen(&wanted).map(|checks| checks.iter().map(|check| check.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["tidy", "format"]).unwrap(), ["tidy", "format"]);
        assert_eq!(names(&[]).unwrap().len(), CHECKS.len());
        assert!(names(&["tidi"]).unwrap_err().to_string().starts_with("no step is called tidi; there are: tidy; "));
    }
}
