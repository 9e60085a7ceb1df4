//! The command line.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use dlnotes_eval::MimeBundle;
use dlnotes_eval::depend::{RunDirectory, cache_directory};
use tokio::signal::unix::{SignalKind, signal};

use crate::evaluator::{Cells, Notebook, Stage};
use crate::history::History;
use crate::{Error, Result, bug_report, connection, doctor, install, logging, server};

/// A Jupyter kernel for Rust notebooks.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a front end; Jupyter calls this.
    Run {
        /// The connection file that Jupyter wrote.
        #[arg(long)]
        connection_file: PathBuf,
        /// Leave out the helper crate `dlnotes` and its prelude.
        #[arg(long)]
        bare: bool,
    },
    /// Make the kernel known to Jupyter.
    Install(install::Install),
    /// Take that back.
    Uninstall(install::Place),
    /// Build what every notebook needs, so that the first one does not wait.
    Prebuild,
    /// Say whether everything that the kernel needs is there, and which command installs what isn't.
    Doctor {
        /// Look at this part only, such as `fonts`.
        part: Option<String>,
    },
    /// Read an SVG on standard input, and write what a notebook keeps of it as JSON: a PNG beside it, and its size.
    Picture,
    /// Gather what a bug report needs: versions and settings, nothing private.
    Report,
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { connection_file, bare } => run(&connection_file, !bare),
        Command::Install(install) => install.run(),
        Command::Uninstall(place) => place.uninstall(),
        Command::Prebuild => prebuild(),
        Command::Doctor { part } => return doctor::run(part.as_deref()),
        Command::Picture => picture(),
        Command::Report => bug_report::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("dlnotes-kernel: {e}");
            ExitCode::FAILURE
        }
    }
}

/// What a script starts in the background (`papermill … &`) ignores Ctrl-C, the kernel too, and every program that the
/// kernel starts would: what is ignored stays so in them, what is handled doesn't.
fn let_programs_hear_interrupts() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let interrupt = SignalKind::interrupt();
    if ignored.unwrap_or(0) & 1 << (interrupt.as_raw_value() - 1) != 0 {
        // Its handler does nothing, and stays for good.
        let _ = signal(interrupt);
    }
}

fn run(connection_file: &Path, helper: bool) -> Result<()> {
    logging::start()?;
    let info = connection::read(connection_file)?;
    let directory = std::env::current_dir().map_err(Error::file("."))?;
    let run = Arc::new(RunDirectory::create()?);
    let history = History::open(&cache_directory()?.join("history.jsonl"));
    let launch = Cells::launch(Notebook { run: Arc::clone(&run), directory, helper });
    // The first figure doesn't wait for the system's fonts to be read.
    std::thread::spawn(crate::output::warm_png);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::file("the kernel's threads"))?;
    let served = runtime.block_on(async {
        let_programs_hear_interrupts();
        server::run(info, launch, history).await
    });
    let _ = std::fs::remove_dir_all(run.path());
    // The evaluator's thread may be in the middle of a cell: nothing is to be waited for.
    runtime.shutdown_background();
    std::process::exit(match served {
        Ok(()) => 0,
        Err(e) => {
            eprintln!("dlnotes-kernel: {e}");
            1
        }
    })
}

fn picture() -> Result<()> {
    let svg = std::io::read_to_string(std::io::stdin()).map_err(Error::file("standard input"))?;
    let mut bundle = MimeBundle::new("image/svg+xml", &svg);
    crate::output::add_png(&mut bundle);
    println!("{}", serde_json::json!({ "data": bundle.data, "metadata": bundle.metadata }));
    Ok(())
}

fn prebuild() -> Result<()> {
    let directory = std::env::current_dir().map_err(Error::file("."))?;
    let run = Arc::new(RunDirectory::create()?);
    let launch = Cells::launch(Notebook { run, directory, helper: true });
    let start = Instant::now();
    let (over, told) = (Arc::new(AtomicBool::new(false)), Arc::clone(&launch.stage));
    let teller = std::thread::spawn({
        let over = Arc::clone(&over);
        move || tell(&told, &over, start)
    });
    let opened = crate::evaluator::open_once(launch);
    over.store(true, Ordering::SeqCst);
    // It only prints: if it panicked, the build is none the worse.
    let _ = teller.join();
    opened
        .map_err(|failure| Error::tool("prebuild", failure.evalue, "`dlnotes-kernel doctor` says what is missing"))?;
    eprintln!("what every notebook needs is built ({:.0} s)", start.elapsed().as_secs_f32());
    Ok(())
}

/// Says on standard error what is being built: on a terminal in one line that changes, otherwise a line now and then.
fn tell(stage: &Stage, over: &AtomicBool, start: Instant) {
    let terminal = std::io::stderr().is_terminal();
    let every = if terminal { 1 } else { 10 };
    let mut said = None;
    while !over.load(Ordering::SeqCst) {
        let seconds = start.elapsed().as_secs();
        if said.is_none_or(|last| seconds >= last + every) {
            let line = format!("{}; {seconds} s", stage());
            let _ = if terminal {
                write!(std::io::stderr(), "\r\x1b[K{line}")
            } else {
                writeln!(std::io::stderr(), "{line}")
            };
            said = Some(seconds);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    if terminal {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}
