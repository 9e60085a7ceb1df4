//! Dask for real: a scheduler and workers as processes of their own, over loopback. `cargo xtask test Dask` runs these.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::common::{
    Random, Sweep, assert_whole, entries, kill, kill_one, processes_with, running, said, signal, thousand, until,
};

/// Marks a worker and all that it starts.
const WORKER: &str = "SWEEP_TEST_WORKER";

/// A Python that has Dask.
fn python() -> String {
    std::env::var("DLNOTES_PYTHON").expect("names a Python with Dask; `cargo xtask test Dask` sets it")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A scheduler with workers, which end with it.
struct Cluster {
    folder: TempDir,
    address: String,
    scheduler: Child,
    /// Each with its mark.
    workers: Vec<(Child, String)>,
    begun: usize,
}

impl Cluster {
    fn start(workers: usize) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port().to_string());
        let scheduler = dask(folder.path(), "", &["scheduler", "--port", &port, "--no-show"]);
        let address = format!("tcp://127.0.0.1:{port}");
        let mut cluster = Self { folder, address, scheduler, workers: Vec::new(), begun: 0 };
        (0..workers).for_each(|_| cluster.add_worker());
        cluster
    }

    fn add_worker(&mut self) {
        self.begun += 1;
        let mark = format!("{}/{}.", self.folder.path().display(), self.begun);
        let arguments = ["worker", &self.address, "--nthreads", "2", "--no-nanny", "--memory-limit", "0"];
        self.workers.push((dask(self.folder.path(), &mark, &arguments), mark));
    }

    /// Loses a worker, as if it had crashed, and its trials go on, or as if its machine had, with all that was there.
    fn lose_worker(&mut self, index: usize, machine: bool) {
        let (mut worker, mark) = self.workers.swap_remove(index);
        worker.kill().unwrap();
        worker.wait().unwrap();
        while machine
            && processes_with(&format!("{WORKER}={mark}"), "").into_iter().filter(|pid| kill(*pid)).count() > 0
        {
        }
    }

    fn run(&self, sweep: &Sweep, arguments: &[&str]) -> Child {
        let python = python();
        let dask = ["--on", "dask", "--scheduler", &self.address, "--python", &python];
        sweep.start(&[&dask, arguments].concat())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        while !self.workers.is_empty() {
            self.lose_worker(0, true);
        }
        let _ = self.scheduler.kill();
        let _ = self.scheduler.wait();
    }
}

/// Starts one of Dask's programs.
fn dask(folder: &Path, mark: &str, arguments: &[&str]) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = Command::new(PathBuf::from(python()).with_file_name("dask"));
    command.args(arguments).args(["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]);
    // Tests that lose workers lose many.
    command.env("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "100").env(WORKER, mark).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

fn first_result(sweep: &Sweep) {
    until("the first result", || !sweep.outcomes().is_empty());
}

#[test]
#[ignore = "needs Dask"]
fn dask_runs_trials_with_as_many_threads_as_asked_for() {
    let cluster = Cluster::start(2);
    let script = "[ $x = 1 ] && exit 9
        echo \"{\\\"value\\\": $x, \\\"threads\\\": $OMP_NUM_THREADS}\" > $DLNOTES_SWEEP_TRIAL/result.json";
    let sweep = Sweep::of_script(script, &["--set", "x=0,1,2", "--seeds", "4"]);
    let ended = said(cluster.run(&sweep, &["--cpus", "3"]).wait_with_output().unwrap());
    assert!(ended.code == Some(3) && ended.err.contains("8 of 12 done, 4 failed"), "{ended:?}");
    let done: Vec<_> = sweep.outcomes().into_iter().filter(|trial| trial["params"]["x"] != 1.0).collect();
    assert!(done.iter().all(|trial| trial["outcome"]["threads"] == 3 && trial["outcome"]["attempt"] == 1), "{done:?}");
}

#[test]
#[ignore = "needs Dask"]
fn of_1000_trials_on_dask_workers_that_are_killed_none_is_lost_or_counted_twice() {
    let (sweep, expected) = thousand();
    let mut cluster = Cluster::start(3);
    let mut run = cluster.run(&sweep, &["--per-task", "5", "--attempts", "20"]);
    first_result(&sweep);
    let (mut random, mut workers, mut runners, mut trials) = (Random::default(), 0, 0, 0);
    let mine = format!("{WORKER}={}", cluster.folder.path().display());
    // Each kind has its turn; when, and which one, is left to chance.
    for turn in 0_u64.. {
        std::thread::sleep(Duration::from_millis(100 + random.below(400)));
        if run.try_wait().unwrap().is_some() {
            break;
        }
        match turn % 4 {
            0 => {
                cluster.lose_worker(random.below(3) as usize, random.below(2) == 0);
                cluster.add_worker();
                workers += 1;
            }
            1 => runners += usize::from(kill_one(&mut run, || processes_with(&mine, "--task"))),
            _ => trials += usize::from(kill_one(&mut run, || running(&sweep))),
        }
    }
    let ended = said(run.wait_with_output().unwrap());
    let [job] = entries(&sweep.path("sweep/jobs")).try_into().unwrap();
    let logs = entries(&job).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "log"));
    let logs: String = logs.map(|path| fs::read_to_string(path).unwrap()).collect();
    assert_eq!(ended.code, Some(0), "{ended:?}\n{logs}");
    println!("killed: {workers} workers, {runners} runners, {trials} trials");
    assert_whole(&sweep, &expected);
    assert!(
        workers >= 3 && runners >= 3 && trials >= 3,
        "killed: {workers} workers, {runners} runners, {trials} trials"
    );
}

#[test]
#[ignore = "needs Dask"]
fn when_the_scheduler_of_dask_ends_a_run_says_so_and_the_next_one_goes_on() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--set", "ms=200", "--seeds", "30"]);
    let mut cluster = Cluster::start(1);
    let run = cluster.run(&sweep, &[]);
    first_result(&sweep);
    cluster.scheduler.kill().unwrap();
    let ended = said(run.wait_with_output().unwrap());
    assert!(ended.code == Some(1) && ended.err.contains("has ended; start it and run again"), "{ended:?}");
    drop(cluster);
    let done = sweep.outcomes().len();
    assert!((1..30).contains(&done), "{done}");
    let ended = said(Cluster::start(2).run(&sweep, &[]).wait_with_output().unwrap());
    assert_eq!((ended.code, sweep.outcomes().len()), (Some(0), 30), "{ended:?}");
}

#[test]
#[ignore = "needs Dask"]
fn after_ctrl_c_dask_begins_no_more_trials() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--set", "ms=300", "--seeds", "40"]);
    let cluster = Cluster::start(1);
    let run = cluster.run(&sweep, &[]);
    first_result(&sweep);
    signal(&run, Signal::INT);
    let ended = said(run.wait_with_output().unwrap());
    assert!(ended.code == Some(130) && ended.err.contains("withdrawn"), "{ended:?}");
    until("the end of what has begun", || running(&sweep).is_empty());
    std::thread::sleep(Duration::from_secs(1));
    let status = sweep.say("status", &[]).out;
    let done = sweep.outcomes().len();
    assert!((1..40).contains(&done), "{done}");
    assert!(status.starts_with(&format!("{done} of 40 trials are done, {} open;", 40 - done)), "{status}");
}

#[test]
#[ignore = "needs Dask"]
fn what_a_run_on_dask_lacks_is_told() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0"]);
    let say = |arguments: &[&str]| sweep.say("run", &[&["--on", "dask"], arguments].concat());
    assert_eq!(say(&[]).code, Some(2));
    let (nobody, python) = (format!("tcp://127.0.0.1:{}", free_port()), python());
    for (arguments, told) in [
        (["--scheduler", &nobody, "--python", &python], "no scheduler answers at tcp://127.0.0.1:"),
        (["--scheduler", "nonsense://x", "--python", &python], "no scheduler answers at nonsense://x"),
        (["--scheduler", &nobody, "--python", "no-python-here"], "no-python-here was not found"),
    ] {
        let said = say(&arguments);
        assert!(said.code == Some(1) && said.err.contains(told), "{said:?}");
    }
    // A Python that can't load it.
    fs::create_dir(sweep.path("distributed")).unwrap();
    fs::write(sweep.path("distributed/__init__.py"), "raise ImportError('No module named distributed')").unwrap();
    let without = say(&["--scheduler", &nobody, "--python", &python]);
    assert!(without.code == Some(1) && without.err.contains("has no Dask (No module named"), "{without:?}");

    // A worker that can't see the sweep's folder.
    let cluster = Cluster::start(1);
    fs::remove_dir_all(sweep.path("distributed")).unwrap();
    let before = entries(&sweep.path("sweep/jobs"));
    let mut run = cluster.run(&sweep, &[]);
    until("the tasks' file", || entries(&sweep.path("sweep/jobs")).len() > before.len());
    let job = entries(&sweep.path("sweep/jobs")).into_iter().find(|path| !before.contains(path)).unwrap();
    let _ = fs::remove_file(job.join("tasks.txt"));
    run.wait().unwrap();
    let ended = said(run.wait_with_output().unwrap());
    assert!(ended.code == Some(1) && ended.err.contains("1 tasks didn't run to their ends"), "{ended:?}");
    assert!(fs::read_to_string(job.join("1.log")).unwrap().contains("tasks.txt: No such file"));
}
