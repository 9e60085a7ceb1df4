//! Hopeless trials are ended early.

use std::fs;
use std::time::Duration;

use crate::common::{Random, Sweep, kill, running, said, until};

/// A trial that reports `x` at step after step, and is done at the tenth; where `x` is large it doesn't come so far.
const SLOW: &str = "step=0
    while [ $step -lt 10 ]; do
        echo \"{\\\"step\\\": $step, \\\"value\\\": $x}\" >> $DLNOTES_SWEEP_TRIAL/metrics.jsonl
        step=$((step + 1)); [ $x -gt 5 ] && sleep 5
    done
    echo \"{\\\"value\\\": $x}\" > $DLNOTES_SWEEP_TRIAL/result.json";

fn median(rest: &[&str]) -> Sweep {
    Sweep::of_script(SLOW, &[&["--set", "x=1,2,3,9", "--prune", "median", "--prune-startup", "3"], rest].concat())
}

#[test]
fn a_hopeless_trial_is_ended_and_is_a_row_of_its_own_kind() {
    let sweep = median(&["--seeds", "2"]);
    let run = sweep.say("run", &["--jobs", "1"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("6 of 8 done, 2 pruned"), "{run:?}");
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("6 of 8 trials are done, 2 pruned;") && !status.contains("failed"), "{status}");
    let table = sweep.say("show", &[]).out;
    let last = table.lines().last().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(last, "9 - - 0 of 2, 2 pruned", "{table}");
    let trials = sweep.say("show", &["--trials"]).out;
    assert_eq!(trials.matches("\"pruned at step 0, last value 9\"").count(), 2, "{trials}");
    assert!(sweep.say("best", &[]).out.starts_with("x=1: 1 ± 0 over 2 seeds"));
    // What it reported is kept.
    let pruned = sweep.outcomes().into_iter().find(|trial| trial["params"]["x"] == 9.0).unwrap();
    assert_eq!(pruned["outcome"]["pruned"], serde_json::json!({"step": 0, "value": 9.0}));
    let folder = sweep.trials().join(pruned["id"].as_str().unwrap());
    assert_eq!(fs::read_to_string(folder.join("metrics.jsonl")).unwrap().lines().count(), 1);
    // It is done: neither another run nor --retry-failed tries it again.
    sweep.run(&["--retry-failed"]);
    assert_eq!(
        (sweep.say("show", &["--trials"]).out, sweep.say("run", &["--on", "print"]).out),
        (trials, String::new())
    );
}

#[test]
fn it_is_left_alone_in_the_beginning_and_where_larger_is_better() {
    let sweep = median(&["--prune-warmup", "5"]);
    let run = sweep.start(&["--jobs", "1"]);
    until("a report", || sweep.begun().iter().any(|folder| folder.join("attempt-1/metrics.jsonl").exists()));
    std::thread::sleep(Duration::from_secs(2));
    assert!(sweep.say("status", &[]).out.starts_with("3 of 4 trials are done, 1 running"));
    crate::common::signal(&run, rustix::process::Signal::INT);
    assert_eq!(said(run.wait_with_output().unwrap()).code, Some(130));

    let fast = SLOW.replace("sleep 5", "sleep 0.4");
    let rule = ["--prune", "median", "--prune-startup", "2"];
    let sweep = Sweep::of_script(&fast, &[&["--set", "x=7,8,6", "--maximize"], &rule[..]].concat());
    let run = sweep.say("run", &["--jobs", "1"]);
    assert!(run.err.contains("2 of 3 done, 1 pruned"), "{run:?}");
    assert_eq!(sweep.outcomes()[2]["outcome"]["error"], "pruned at step 0, last value 6");
}

#[test]
fn one_that_does_not_listen_is_killed_and_one_that_is_done_counts() {
    let stubborn = SLOW.replace("step=0\n", "step=0; [ $x = 9 ] && trap '' TERM\n");
    let sweep = Sweep::of_script(&stubborn, &["--set", "x=1,9", "--prune", "median", "--prune-startup", "1"]);
    sweep.run(&["--jobs", "1"]);
    assert!(sweep.say("status", &[]).out.starts_with("1 of 2 trials are done, 1 pruned"));
    let done = "trap 'exit 0' TERM; echo \"{\\\"value\\\": $x}\" > $DLNOTES_SWEEP_TRIAL/result.json
        echo \"{\\\"step\\\": 1, \\\"value\\\": $x}\" >> $DLNOTES_SWEEP_TRIAL/metrics.jsonl
        [ $x = 9 ] && while :; do sleep 0.1; done; true";
    let sweep = Sweep::of_script(done, &["--set", "x=1,9", "--prune", "median", "--prune-startup", "1"]);
    sweep.run(&["--jobs", "1"]);
    assert!(sweep.say("status", &[]).out.starts_with("2 of 2 trials are done;"));
}

#[test]
fn whatever_is_killed_none_is_lost_and_the_best_is_the_same() {
    let axes = ["--set", "x=1,2,3,4,5,6,7,8,9", "--seeds", "6", "--prune", "median"];
    let sweep = Sweep::of_script(&SLOW.replace("sleep 5", "sleep 0.1"), &axes);
    let start = || sweep.start(&["--jobs", "2", "--attempts", "20"]);
    let (mut runners, mut random, mut killed) = ([start(), start()], Random::default(), 0);
    until("the first trial", || !running(&sweep).is_empty());
    while runners.iter_mut().all(|runner| runner.try_wait().unwrap().is_none()) && killed < 30 {
        if let Some(trial) = running(&sweep).first().filter(|_| random.below(4) > 0) {
            killed += usize::from(kill(*trial));
        } else if random.below(4) == 0 {
            let runner = &mut runners[random.below(2) as usize];
            runner.kill().unwrap();
            runner.wait().unwrap();
            *runner = start();
            killed += 1;
        }
        std::thread::sleep(Duration::from_millis(random.below(60)));
    }
    for runner in runners {
        let said = said(runner.wait_with_output().unwrap());
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let outcomes = sweep.outcomes();
    let pruned = outcomes.iter().filter(|trial| trial["outcome"].get("pruned").is_some()).count();
    println!("{killed} killed, {pruned} pruned");
    assert!(outcomes.len() == 54 && pruned > 0 && killed > 3, "{} {pruned} {killed}", outcomes.len());
    assert!(sweep.say("best", &[]).out.starts_with("x=1: 1 ± 0 over 6 seeds"));
}
