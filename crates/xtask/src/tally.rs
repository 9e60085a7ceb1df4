//! Reads from what programs print how many tests they ran.

use std::collections::BTreeSet;

use anyhow::Result;
use duct::{Expression, cmd};
use serde_json::Value;

use crate::facts::{Facts, Kind};
use crate::project::Project;
use crate::steps::Step;

/// `cargo` in the repository.
pub(crate) fn cargo(project: &Project, arguments: &[&str]) -> Expression {
    cmd("cargo", arguments).dir(&project.root)
}

/// Runs a command that runs Rust's tests, and adds them up. One that another step runs (`#[ignore]`) is passed over.
pub(crate) fn rust_tests(step: &mut Step, project: &Project, log: &str, command: &Expression) -> Result<Facts> {
    let mut facts = Facts::default();
    step.run_cargo(project, log, command, |step, line| {
        step.note(line.trim());
        if let Some(result) = line.strip_prefix("test result:") {
            facts.add(Kind::Ran, number_before(result, "passed"), "tests");
            facts.add(Kind::PassedOver, number_before(result, "ignored"), "tests");
        }
        add_skipped(&mut facts, line);
    })?;
    Ok(facts)
}

/// Runs a program of Python's `unittest` and reads how many tests it ran; each one that it skipped is left out by name.
pub(crate) fn python_tests(step: &mut Step, project: &Project, log: &str, command: &Expression) -> Result<Facts> {
    let mut facts = Facts::default();
    let (mut ran, mut skipped) = (0, 0);
    step.run_with(project, log, command, |step, line| {
        step.note(line.trim());
        if let Some(result) = line.strip_prefix("Ran ") {
            // Those that it skips are among them.
            ran += number_before(result, "test");
        }
        skipped += usize::from(add_skipped(&mut facts, line));
    })?;
    facts.add(Kind::Ran, ran.saturating_sub(skipped), "tests");
    Ok(facts)
}

/// Runs a cargo command that is asked for `--message-format`, and counts the packages of this repository among what it
/// looked at, also what it knew from before.
pub(crate) fn packages(step: &mut Step, project: &Project, log: &str, command: &Expression) -> Result<Facts> {
    let mut found = BTreeSet::new();
    step.run_cargo(project, log, command, |step, line| match package_of(project, line) {
        Some(name) => _ = found.insert(name),
        None if !line.starts_with('{') => step.note(line.trim()),
        None => {}
    })?;
    Ok(Facts::ran(found.len(), "packages"))
}

/// The manifest of a package of this repository, if a message of cargo's says that a part of it is done.
fn package_of(project: &Project, line: &str) -> Option<String> {
    let message: Value =
        serde_json::from_str(line).ok().filter(|message: &Value| message["reason"] == "compiler-artifact")?;
    let manifest = message["manifest_path"].as_str()?;
    std::path::Path::new(manifest).starts_with(project.path("crates")).then(|| manifest.to_owned())
}

/// Records the test that a line of `unittest` says was skipped.
fn add_skipped(facts: &mut Facts, line: &str) -> bool {
    let Some((name, reason)) = skipped(line) else { return false };
    facts.leave_out(name, reason);
    true
}

/// Name and reason of a test of Python's `unittest` that was skipped, if that is what a line says.
fn skipped(line: &str) -> Option<(&str, &str)> {
    let (name, reason) = line.trim_end().split_once(" ... skipped ")?;
    let name = name.split(" (").next().unwrap_or(name).trim();
    Some((name, reason.trim_matches(['\'', '"'])))
}

/// The number before `word` in `ok. 3 passed; 0 failed; …`.
pub(crate) fn number_before(result: &str, word: &str) -> usize {
    let before = result.split(word).next().unwrap_or_default();
    before.split_whitespace().last().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_results_are_counted() {
        let line = " ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let number = |word| number_before(line, word);
        assert_eq!((number("passed"), number("ignored"), number("other")), (12, 3, 0));
    }

    #[test]
    fn skipped_tests_are_named_with_their_reason() {
        let line = "test_b (x.X.test_b) ... skipped 'only as root'\n";
        assert_eq!(skipped(line), Some(("test_b", "only as root")));
        assert_eq!(skipped("test_a (x.X.test_a) ... ok"), None);
    }

    #[test]
    fn packages_of_the_repository_are_told_from_others() {
        let project = Project { root: "/p".into() };
        let line = |path: &str| format!(r#"{{"reason":"compiler-artifact","manifest_path":"{path}"}}"#);
        assert!(package_of(&project, &line("/p/crates/a/Cargo.toml")).is_some());
        assert_eq!(package_of(&project, &line("/registry/b/Cargo.toml")), None);
        assert_eq!(package_of(&project, "   Compiling a v0.1.0"), None);
    }
}
