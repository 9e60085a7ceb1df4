//! Slurm for real: a controller and two nodes on this machine, over loopback. `cargo xtask test Slurm` runs these.

use std::fs::{self, File};
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::common::{
    Random, Said, Sweep, assert_whole, kill, kill_one, parent, processes_with, running, said, signal, thousand, until,
};

/// A controller and nodes, which end with it.
struct Cluster {
    folder: TempDir,
    /// Munge and the controller.
    servers: Vec<Child>,
    nodes: Vec<Child>,
}

const NODES: [&str; 2] = ["n0", "n1"];

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Munge and Slurm want others to be able to see their sockets.
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        ["munge", "state", "spool", "log"].iter().for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
        let mut key = [0; 128];
        File::open("/dev/urandom").unwrap().read_exact(&mut key).unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("munge/key"), key).unwrap();
        fs::set_permissions(path("munge/key"), PermissionsExt::from_mode(0o600)).unwrap();
        let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [controller, first, second] = listeners.map(|listener| listener.local_addr().unwrap().port());
        fs::write(path("slurm.conf"), settings(&path(""), controller, [first, second])).unwrap();

        let mut cluster = Self { folder, servers: Vec::new(), nodes: Vec::new() };
        let munge = [("key-file", "munge/key"), ("socket", "munge/sock"), ("pid-file", "munge/pid")];
        let munge = munge.into_iter().chain([("log-file", "munge/log"), ("seed-file", "munge/seed")]);
        let mut munge: Vec<String> =
            munge.map(|(name, file)| format!("--{name}={}", path_in(&cluster, file))).collect();
        munge.push("--foreground".to_owned());
        cluster.servers.push(cluster.spawn("munged", &munge.iter().map(String::as_str).collect::<Vec<_>>()));
        until("munge", || cluster.folder.path().join("munge/sock").exists());
        cluster.servers.push(cluster.spawn("slurmctld", &["-D"]));
        cluster.nodes = NODES.map(|name| cluster.node(name)).into();
        until("two idle nodes", || {
            let idle = said(cluster.command("sinfo", &["--noheader", "--Node", "--states=idle"]).output().unwrap());
            idle.out.lines().count() == 2
        });
        cluster
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env("SLURM_CONF", self.folder.path().join("slurm.conf")).stdin(Stdio::null());
        command
    }

    fn spawn(&self, program: &str, arguments: &[&str]) -> Child {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log/all")).unwrap();
        self.command(program, arguments).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    fn node(&self, name: &str) -> Child {
        self.spawn("slurmd", &["-D", "-N", name])
    }

    /// Kills a node's daemon, which starts again, and with `all` also the tasks on it and what watches over them.
    fn lose_node(&mut self, index: usize, all: bool) {
        self.nodes[index].kill().unwrap();
        self.nodes[index].wait().unwrap();
        if all {
            let runners = processes_with(&format!("SLURMD_NODENAME={}\0", NODES[index]), "--task");
            let mine = format!("SLURM_CONF={}", self.folder.path().display());
            let runners = runners.into_iter().filter(|pid| processes_with(&mine, "--task").contains(pid));
            for runner in runners.collect::<Vec<_>>() {
                // `slurmstepd`, which started it.
                parent(runner).filter(|parent| parent.as_raw_pid() > 1).map(kill);
                kill(runner);
            }
        }
    }

    fn run(&self, sweep: &Sweep, arguments: &[&str]) -> Child {
        let mut command = sweep.command(&[&["run", "sweep", "--on", "slurm"], arguments].concat());
        command.env("SLURM_CONF", self.folder.path().join("slurm.conf"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn say(&self, sweep: &Sweep, arguments: &[&str]) -> Said {
        said(self.run(sweep, arguments).wait_with_output().unwrap())
    }

    /// Ends all jobs.
    fn cancel(&self) {
        self.command("scancel", &["--user=root"]).output().unwrap();
        let queue = || said(self.command("squeue", &["--noheader"]).output().unwrap());
        until("an empty queue", || queue().code == Some(0) && queue().out.is_empty());
    }
}

fn path_in(cluster: &Cluster, name: &str) -> String {
    cluster.folder.path().join(name).display().to_string()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nodes first; what they started has the same variable.
        let mine = format!("SLURM_CONF={}", self.folder.path().display());
        for child in self.nodes.iter_mut().chain(self.servers.iter_mut().rev()) {
            let _ = child.kill();
            let _ = child.wait();
        }
        while processes_with(&mine, "").into_iter().filter(|pid| kill(*pid)).count() > 0 {}
    }
}

fn settings(folder: &str, controller: u16, nodes: [u16; 2]) -> String {
    format!(
        "ClusterName=loop
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}munge/sock,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}state
SlurmdSpoolDir={folder}spool/%n
SlurmctldPidFile={folder}slurmctld.pid
SlurmdPidFile={folder}slurmd.%n.pid
SlurmctldLogFile={folder}log/slurmctld
SlurmdLogFile={folder}log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=2
MaxArraySize=101
ReturnToService=2
SlurmdTimeout=10
KillWait=5
SlurmdParameters=config_overrides
NodeName={} NodeHostname=localhost NodeAddr=127.0.0.1 Port={} CPUs=4 RealMemory=2000
NodeName={} NodeHostname=localhost NodeAddr=127.0.0.1 Port={} CPUs=4 RealMemory=2000
PartitionName=p Nodes=ALL Default=YES MaxTime=INFINITE State=UP
",
        NODES[0], nodes[0], NODES[1], nodes[1],
    )
}

#[test]
#[ignore = "needs Slurm and root"]
fn slurm_runs_an_array_and_a_second_one_is_refused_while_the_first_is_in_the_queue() {
    let cluster = Cluster::start();
    let script = "[ $x = 1 ] && exit 9
        [ $x = 2 ] && until [ -e go ]; do sleep 0.05; done
        echo \"{\\\"value\\\": $x, \\\"threads\\\": $OMP_NUM_THREADS}\" > $DLNOTES_SWEEP_TRIAL/result.json";
    let sweep = Sweep::of_script(script, &["--set", "x=0,1,2", "--seeds", "4"]);
    let handed = cluster.say(&sweep, &["--cpus", "2", "--", "--comment=mine"]);
    assert!(handed.code == Some(0) && handed.out.starts_with("12 trials are Slurm job 1;"), "{handed:?}");
    until("what needs no leave", || sweep.outcomes().len() == 8);
    let again = cluster.say(&sweep, &[]);
    assert!(again.code == Some(1) && again.err.contains("in the queue as job 1"), "{again:?}");
    let wrong = cluster.say(&Sweep::of_example(&["--set", "lr=1"]), &["--", "--partition=nowhere"]);
    assert!(wrong.code == Some(1) && wrong.err.contains("sbatch didn't take the job"), "{wrong:?}");
    let many = cluster.say(&Sweep::of_example(&["--set", "lr=1", "--seeds", "250"]), &["--per-task", "2"]);
    assert!(many.code == Some(1) && many.err.contains("give --per-task 3"), "{many:?}");
    fs::write(sweep.path("go"), "").unwrap();
    until("the rest", || sweep.outcomes().len() == 12);
    let status = sweep.say("status", &[]).out;
    assert!(status.starts_with("8 of 12 trials are done, 4 failed;") && !status.contains("more than once"), "{status}");
    let done = sweep.outcomes().into_iter().filter(|trial| trial["params"]["x"] != 1.0);
    assert!(done.into_iter().all(|trial| trial["outcome"]["threads"] == 2));
    cluster.cancel();
    assert!(cluster.say(&sweep, &[]).out.starts_with("no trial is open"));
    // Those that failed, once more.
    let retried = cluster.say(&sweep, &["--retry-failed", "--wait", "--jobs", "2"]);
    assert!(retried.code == Some(3) && retried.err.contains("0 of 4 done, 4 failed"), "{retried:?}");
}

/// One of two trials is open, or Slurm was so quick to kill its runner that it is interrupted.
fn is_to_be_run(sweep: &Sweep) {
    let status = sweep.say("status", &[]).out;
    let is_told = |what: &str| status.starts_with(&format!("1 of 2 trials are done, 1 {what};"));
    assert!(is_told("open") || is_told("interrupted"), "{status}");
}

#[test]
#[ignore = "needs Slurm and root"]
fn after_a_time_limit_or_ctrl_c_trials_are_open() {
    let cluster = Cluster::start();
    let script = "[ $x = 1 ] && until [ -e go ]; do sleep 0.05; done
        echo \"{\\\"value\\\": $x}\" > $DLNOTES_SWEEP_TRIAL/result.json";
    let sweep = Sweep::of_script(script, &["--set", "x=0,1"]);
    // The shortest limit that Slurm knows, a minute, after which it looks each half of one.
    let limited = cluster.say(&sweep, &["--wait", "--", "--time=1"]);
    assert!(limited.code == Some(1) && limited.err.contains("1 trial without a result"), "{limited:?}");
    is_to_be_run(&sweep);

    let run = cluster.run(&sweep, &["--wait"]);
    until("its start", || !running(&sweep).is_empty());
    signal(&run, Signal::INT);
    let left = said(run.wait_with_output().unwrap());
    assert!(left.code == Some(130) && left.err.contains("goes on without us; `scancel "), "{left:?}");
    cluster.cancel();
    until("the trial's end", || running(&sweep).is_empty());
    is_to_be_run(&sweep);
    fs::write(sweep.path("go"), "").unwrap();
    assert_eq!(cluster.say(&sweep, &["--wait"]).code, Some(0));
}

#[test]
#[ignore = "needs Slurm and root"]
fn of_1000_trials_on_slurm_nodes_that_are_killed_none_is_lost_or_counted_twice() {
    let (sweep, expected) = thousand();
    let mut cluster = Cluster::start();
    // As many tasks as fit into an array here: 100 of 10 trials.
    let mut run = cluster.run(&sweep, &["--attempts", "20", "--wait"]);
    until("the first result", || !sweep.outcomes().is_empty());
    let (mut random, mut nodes, mut daemons, mut trials) = (Random::default(), 0, 0, 0);
    // Each kind has its turn; when, and on which node, is left to chance.
    for turn in 0_u64.. {
        std::thread::sleep(Duration::from_millis(100 + random.below(400)));
        if run.try_wait().unwrap().is_some() {
            break;
        }
        let index = random.below(2) as usize;
        match turn % 5 {
            1 => {
                cluster.lose_node(index, false);
                cluster.nodes[index] = cluster.node(NODES[index]);
                daemons += 1;
            }
            4 if nodes < 4 => {
                cluster.lose_node(index, true);
                nodes += 1;
                std::thread::sleep(Duration::from_secs(random.below(20)));
                cluster.nodes[index] = cluster.node(NODES[index]);
            }
            _ => trials += usize::from(kill_one(&mut run, || running(&sweep))),
        }
    }
    let ended = said(run.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    println!("killed: {nodes} nodes, {daemons} daemons of nodes, {trials} trials");
    assert_whole(&sweep, &expected);
    assert!(nodes >= 1 && daemons >= 1 && trials >= 3, "killed: {nodes} nodes, {daemons} daemons, {trials} trials");
}
