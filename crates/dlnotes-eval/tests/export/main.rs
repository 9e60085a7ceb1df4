//! `:export` for real: a session becomes a program, which is built, run by hand, and tried in a sweep.

#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod notebook;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dlnotes_sweep::{Axis, Ledger, Options, Outcome, Plan, Space, Stop};
use notebook::Notebook;

const PARAMETERS: &str = "// parameters\nlet lr = 0.05_f32;\nlet hidden = 8_usize;\nlet epochs: usize = 5;\nlet schedule = \"cosine\";\nseed(3);";

const CELLS: [&str; 4] = [
    "let x = Tensor::randn([100, 3]);\nlet y = x.sum_dim(1, true).tanh();\nlet train = Batches::new((&x, &y), 10).shuffled();",
    "let net = sequential![Linear::new(3, hidden), Relu, Linear::new(hidden, 1)];",
    "let mut trainer = Adam::new(net.parameters(), lr);\n\
     let until = if schedule == \"cosine\" { epochs } else { 1000 };\n\
     let loss = MseLoss::none();\n\
     let fit = Fit::new(&net, &train, &loss, &mut trainer).epochs(epochs);\n\
     let fit = fit.schedule(Schedule::Cosine { epochs: until });\n\
     let history = fit.run()?;",
    "history.last(\"train loss\")",
];

/// Both tests build a program of the same name in the same place.
static ONE_AFTER_THE_OTHER: Mutex<()> = Mutex::new(());

/// What a session shows last that begins with these parameters.
fn shown(notebook: &mut Notebook, parameters: &str) -> f64 {
    notebook.ok(parameters);
    let mut last = String::new();
    CELLS.iter().for_each(|cell| last = notebook.ok(cell));
    let value = last.lines().find_map(|line| line.strip_prefix("= ")).unwrap_or_else(|| panic!("{last}"));
    value.parse().unwrap()
}

/// An exported program in a folder; what is built of it lies beside what is built of the workspace.
struct Exported {
    folder: tempfile::TempDir,
}

impl Exported {
    fn of(notebook: &mut Notebook) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let said = notebook.ok(&format!(":export {}", folder.path().join("net").display()));
        let tests = std::env::current_exe().unwrap();
        let target = tests.ancestors().nth(3).unwrap().join("exported");
        let exported = Self { folder };
        fs::create_dir(exported.path().join(".cargo")).unwrap();
        let config = format!("[build]\ntarget-dir = {:?}\n", target.display().to_string());
        fs::write(exported.path().join(".cargo/config.toml"), config).unwrap();
        (exported, said)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("net")
    }

    fn cargo(&self, arguments: &[&str]) -> (bool, String, String) {
        let output = Command::new("cargo").args(arguments).current_dir(self.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    /// The value that it prints when it is run by hand.
    fn value(&self, arguments: &[&str]) -> f64 {
        let (done, out, err) = self.cargo(&[&["run", "--release", "--quiet", "--"], arguments].concat());
        assert!(done, "{err}");
        out.lines().last().and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{out}{err}"))
    }

    fn plan(&self, axes: &[&str], seeds: u64) -> Ledger {
        let axes = axes.iter().map(|axis| axis.parse::<Axis>().unwrap()).collect();
        let plan = Plan {
            command: vec![self.path().display().to_string()],
            space: Space { axes, seeds, ..Space::default() },
            maximize: false,
            prune: None,
        };
        Ledger::plan(&self.folder.path().join("sweep"), &plan).unwrap()
    }
}

fn run(ledger: &Ledger) -> Vec<Outcome> {
    dlnotes_sweep::run(ledger, &Options { jobs: 2, ..Options::default() }, &Stop::default(), |_| {}).unwrap();
    ledger.outcomes().unwrap().into_iter().map(Option::unwrap).collect()
}

#[test]
fn a_program_has_the_sessions_parameters_and_the_same_numbers() {
    let _alone = ONE_AFTER_THE_OTHER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut notebook = Notebook::with_helper();
    let own = shown(&mut notebook, PARAMETERS);
    let (exported, said) = Exported::of(&mut notebook);
    assert!(said.contains("takes --lr, --hidden, --epochs, --schedule, --seed;"), "{said}");
    assert_eq!(exported.value(&[]), own);

    let changed = PARAMETERS.replace("0.05", "0.01").replace("8_usize", "4_usize").replace("(3)", "(1)");
    let changed = changed.replace("cosine", "none");
    let other = shown(&mut Notebook::with_helper(), &changed);
    assert_ne!(own, other);
    let arguments = ["--lr", "0.01", "--hidden=4", "--schedule", "none", "--seed", "1"];
    assert_eq!(exported.value(&arguments), other);

    let (done, _, err) = exported.cargo(&["run", "--release", "--quiet", "--", "--rate", "1"]);
    assert!(!done && err.contains("there is no parameter --rate; give --lr, --hidden,"), "{err}");
    let (done, _, err) = exported.cargo(&["run", "--release", "--quiet", "--", "--hidden", "2.5"]);
    assert!(!done && err.contains("--hidden 2.5: invalid digit found in string; it is a usize"), "{err}");

    let ledger = exported.plan(&["hidden=4,8", "lr=0.01,0.05", "schedule=none"], 2);
    let outcomes = run(&ledger);
    let values: Vec<f64> = outcomes.iter().map(|outcome| outcome.value().unwrap()).collect();
    assert_eq!((values.len(), values[1]), (8, other));
    assert!(
        values.iter().enumerate().all(|(at, value)| values[..at].iter().all(|before| before != value)),
        "{values:?}"
    );
}

#[test]
fn a_training_that_is_killed_goes_on_from_its_checkpoint() {
    let _alone = ONE_AFTER_THE_OTHER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut notebook = Notebook::with_helper();
    let long = PARAMETERS.replace("let epochs: usize = 5", "let epochs: usize = 1000");
    let own = shown(&mut notebook, &long);
    let (exported, _) = Exported::of(&mut notebook);
    // As docs/sweeps.md has it.
    let file = exported.path().join("src/main.rs");
    let program = fs::read_to_string(&file).unwrap();
    let with = program.replace(
        "let history = fit.run()?;",
        "let saved = point.checkpoint();
         let mut fit = fit.checkpoint(&saved);
         if saved.exists() {
             println!(\"goes on\");
             fit = fit.resume(&saved);
         }
         let history = fit.run()?;",
    );
    assert_ne!(program, with);
    fs::write(&file, with).unwrap();
    let ledger = exported.plan(&[], 4);
    let first = ledger.points()[3].clone();
    let killed = std::thread::scope(|scope| {
        let killer = scope.spawn(|| kill_when_there_is(&ledger.folder(&first.id).join("attempt-1/checkpoint")));
        let outcomes = run(&ledger);
        assert_eq!(outcomes[3].value().unwrap(), own);
        assert_eq!(outcomes[3].attempt, 2);
        killer.join().unwrap()
    });
    assert!(killed);
    let said = fs::read_to_string(ledger.folder(&first.id).join("stdout.txt")).unwrap();
    assert!(said.contains("goes on"), "{said}");
}

/// Kills the trial that writes this file, as soon as it does.
fn kill_when_there_is(file: &Path) -> bool {
    let folder = file.parent().unwrap();
    let wanted = format!("DLNOTES_SWEEP_TRIAL={}", folder.display());
    for _ in 0..6000 {
        std::thread::sleep(Duration::from_millis(10));
        if !file.exists() {
            continue;
        }
        for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            if String::from_utf8_lossy(&environment).contains(&wanted) {
                let pid = entry.file_name();
                return Command::new("kill").arg("-9").arg(pid).status().unwrap().success();
            }
        }
    }
    false
}
