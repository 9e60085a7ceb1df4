//! Folders that aren't what they were, and what is planned twice.

use std::fs::{self, File};
use std::io::Write as _;

use crate::common::{Sweep, example, said};

#[test]
fn a_folder_that_holds_no_sweep_or_a_changed_one_is_told() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--seeds", "2"]);
    let again = sweep.command(&["plan", &example(), "--set", "lr=1", "--out", "sweep"]).output().unwrap();
    let again = said(again);
    assert!(again.code == Some(1) && again.err.contains("holds a sweep already"), "{again:?}");
    let none = said(sweep.command(&["status", "elsewhere"]).output().unwrap());
    assert!(none.code == Some(1) && none.err.contains("holds no sweep"), "{none:?}");

    let points = fs::read(sweep.path("sweep/points.json")).unwrap();
    File::options().append(true).open(sweep.path("sweep/points.json")).unwrap().write_all(b"\n").unwrap();
    let changed = sweep.say("run", &[]);
    assert!(changed.code == Some(1) && changed.err.contains("points.json: isn't as it was planned"), "{changed:?}");
    fs::write(sweep.path("sweep/points.json"), points).unwrap();

    let file = sweep.path("sweep/sweep.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"version\":1", "\"version\":9")).unwrap();
    let newer = sweep.say("run", &[]);
    assert!(newer.code == Some(1) && newer.err.contains("of version 9"), "{newer:?}");
    fs::write(&file, text).unwrap();
    sweep.run(&[]);
}

#[test]
fn a_result_that_was_cut_off_by_a_power_failure_is_made_again() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--seeds", "3"]);
    sweep.run(&[]);
    let before = sweep.say("show", &["--format", "json"]).out;
    let mut folders = sweep.begun().into_iter();
    fs::write(folders.next().unwrap().join("result.json"), "").unwrap();
    fs::write(folders.next().unwrap().join("result.json"), "{\"value\":0.03,\"att").unwrap();
    assert!(sweep.say("status", &[]).out.starts_with("1 of 3 trials are done, 2 open"));
    sweep.run(&[]);
    assert_eq!(sweep.say("show", &["--format", "json"]).out, before);
}

#[test]
fn programs_that_can_not_be_found_are_told() {
    let sweep = Sweep::new();
    fs::write(sweep.path("train.py"), "print(1)").unwrap();
    for (program, told) in [
        ("no-such-program-here", "no-such-program-here was not found on the PATH"),
        ("train.py", "write ./train.py"),
        ("./train.py", "chmod +x"),
        ("./nowhere", "isn't a program"),
    ] {
        let said = said(sweep.command(&["plan", program, "--seeds", "2", "--out", "sweep"]).output().unwrap());
        assert!(said.code == Some(1) && said.err.contains(told), "{said:?}");
        assert!(!sweep.path("sweep").exists());
    }
}

#[test]
fn a_cargo_project_is_built_and_its_program_is_run() {
    let sweep = Sweep::new();
    fs::create_dir_all(sweep.path("my-net/src")).unwrap();
    let manifest = "[package]\nname = \"my-net\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(sweep.path("my-net/Cargo.toml"), manifest).unwrap();
    let program = "fn main() {
        let lr: f64 = std::env::args().nth(2).unwrap().parse().unwrap();
        let file = std::env::var(\"DLNOTES_SWEEP_TRIAL\").unwrap() + \"/result.json\";
        std::fs::write(file, format!(\"{{\\\"value\\\": {lr}}}\")).unwrap();
    }";
    fs::write(sweep.path("my-net/src/main.rs"), program).unwrap();
    let mut plan = sweep.command(&["plan", "my-net", "--set", "lr=0.25,0.5", "--maximize", "--out", "sweep"]);
    let said = said(plan.env("CARGO_TARGET_DIR", sweep.path("target")).output().unwrap());
    assert!(said.code == Some(0) && said.out.contains("target/release/my-net --lr 0.25 --seed 0"), "{said:?}");
    sweep.run(&[]);
    assert!(sweep.say("best", &[]).out.starts_with("lr=0.5: 0.5 over 1 seed"));
}
