//! The installed kernel under real front ends, driven by the Python programs in `tests/python`.
//!
//! They need an environment with `crates/xtask/python/requirements-kernel.txt`; `DLNOTES_PYTHON` names its interpreter.
//! `cargo xtask test` makes one and runs them.

use std::path::Path;
use std::process::Command;

/// Runs a program with the kernel installed as `dlnotes-test`, without the helper crate.
fn check(program: &str) {
    run(program, &["--bare"]);
}

fn run(program: &str, options: &[&str]) {
    let python = std::env::var_os("DLNOTES_PYTHON").expect("DLNOTES_PYTHON names no Python: run `cargo xtask test`");
    let prefix = tempfile::tempdir().unwrap();
    let kernel = env!("CARGO_BIN_EXE_dlnotes-kernel");
    let mut install = Command::new(kernel);
    install.args(["install", "--name", "dlnotes-test"]).args(options).arg("--prefix").arg(prefix.path());
    assert!(install.status().unwrap().success());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(program);
    let mut command = Command::new(python);
    command.arg(file).env("JUPYTER_PATH", prefix.path().join("share/jupyter")).env("DLNOTES_KERNEL_PROGRAM", kernel);
    assert!(command.status().unwrap().success(), "{program} failed; what it printed says where");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn the_standard_conformance_tests_pass_and_none_is_skipped() {
    check("conformance.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn programs_that_run_notebooks_stop_at_a_failing_cell() {
    check("front_ends.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn faults_caused_on_purpose_are_told_and_survived() {
    check("faults.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn what_is_missing_or_goes_away_is_named() {
    check("environment.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn cells_can_be_run_again_edited_answered_and_stopped() {
    check("cells.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn cells_that_are_queued_show_what_they_show_one_by_one() {
    check("run_all.py");
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn controls_move_what_a_cell_shows() {
    run("controls.py", &[]);
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn what_users_of_notebooks_complain_of_is_right() {
    run("complaints.py", &[]);
}

#[test]
#[ignore = "takes a Python environment: `cargo xtask test` runs it"]
fn training_is_seen_while_it_runs_and_can_be_interrupted() {
    run("training.py", &[]);
}
