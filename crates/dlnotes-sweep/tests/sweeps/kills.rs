//! Processes that are killed at random.

use std::process::Child;
use std::time::Duration;

use rustix::process::Pid;

use crate::common::{Random, assert_whole, kill, parent, processes, running, said, thousand, until};

#[test]
fn of_1000_trials_none_is_lost_or_counted_twice() {
    let (sweep, expected) = thousand();
    let start = || sweep.start(&["--jobs", "4", "--attempts", "20"]);
    let mut runners = [start(), start()];
    let (mut runners_killed, mut trials_killed) = (0, 0);
    let mut random = Random::default();
    for _ in 0..400 {
        std::thread::sleep(Duration::from_millis(random.below(25)));
        let runner = &mut runners[random.below(2) as usize];
        if runner.try_wait().unwrap().is_some() {
            break;
        }
        if random.below(10) == 0 {
            runner.kill().unwrap();
            runner.wait().unwrap();
            *runner = start();
            runners_killed += 1;
        } else if let Some(trial) = children(runner).first() {
            trials_killed += usize::from(kill(*trial));
        }
    }
    for runner in runners {
        let said = said(runner.wait_with_output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    println!("killed: {runners_killed} runners, {trials_killed} trials");
    assert_whole(&sweep, &expected);
    assert!(
        runners_killed >= 5 && trials_killed >= 20,
        "{runners_killed} runners and {trials_killed} trials were killed"
    );
    // A trial whose runner is dead ends, too.
    until("the end of all trials", || running(&sweep).is_empty());
}

/// The processes that a runner has started.
fn children(runner: &Child) -> Vec<Pid> {
    processes().into_iter().filter(|pid| parent(*pid) == Some(Pid::from_child(runner))).collect()
}
