//! The installed kernel under real front ends, driven by the Python programs in `tests/python`.
//!
//! They need the project's Python environment, `.tools/venv` (`cargo xtask doctor` makes it), or the one whose
//! interpreter `DLNOTES_PYTHON` names; without it the tests say so and do nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

fn python() -> Option<PathBuf> {
    let named = std::env::var_os("DLNOTES_PYTHON").map(PathBuf::from);
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/venv/bin/python");
    named.or(Some(usual)).filter(|path| path.is_file())
}

/// Runs a program with the kernel installed as `dlnotes-test`, without the helper crate: that is tested elsewhere.
fn check(program: &str) {
    let Some(python) = python() else {
        eprintln!("skipped: no Python environment at .tools/venv, and DLNOTES_PYTHON names none");
        return;
    };
    let prefix = tempfile::tempdir().unwrap();
    let kernel = env!("CARGO_BIN_EXE_dlnotes-kernel");
    let install = ["install", "--bare", "--name", "dlnotes-test", "--prefix"];
    assert!(Command::new(kernel).args(install).arg(prefix.path()).status().unwrap().success());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(program);
    let mut command = Command::new(python);
    command.arg(file).env("JUPYTER_PATH", prefix.path().join("share/jupyter")).env("DLNOTES_KERNEL_PROGRAM", kernel);
    assert!(command.status().unwrap().success(), "{program} failed; what it printed says where");
}

#[test]
fn the_standard_conformance_tests_pass_and_none_is_skipped() {
    check("conformance.py");
}

#[test]
fn programs_that_run_notebooks_stop_at_a_failing_cell() {
    check("front_ends.py");
}

#[test]
fn faults_caused_on_purpose_are_told_and_survived() {
    check("faults.py");
}
