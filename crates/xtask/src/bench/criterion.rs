//! The benchmarks of `crates/dlnotes/benches` that criterion runs.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use duct::{Expression, cmd};
use serde_json::Value;
use walkdir::WalkDir;

use super::common::{Medians, Setting};
use crate::project::Project;
use crate::rustc;
use crate::steps::{Step, step};

/// Runs one file of benchmarks; criterion's medians.
pub(super) fn run(project: &Project, name: &str, setting: &Setting) -> Result<Medians> {
    step(&format!("benchmark {name}"), "", |step| {
        let since = SystemTime::now();
        let bench = bench(project, &[name], setting, "--noplot");
        step.run_cargo(project, &format!("bench-{name}"), &bench, |step, line| step.note(line.trim()))?;
        let found = medians(&rustc::target_directory(project)?.join("criterion"), since)?;
        if found.is_empty() { bail!("criterion left no results of {name}") } else { Ok(found) }
    })
}

/// Runs the work of each benchmark once, without timing it; the names of those that ran, in order.
pub(super) fn run_once(step: &mut Step, project: &Project, names: &[String], setting: &Setting) -> Result<Vec<String>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut ran, mut left) = (Vec::new(), Vec::new());
    step.run_cargo(project, "bench-once", &bench(project, &names, setting, "--test"), |step, line| {
        step.note(line.trim());
        match (line.strip_prefix("Testing "), line) {
            (Some(name), _) => left.push(name.to_owned()),
            (None, "Success") => ran.append(&mut left),
            _ => {}
        }
    })?;
    Ok(ran)
}

fn bench(project: &Project, names: &[&str], setting: &Setting, option: &str) -> Expression {
    let mut arguments = vec!["bench", "--locked", "-p", "dlnotes"];
    arguments.extend(names.iter().flat_map(|name| ["--bench", name]));
    arguments.extend(["--", option]);
    setting.hold(cmd("cargo", arguments).dir(&project.root))
}

/// The medians that criterion has written since `since`: results of earlier runs stay in its folder.
fn medians(folder: &Path, since: SystemTime) -> Result<Medians> {
    let mut found = Medians::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.with_context(|| format!("cannot read criterion's results in {}", folder.display()))?;
        if !entry.path().ends_with("new/estimates.json") || entry.metadata()?.modified()? < since {
            continue;
        }
        let name: Value = serde_json::from_slice(&fs::read(entry.path().with_file_name("benchmark.json"))?)?;
        let estimates: Value = serde_json::from_slice(&fs::read(entry.path())?)?;
        let name = name["full_id"].as_str().context("criterion's benchmark.json has no full_id")?;
        let median =
            estimates["median"]["point_estimate"].as_f64().context("criterion's estimates.json has no median")?;
        found.insert(name.to_owned(), median);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_this_run_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("group/relu/new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("benchmark.json"), r#"{"full_id": "relu"}"#).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median": {"point_estimate": 1500.0}}"#).unwrap();
        assert_eq!(medians(folder.path(), SystemTime::UNIX_EPOCH).unwrap(), Medians::from([("relu".into(), 1500.0)]));
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        assert!(medians(folder.path(), later).unwrap().is_empty());
    }
}
