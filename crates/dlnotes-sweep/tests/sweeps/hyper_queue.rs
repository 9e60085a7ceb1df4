//! HyperQueue, whose program isn't in any package registry: a stand-in checks what it is told against the manual of 0.2x,
//! and runs the tasks.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::common::{PROGRAM, Said, Sweep, said};

/// Takes exactly what is documented of `hq submit` and `hq job wait`. Tasks end with a failure, which HyperQueue knows
/// and nobody asks for.
const STAND_IN: &str = r#"#!/bin/sh
set -eu
here=$(dirname "$0")
wrong() { echo "hq: $*" >&2; exit 2; }
case "$1" in
job) [ "$*" = "job wait 5" ] || wrong "$*"; exit 0;;
--output-mode=quiet) [ "$2" = submit ] || wrong "$2"; shift 2;;
*) wrong "$1";;
esac
stderr= cpus= count=
while [ "$1" != -- ]; do
    case "$1" in
    --array=1-*) count=${1#--array=1-};;
    --cpus=[1-9]*) cpus=${1#--cpus=};;
    --stderr=/*) stderr=${1#--stderr=};;
    --stdout=none | --name=dlnotes-sweep | --time-limit=10m) ;;
    --cwd) cd "$2"; shift;;
    *) wrong "$1";;
    esac
    shift
done
shift
[ "$1 $2" = "/bin/sh -c" ] && [ $# = 3 ] || wrong "$*"
echo "$count $cpus" > "$here/asked"
ids=0; for i in $(seq 2 "$cpus"); do ids=$ids,$i; done
for task in $(seq "$count"); do
    log=$(echo "$stderr" | sed "s/%{TASK_ID}/$task/")
    HQ_JOB_ID=5 HQ_TASK_ID=$task HQ_CPUS=$ids "$@" > /dev/null 2> "$log" < /dev/null || true
done
echo 5
"#;

fn with_hq(sweep: &Sweep, arguments: &[&str]) -> Said {
    let program = sweep.path("bin/hq");
    fs::create_dir_all(sweep.path("bin")).unwrap();
    fs::write(&program, STAND_IN).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", sweep.path("bin").display(), std::env::var("PATH").unwrap());
    let mut command = sweep.command(&[&["run", "sweep", "--on", "hq"], arguments].concat());
    // What these tests inherit isn't to be taken for what HyperQueue grants.
    command.env_remove("RAYON_NUM_THREADS").env_remove("OMP_NUM_THREADS");
    said(command.env("PATH", path).output().unwrap())
}

const SCRIPT: &str = "[ $x = 2 ] && exit 9
    echo \"{\\\"value\\\": $x, \\\"threads\\\": $OMP_NUM_THREADS}\" > $DLNOTES_SWEEP_TRIAL/result.json";

#[test]
fn hyper_queue_is_told_what_its_manual_says() {
    let sweep = Sweep::of_script(SCRIPT, &["--set", "x=0,1,2", "--seeds", "2"]);
    let handed = with_hq(&sweep, &["--cpus", "3", "--per-task", "4", "--", "--time-limit=10m"]);
    assert!(handed.code == Some(0) && handed.out.starts_with("6 trials are HyperQueue job 5;"), "{handed:?}");
    assert_eq!(fs::read_to_string(sweep.path("bin/asked")).unwrap(), "2 3\n");
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("4 of 6 trials are done, 2 failed;"), "{status}");
    // The cores that were granted are a trial's threads.
    let outcomes = sweep.outcomes();
    assert!(outcomes.iter().filter(|trial| trial["params"]["x"] != 2.0).all(|trial| trial["outcome"]["threads"] == 3));

    // Those that failed once more, and success is what the ledger says.
    let again = with_hq(&sweep, &["--retry-failed", "--wait"]);
    assert!(again.code == Some(3) && again.err.contains("0 of 2 done, 2 failed"), "{again:?}");
    let failed = sweep.outcomes().into_iter().filter(|trial| trial["outcome"]["attempt"] == 2).count();
    assert_eq!(failed, 2);
    assert!(with_hq(&sweep, &[]).out.starts_with("no trial is open"));
}

#[test]
fn what_hyper_queue_does_not_take_is_told() {
    let sweep = Sweep::of_script(SCRIPT, &["--set", "x=0"]);
    for (arguments, told) in [
        (["--jobs", "2"].as_slice(), "for its workers to say"),
        (&["--", "--nonsense"], "HyperQueue: hq ended with exit status: 2: hq: --nonsense"),
    ] {
        let said = with_hq(&sweep, arguments);
        assert!(said.code == Some(1) && said.err.contains(told), "{said:?}");
    }
    let mut without = sweep.command(&["run", "sweep", "--on", "hq"]);
    let without = said(without.env("PATH", "/nowhere").output().unwrap());
    assert!(
        without.code == Some(1) && without.err.contains("hq was not found on the PATH; is HyperQueue installed"),
        "{without:?}"
    );
    assert!(sweep.say("status", &[]).out.starts_with("0 of 1 trial is done, 1 open"));
}

#[test]
fn a_task_that_is_not_there_is_told() {
    let sweep = Sweep::of_script(SCRIPT, &["--set", "x=0"]);
    fs::write(sweep.path("tasks.txt"), "abc\n").unwrap();
    for (task, told) in [
        ("tasks.txt:1", "abc isn't a trial of this sweep"),
        ("tasks.txt:0", "a line number"),
        ("tasks.txt:2", "a line number"),
        ("tasks.txt", "a line number"),
        ("nowhere:1", "nowhere: No such file"),
    ] {
        let said = sweep.say("run", &["--task", task]);
        assert!(said.code == Some(1) && said.err.contains(told), "{task}: {said:?}");
    }
    assert!(sweep.say("run", &["--on", "local", "--", "x"]).err.contains("for --on slurm and --on hq"), "{PROGRAM}");
}
