//! Processes that are killed at random.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Sweep, said, until};

const SETTINGS: [&str; 8] =
    ["--set", "lr=log:1e-3..1:50", "--set", "wd=0,1e-3,1e-2,0.1", "--set", "ms=50", "--seeds", "5"];

#[test]
fn of_1000_trials_none_is_lost_or_counted_twice() {
    let calm = Sweep::of_example(&SETTINGS);
    calm.run(&["--jobs", "8"]);
    let expected = calm.say("show", &["--format", "csv"]).out;
    assert_eq!(expected.lines().filter(|line| line.ends_with(",5,0,5")).count(), 200);

    let sweep = Sweep::of_example(&SETTINGS);
    let start = || sweep.start(&["--jobs", "4", "--attempts", "20"]);
    let mut runners = [start(), start()];
    let (mut runners_killed, mut trials_killed) = (0, 0);
    let random = RandomState::new();
    for step in 0_u64..400 {
        let number = random.hash_one(step);
        std::thread::sleep(Duration::from_millis(number % 25));
        let runner = &mut runners[(number >> 8) as usize % 2];
        if runner.try_wait().unwrap().is_some() {
            break;
        }
        if (number >> 16).is_multiple_of(10) {
            runner.kill().unwrap();
            runner.wait().unwrap();
            *runner = start();
            runners_killed += 1;
        } else if let Some(trial) = children(runner).first() {
            // It may have ended by now.
            trials_killed += usize::from(kill_process(*trial, Signal::KILL).is_ok());
        }
    }
    for runner in runners {
        let said = said(runner.wait_with_output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    assert_eq!(sweep.say("show", &["--format", "csv"]).out, expected);
    let ids: BTreeSet<String> = sweep.outcomes().iter().map(|trial| trial["id"].to_string()).collect();
    assert_eq!((ids.len(), sweep.outcomes().len(), sweep.begun().len()), (1000, 1000, 1000));
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("1000 of 1000 trials are done;"), "{status}");
    assert!(status.contains("begun more than once") && !status.contains("other results"), "{status}");
    println!("killed: {runners_killed} runners, {trials_killed} trials; {status}");
    assert!(
        runners_killed >= 5 && trials_killed >= 20,
        "{runners_killed} runners and {trials_killed} trials were killed"
    );
    // A trial whose runner is dead ends, too.
    until("the end of all trials", || running(&sweep) == 0);
}

/// The processes that a runner has started.
fn children(runner: &Child) -> Vec<Pid> {
    let is_child = |pid: &Pid| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).unwrap_or_default();
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parent == Some(runner.id())
    };
    processes().into_iter().filter(is_child).collect()
}

/// How many trials of a sweep are running, whoever their parent is.
fn running(sweep: &Sweep) -> usize {
    let folder = format!("DLNOTES_SWEEP_TRIAL={}", sweep.trials().display());
    let is_trial = |pid: &Pid| {
        let environment = fs::read(format!("/proc/{}/environ", pid.as_raw_pid())).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&folder)
    };
    processes().iter().filter(|pid| is_trial(pid)).count()
}

fn processes() -> Vec<Pid> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)).collect()
}
