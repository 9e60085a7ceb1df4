//! A search that learns from what is done: with many processes, some of them killed, as with one.

use std::time::Duration;

use crate::common::{Random, Sweep, kill, running, said};

const SEARCH: [&str; 10] =
    ["--set", "lr=log:1e-3..1", "--set", "wd=0,1e-3,1e-2,0.1", "--set", "ms=20,21", "--tpe", "60", "--seeds", "2"];

#[test]
fn a_search_finds_the_same_with_many_processes_that_are_killed_as_with_one() {
    let calm = Sweep::of_example(&SEARCH);
    calm.run(&["--jobs", "1"]);
    let expected = calm.say("show", &["--sort", "planned"]).out;
    assert_eq!(expected.lines().count(), 61, "{expected}");

    let sweep = Sweep::of_example(&SEARCH);
    let start = || sweep.start(&["--jobs", "4", "--attempts", "20"]);
    let (mut runners, mut random, mut killed) = ([start(), start()], Random::default(), [0, 0]);
    for _ in 0..300 {
        std::thread::sleep(Duration::from_millis(random.below(120)));
        if runners.iter_mut().any(|runner| runner.try_wait().unwrap().is_some()) {
            break;
        }
        if random.below(3) == 0 {
            let runner = &mut runners[random.below(2) as usize];
            runner.kill().unwrap();
            runner.wait().unwrap();
            *runner = start();
            killed[0] += 1;
        } else if let Some(trial) = running(&sweep).first() {
            killed[1] += usize::from(kill(*trial));
        }
    }
    for runner in runners {
        let said = said(runner.wait_with_output().unwrap());
        assert!(said.code == Some(0) && said.err.contains("120 of 120 done"), "{said:?}");
    }
    assert!(killed[0] > 1 && killed[1] > 1, "killed: {killed:?}");
    assert_eq!(sweep.say("show", &["--sort", "planned"]).out, expected);
}

#[test]
fn a_search_may_be_interrupted_and_handed_out_generation_by_generation() {
    let sweep = Sweep::of_example(&SEARCH);
    let print = || sweep.say("run", &["--on", "print"]).out;
    // Ten settings with two seeds are known from the beginning.
    assert_eq!(print().lines().count(), 20);
    assert!(sweep.say("status", &[]).out.starts_with("0 of 120 trials are done, 120 open"));
    for line in print().lines() {
        assert!(std::process::Command::new("sh").args(["-c", line]).status().unwrap().success());
    }
    // Four at a time follow.
    assert_eq!(print().lines().count(), 8);
    sweep.run(&[]);
    assert_eq!((print().as_str(), sweep.outcomes().len()), ("", 120));
}
