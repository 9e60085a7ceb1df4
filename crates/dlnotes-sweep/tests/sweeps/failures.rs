//! Trials that fail are rows; programs that aren't what they were stop a sweep.

use std::fs::{self, File};
use std::io::Write as _;

use crate::common::{Sweep, example, said, until};

const RESULT: &str = "echo '{\"value\": 1.5, \"accuracy\": 0.9}' > $DLNOTES_SWEEP_TRIAL/result.json";

#[test]
fn each_failure_is_a_row_with_its_reason_and_is_tried_again_only_on_request() {
    let script = format!(
        "case $how in
            exit) echo one >&2; echo 'no such data set' >&2; exit 7;;
            silent) exit 1;;
            nothing) ;;
            words) echo hello > $DLNOTES_SWEEP_TRIAL/result.json;;
            other) echo '{{\"loss\": 1}}' > $DLNOTES_SWEEP_TRIAL/result.json;;
            diverged) echo '{{\"value\": null}}' > $DLNOTES_SWEEP_TRIAL/result.json;;
            later) [ -e repaired ] || exit 1; {RESULT};;
            good) {RESULT};;
        esac"
    );
    let sweep = Sweep::of_script(&script, &["--set", "how=exit,silent,nothing,words,other,diverged,later,good"]);
    let first = sweep.say("run", &["--jobs", "2"]);
    assert_eq!(first.code, Some(3), "{first:?}");
    assert!(first.err.contains("2 of 8 done, 6 failed"), "{first:?}");
    let status = sweep.say("status", &[]).out;
    for told in [
        "how=exit seed=0 (",
        "): exit status: 7: no such data set",
        "): exit status: 1\n",
        "wrote no result.json",
        "isn't a JSON object",
        "no number called `value`",
    ] {
        assert!(status.contains(told), "{told}: {status}");
    }
    let table = sweep.say("show", &[]).out;
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!([&rows[1], &rows[2]], [&["good", "1.5", "-", "1"], &["diverged", "NaN", "-", "1"]]);
    assert!(table.contains("0 of 1, 1 failed"), "{table}");
    assert!(sweep.say("best", &[]).out.starts_with("how=good: 1.5 over 1 seed\n"));

    // Once more: nothing is tried.
    fs::write(sweep.path("repaired"), "").unwrap();
    assert_eq!(sweep.say("run", &[]).code, Some(3));
    assert!(sweep.say("status", &[]).out.starts_with("2 of 8"));
    // On request all that failed are.
    assert_eq!(sweep.say("run", &["--retry-failed"]).code, Some(3));
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("3 of 8 trials are done, 5 failed"), "{status}");
    assert!(status.contains("begun more than once: 6"), "{status}");
    let kept = sweep.outcomes().into_iter().find(|trial| trial["params"]["how"] == "later").unwrap();
    assert_eq!((&kept["outcome"]["accuracy"], &kept["outcome"]["attempt"]), (&0.9.into(), &2.into()));
}

#[test]
fn a_trial_that_is_killed_each_time_has_failed_in_the_end() {
    let sweep = Sweep::of_script("echo x >> begun; kill -9 $$", &["--seeds", "1"]);
    assert_eq!(sweep.say("run", &["--attempts", "4"]).code, Some(3));
    assert_eq!(fs::read_to_string(sweep.path("begun")).unwrap().lines().count(), 4);
    let status = sweep.say("status", &[]).out;
    assert!(status.contains("begun 4 times and killed (out of memory?): signal: 9"), "{status}");
    // What the program did to itself is tried once.
    let sweep = Sweep::of_script("echo x >> begun; kill -SEGV $$", &["--seeds", "1"]);
    assert_eq!(sweep.say("run", &["--attempts", "4"]).code, Some(3));
    assert_eq!(fs::read_to_string(sweep.path("begun")).unwrap().lines().count(), 1);
}

#[test]
fn a_rust_program_tells_its_panic_and_what_it_was_not_given() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--seeds", "1"]);
    assert_eq!(sweep.say("run", &[]).code, Some(3));
    let status = sweep.say("status", &[]).out;
    assert!(status.contains("exit status: 101: --wd wasn't given; what was given: lr"), "{status}");
}

#[test]
fn what_a_program_leaves_is_kept_beside_its_result() {
    let script = format!(
        "cd $DLNOTES_SWEEP_TRIAL; echo w > model.bin; mkdir logs; echo l > logs/a; echo said; echo 9 > params.json\n{RESULT}"
    );
    let sweep = Sweep::of_script(&script, &["--set", "lr=0.1", "--seeds", "1"]);
    sweep.run(&[]);
    let [folder] = sweep.begun().try_into().unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!([read("model.bin"), read("logs/a"), read("stdout.txt")], ["w\n", "l\n", "said\n"]);
    assert!(read("params.json").contains("\"lr\":0.1"));
    let mut names: Vec<_> =
        crate::common::entries(&folder).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["logs", "model.bin", "params.json", "result.json", "stdout.txt"]);
}

#[test]
fn a_program_that_changed_is_told_before_a_run_and_in_the_middle_of_one() {
    let sweep = Sweep::new();
    let program = sweep.path("trial");
    fs::copy(example(), &program).unwrap();
    let arguments = ["plan", "./trial", "--set", "lr=0.1", "--set", "wd=0", "--set", "ms=300", "--seeds", "20"];
    let planned = said(sweep.command(&[&arguments[..], &["--out", "sweep"]].concat()).output().unwrap());
    assert_eq!(planned.code, Some(0), "{planned:?}");

    let run = sweep.start(&["--jobs", "1"]);
    until("the first result", || sweep.begun().iter().any(|folder| folder.join("result.json").exists()));
    // As a linker does: a new file in the old one's place.
    fs::copy(example(), sweep.path("new")).unwrap();
    File::options().append(true).open(sweep.path("new")).unwrap().write_all(b"\n").unwrap();
    fs::rename(sweep.path("new"), &program).unwrap();
    for told in [said(run.wait_with_output().unwrap()), sweep.say("run", &[])] {
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.err.contains("trial has changed since the sweep was planned (SHA-256"), "{told:?}");
    }
    fs::remove_file(&program).unwrap();
    assert!(sweep.say("run", &[]).err.contains("it is missing now"), "{:?}", sweep.say("run", &[]));
    let done = sweep.outcomes().len();
    assert!((1..20).contains(&done), "{done}");

    // The old one again, with other dates: what was done is kept.
    fs::copy(example(), &program).unwrap();
    sweep.run(&["--jobs", "8"]);
    assert_eq!(sweep.outcomes().len(), 20);
    assert!(!sweep.say("status", &[]).out.contains("more than once"));
}

#[test]
fn a_script_that_changed_is_told_too() {
    let sweep = Sweep::of_script(RESULT, &["--seeds", "2"]);
    File::options().append(true).open(sweep.path("trial.sh")).unwrap().write_all(b"# new\n").unwrap();
    let told = sweep.say("run", &[]);
    assert!(told.code == Some(1) && told.err.contains("trial.sh has changed"), "{told:?}");
}
