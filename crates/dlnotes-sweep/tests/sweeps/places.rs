//! Folders where nothing can be written, and disks that are full.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::common::{PROGRAM, Sweep, entries, example, said};

/// Nobody: root may write everywhere.
const NOBODY: u32 = 65534;

#[test]
fn in_a_read_only_folder_a_run_says_so_and_the_rest_works() {
    let sweep = Sweep::of_example(&["--set", "lr=0.1", "--set", "wd=0", "--seeds", "2"]);
    sweep.run(&[
        "--trial",
        sweep.say("run", &["--on", "print"]).out.lines().next().unwrap().rsplit(' ').next().unwrap(),
    ]);
    // Where nobody may read and run it, wherever the tests are built.
    let program = sweep.path("dlnotes-sweep");
    fs::copy(PROGRAM, &program).unwrap();
    let folder = sweep.path("sweep");
    let folders = || [vec![folder.clone(), sweep.folder.path().into()], entries(&folder)].concat();
    let set = |mode| {
        folders().into_iter().filter(|path| path.is_dir()).for_each(|path| {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        })
    };
    set(0o555);
    let say = |subcommand: &str| {
        let mut command = Command::new(&program);
        command.args([subcommand, "sweep"]).current_dir(sweep.folder.path());
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        said(command.output().unwrap())
    };
    let run = say("run");
    let [status, show, best] = ["status", "show", "best"].map(say);
    set(0o755);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("sweep/runners/") && run.err.contains("you may not write there"), "{run:?}");
    assert!(status.code == Some(0) && status.out.starts_with("1 of 2 trials are done, 1 open"), "{status:?}");
    assert!(show.code == Some(0) && show.out.contains("1 of 2"), "{show:?}");
    assert!(best.code == Some(1) && best.err.contains("no setting has a value for each of its seeds yet"), "{best:?}");
    sweep.run(&[]);
}

#[test]
fn on_a_full_disk_a_run_says_so_and_goes_on_when_there_is_room() {
    // A disk of its own, in a namespace that ends with the test.
    let script = format!(
        "set -u; mkdir disk && mount -t tmpfs -o size=1m,nr_inodes=120 none disk || exit 77
        '{PROGRAM}' plan '{}' --set lr=log:1e-3..1:10 --set wd=0 --seeds 10 --out disk/sweep || exit 1
        '{PROGRAM}' run disk/sweep --jobs 4; echo \"full: $?\"
        '{PROGRAM}' status disk/sweep
        mount -o remount,size=10m,nr_inodes=2000 disk || exit 78
        '{PROGRAM}' run disk/sweep --jobs 4 --retry-failed; echo \"room: $?\"
        '{PROGRAM}' status disk/sweep; ls -d disk/sweep/trials/*/claim* disk/sweep/trials/*/*.*-* | wc -l",
        example()
    );
    let sweep = Sweep::new();
    let unshare = Command::new("unshare").args(["-rm", "sh", "-c", &script]).current_dir(sweep.folder.path()).output();
    let said = match unshare.map(said) {
        Ok(said) if said.code != Some(77) && said.out.contains("trials;") => said,
        other => return println!("left out: no disk can be mounted here ({other:?})"),
    };
    assert!(said.out.contains("full: 1\n") && said.out.contains("room: 0\n"), "{said:?}");
    assert!(said.err.contains("the disk is full: make room and run again, what is done is kept"), "{said:?}");
    let statuses: Vec<&str> = said.out.lines().filter(|line| line.contains("trials are done")).collect();
    assert!(!statuses[0].starts_with("0 of") && !statuses[0].starts_with("100 of"), "{said:?}");
    assert!(statuses[1].starts_with("100 of 100 trials are done;"), "{said:?}");
    assert_eq!(said.out.lines().last(), Some("0"), "{said:?}");
}
