//! A trial that was killed or stopped goes on from its checkpoint.

use std::fs;

use rustix::process::Signal;

use crate::common::{Sweep, kill, running, said, signal, until};

/// Counts to 6 and says so, each second time from where an earlier attempt was; `$1` happens at 3, the first time.
fn counting(accident: &str) -> String {
    format!(
        "cd $DLNOTES_SWEEP_TRIAL; n=0; [ -e checkpoint.txt ] && n=$(cat checkpoint.txt); echo \"from $n\" >> {HERE}/said
        while [ $n -lt 6 ]; do
            n=$((n + 1)); echo \"{{\\\"step\\\": $n, \\\"value\\\": $n}}\" >> metrics.jsonl
            echo $n > new; mv new checkpoint.txt; mkdir -p checkpoint.d; echo $n > checkpoint.d/more
            if [ $n = 3 ] && [ ! -e {HERE}/happened ]; then touch {HERE}/happened; {accident}; fi
        done
        echo \"{{\\\"value\\\": $n}}\" > result.json"
    )
}

/// The sweep's own folder, as the script is told.
const HERE: &str = "$OLDPWD";

fn said_of(sweep: &Sweep) -> String {
    fs::read_to_string(sweep.path("said")).unwrap().replace('\n', ", ")
}

fn assert_whole(sweep: &Sweep, attempt: u32) {
    let outcomes = sweep.outcomes();
    assert_eq!((outcomes.len(), &outcomes[0]["outcome"]["value"]), (1, &6.0.into()));
    assert_eq!(outcomes[0]["outcome"]["attempt"], attempt);
    let [folder] = sweep.begun().try_into().unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!((read("checkpoint.txt").trim(), read("checkpoint.d/more").trim()), ("6", "6"));
    assert_eq!(read("metrics.jsonl").lines().count(), 6);
    assert!(!folder.join("attempt-1").exists() && !folder.join("attempt-2").exists());
}

#[test]
fn after_a_kill_it_goes_on() {
    // The last line of what is reported is half written.
    let sweep =
        Sweep::of_script(&counting("printf '{\"step\":4,\"va' >> metrics.jsonl; kill -9 $$"), &["--seeds", "1"]);
    sweep.run(&[]);
    assert_eq!(said_of(&sweep), "from 0, from 3, ");
    assert_whole(&sweep, 2);
}

#[test]
fn after_ctrl_c_and_after_its_runner_was_killed_it_goes_on() {
    for sent in [Signal::INT, Signal::KILL] {
        let sweep = Sweep::of_script(&counting("sleep 100"), &["--seeds", "1"]);
        let run = sweep.start(&[]);
        until("the third step", || sweep.path("happened").exists());
        signal(&run, sent);
        said(run.wait_with_output().unwrap());
        // A script doesn't notice that its runner has died.
        for pid in running(&sweep) {
            kill(pid);
        }
        sweep.run(&[]);
        assert_eq!(said_of(&sweep), "from 0, from 3, ");
        assert_whole(&sweep, if sent == Signal::INT { 1 } else { 2 });
    }
}

#[test]
fn after_a_failure_it_begins_from_the_start() {
    let sweep = Sweep::of_script(&counting("exit 1"), &["--seeds", "1"]);
    assert_eq!(sweep.say("run", &[]).code, Some(3));
    sweep.run(&["--retry-failed"]);
    assert_eq!(said_of(&sweep), "from 0, from 0, ");
    assert_whole(&sweep, 2);
}

#[test]
fn a_trial_that_is_done_keeps_its_checkpoint_when_it_is_run_again() {
    let sweep = Sweep::of_script(&counting("true"), &["--seeds", "1"]);
    sweep.run(&[]);
    sweep.run(&[]);
    sweep.run(&["--retry-failed"]);
    assert_eq!(said_of(&sweep), "from 0, ");
    assert_whole(&sweep, 1);
}
