//! Several runners at once, here and elsewhere, and the end of one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use rustix::process::Signal;

use crate::common::{PROGRAM, Sweep, entries, said, signal, until};

#[test]
fn two_runs_share_the_trials_and_begin_each_once() {
    let script = "mktemp begun.XXXXXXXX > /dev/null; sleep 0.03
        echo \"{\\\"value\\\": $seed, \\\"runner\\\": $PPID}\" > $DLNOTES_SWEEP_TRIAL/result.json";
    let sweep = Sweep::of_script(script, &["--seeds", "80"]);
    let runs = [sweep.start(&["--jobs", "2"]), sweep.start(&["--jobs", "2"])];
    for run in runs {
        let said = said(run.wait_with_output().unwrap());
        // Each of them returns when all is done.
        assert!(said.code == Some(0) && said.err.contains("80 of 80 done"), "{said:?}");
    }
    let outcomes = sweep.outcomes();
    let runners: BTreeSet<String> = outcomes.iter().map(|trial| trial["outcome"]["runner"].to_string()).collect();
    assert_eq!((outcomes.len(), runners.len()), (80, 2));
    let begun = entries(sweep.folder.path()).iter().filter(|path| path.to_string_lossy().contains("/begun.")).count();
    assert_eq!(begun, 80);
    assert!(outcomes.iter().all(|trial| trial["outcome"]["attempt"] == 1));
    assert_eq!(entries(&sweep.path("sweep/runners")), Vec::<std::path::PathBuf>::new());
}

#[test]
fn after_ctrl_c_what_is_done_is_kept_and_the_rest_is_open() {
    for sent in [Signal::INT, Signal::TERM] {
        let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--set", "ms=100", "--seeds", "30"]);
        let run = sweep.start(&["--jobs", "2"]);
        until("some results", || sweep.begun().iter().filter(|folder| folder.join("result.json").exists()).count() > 3);
        signal(&run, sent);
        let ended = said(run.wait_with_output().unwrap());
        assert!(ended.code == Some(130) && ended.err.contains("goes on"), "{ended:?}");
        let done = sweep.outcomes().len();
        assert!((4..30).contains(&done), "{done}");
        let status = sweep.say("status", &[]).out;
        assert!(status.starts_with(&format!("{done} of 30 trials are done, {} open;", 30 - done)), "{status}");
        sweep.run(&["--jobs", "8"]);
        assert_eq!(sweep.outcomes().len(), 30);
        assert!(sweep.outcomes().iter().all(|trial| trial["outcome"]["attempt"] == 1));
    }
}

#[test]
fn a_trial_that_does_not_listen_is_killed_when_a_run_is_to_end() {
    let sweep = Sweep::of_script("trap '' TERM INT; touch here; while :; do sleep 0.1; done", &["--seeds", "1"]);
    let run = sweep.start(&[]);
    until("the trial's start", || sweep.path("here").exists());
    signal(&run, Signal::INT);
    assert_eq!(said(run.wait_with_output().unwrap()).code, Some(130));
    assert!(sweep.say("status", &[]).out.starts_with("0 of 1 trial is done, 1 open"));
}

/// A claim of a runner on another machine, whose lock says nothing here.
fn claimed_elsewhere(sweep: &Sweep) -> std::path::PathBuf {
    let lines = said(sweep.command(&["run", "sweep", "--on", "print"]).output().unwrap()).out;
    let id = lines.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    let runner = sweep.path("sweep/runners/far-1-aa-1");
    fs::create_dir_all(runner.parent().unwrap()).unwrap();
    beat(&runner, 0);
    let folder = sweep.trials().join(id);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("params.json"), "{}").unwrap();
    fs::write(folder.join("claim-1"), "far-1-aa-1").unwrap();
    runner
}

fn beat(runner: &std::path::Path, number: u64) {
    let card = "{\"host\":\"far\",\"pid\":1,\"boot\":\"another\"}\n";
    fs::write(runner, format!("{card}{number:016x}\n")).unwrap();
}

#[test]
fn a_runner_elsewhere_is_left_alone_while_its_heart_beats_whatever_the_clocks_say() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--seeds", "3"]);
    let runner = claimed_elsewhere(&sweep);
    let mut run = sweep.start(&["--dead-after", "2"]);
    // Its clock jumps from 1970 to 2100 and back, and so does the date of all that lies in the folder.
    for number in 1..20 {
        beat(&runner, number);
        let days = if number % 2 == 0 { 0 } else { 130 * 365 };
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86400);
        let folders = sweep.begun();
        for path in folders.iter().flat_map(|folder| entries(folder)).chain(entries(&sweep.path("sweep/runners"))) {
            if let Ok(file) = File::open(&path) {
                file.set_modified(date).unwrap();
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(run.try_wait().unwrap().is_none(), "the run took the trial of a living runner");
    assert_eq!(sweep.outcomes().len(), 2);
    assert!(sweep.say("status", &[]).out.starts_with("2 of 3 trials are done, 1 running"));
    // Its heart stops.
    assert_eq!(said(run.wait_with_output().unwrap()).code, Some(0));
    let again: Vec<_> = sweep.outcomes().into_iter().filter(|trial| trial["outcome"]["attempt"] == 2).collect();
    assert_eq!((sweep.outcomes().len(), again.len()), (3, 1));
}

#[test]
fn a_claim_without_a_name_and_one_of_a_runner_that_is_gone_are_taken_over() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--seeds", "1"]);
    let runner = claimed_elsewhere(&sweep);
    fs::remove_file(runner).unwrap();
    assert!(sweep.say("status", &[]).out.contains("1 interrupted"));
    // Killed between the making of the claim and its first byte.
    let [folder] = sweep.begun().try_into().unwrap();
    fs::write(folder.join("claim-2"), "").unwrap();
    sweep.run(&["--dead-after", "1"]);
    assert_eq!(sweep.outcomes()[0]["outcome"]["attempt"], 3);
    assert!(entries(&folder).iter().all(|path| !path.to_string_lossy().contains("claim")));
}

#[test]
fn an_attempt_that_ends_late_is_listed_and_not_counted() {
    // As if another attempt had been faster; for seed 1 it found something else.
    let script = "echo \"{\\\"value\\\": $seed, \\\"attempt\\\": 1, \\\"seconds\\\": 0.5}\" > $DLNOTES_SWEEP_TRIAL/../result.json
        echo \"{\\\"value\\\": $((seed * 2))}\" > $DLNOTES_SWEEP_TRIAL/result.json";
    let sweep = Sweep::of_script(script, &["--seeds", "2"]);
    sweep.run(&["--jobs", "1"]);
    let outcomes = sweep.outcomes();
    assert_eq!(
        outcomes.iter().map(|trial| trial["outcome"]["value"].as_f64().unwrap()).collect::<Vec<_>>(),
        [0.0, 1.0]
    );
    let status = sweep.say("status", &[]).out;
    let id = outcomes[1]["id"].as_str().unwrap();
    assert!(
        status.contains(&format!("ended more than once: 2, each counted once; other results for {id}")),
        "{status}"
    );
}

#[test]
fn any_scheduler_can_run_the_lines_that_are_printed() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1,0.01", "--set", "wd=0", "--seeds", "3"]);
    let print = || sweep.say("run", &["--on", "print"]).out;
    let lines = print();
    assert_eq!(lines.lines().count(), 6);
    assert!(lines.starts_with(PROGRAM), "{lines}");
    let run = |line: &str| std::process::Command::new("sh").args(["-c", line]).current_dir("/").output().unwrap();
    for line in lines.lines().take(2) {
        assert!(run(line).status.success());
    }
    assert_eq!(print().lines().count(), 4);
    // One that is run twice returns at once.
    for line in lines.lines() {
        assert!(run(line).status.success());
    }
    assert_eq!((print().as_str(), sweep.outcomes().len()), ("", 6));
    assert!(sweep.outcomes().iter().all(|trial| trial["outcome"]["attempt"] == 1));
    let told = sweep.say("run", &["--trial", "0123"]);
    assert!(told.code == Some(1) && told.err.contains("0123 isn't a trial of this sweep"), "{told:?}");
}
