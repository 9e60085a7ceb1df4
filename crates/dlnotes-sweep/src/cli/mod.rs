//! The command line.

mod live;
mod progress;
mod run;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::live::Live;
use crate::report::counted;
use crate::shell::{word, words};
use crate::{
    Axis, Error, Ledger, Median, Plan, Random, Result, Sort, Space, Status, Table, Tpe, short, trials_csv,
    trials_json_lines,
};

/// Hyper-parameter sweeps as plain files: what is done is kept, whatever is killed.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a sweep's folder: a program and the settings to try.
    Plan(PlanArguments),
    /// Run the trials that aren't done; run it again to go on, also on several machines at once.
    Run(run::Arguments),
    /// Say how far a sweep is, and what failed.
    Status {
        /// The sweep's folder.
        sweep: PathBuf,
        /// Say it again and again, with the best settings in a terminal, until every trial has ended.
        #[arg(long)]
        watch: bool,
    },
    /// Print the settings with mean ± standard deviation over their seeds.
    Show {
        /// The sweep's folder.
        sweep: PathBuf,
        /// A row for each trial, and not for each setting; as CSV, if --format isn't json.
        #[arg(long)]
        trials: bool,
        /// A table for people, comma-separated values, or a JSON object in each line.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// What settings are ordered by: best, planned, or a parameter's name.
        #[arg(long, default_value = "best")]
        sort: String,
    },
    /// Print the best setting of those whose trials are all done, and the commands of its trials.
    Best {
        /// The sweep's folder.
        sweep: PathBuf,
    },
}

#[derive(Debug, Args)]
struct PlanArguments {
    /// The folder of a Cargo project, the path of a program, or its name.
    program: String,
    /// What the program takes before the parameters, after `--`: an interpreter's script, for instance.
    #[arg(last = true)]
    arguments: Vec<String>,
    /// A parameter: `wd=0,1e-4`, `opt=sgd,adam`, `lr=log:1e-4..1e-1:7`, `p=lin:0..0.9:10`, `layers=int:1..4`. With
    /// --random and --tpe a range needs no number of values.
    #[arg(long, value_name = "NAME=VALUES")]
    set: Vec<String>,
    /// Try each setting with this many seeds: 0, 1, …
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Draw this many settings instead of trying all combinations.
    #[arg(long, value_name = "COUNT", group = "search")]
    random: Option<usize>,
    /// Try this many settings, each proposed from what came of those before (tree-structured Parzen estimators).
    #[arg(long, value_name = "COUNT", group = "search")]
    tpe: Option<usize>,
    /// With --tpe: how many settings are proposed at a time, without knowing what comes of each other.
    #[arg(long, value_name = "COUNT", default_value_t = 4, requires = "tpe")]
    batch: usize,
    /// Which draws.
    #[arg(long, value_name = "SEED", default_value_t = 0, requires = "search")]
    random_seed: u64,
    /// Larger values are better.
    #[arg(long)]
    maximize: bool,
    /// End a trial early whose best reported value is worse than the median of those that are done, at the same step.
    #[arg(long, value_enum, value_name = "RULE")]
    prune: Option<Rule>,
    /// With --prune: this many trials have to be done before one is ended.
    #[arg(long, value_name = "COUNT", default_value_t = Median::default().startup, requires = "prune")]
    prune_startup: usize,
    /// With --prune: a trial goes on until it has reported this step.
    #[arg(long, value_name = "STEP", default_value_t = Median::default().warmup, requires = "prune")]
    prune_warmup: u64,
    /// The sweep's folder, to be made.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rule {
    Median,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

/// Does what the command line says. Ends with 0 if it could be done, with 1 for an error, 2 for an argument that isn't
/// known, 3 if trials failed, 130 if it was interrupted.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Plan(arguments) => plan(arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Status { sweep, watch } => status(&sweep, watch),
        Command::Show { sweep, trials, format, sort } => show(&sweep, trials, format, &sort),
        Command::Best { sweep } => best(&sweep),
    };
    done.unwrap_or_else(|error| {
        eprintln!("dlnotes-sweep: {error}");
        ExitCode::FAILURE
    })
}

/// To standard output; whoever reads it may have seen enough.
fn say(text: &str) -> Result<ExitCode> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::file(Path::new("standard output"))(error))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn plan(arguments: PlanArguments) -> Result<ExitCode> {
    let space = Space {
        axes: arguments.set.iter().map(|text| text.parse()).collect::<Result<Vec<Axis>>>()?,
        random: arguments.random.map(|count| Random { count, seed: arguments.random_seed }),
        tpe: arguments.tpe.map(|count| Tpe { count, batch: arguments.batch, seed: arguments.random_seed }),
        seeds: arguments.seeds,
    };
    let command = [vec![arguments.program], arguments.arguments].concat();
    let rule = |rule| match rule {
        Rule::Median => Median { startup: arguments.prune_startup, warmup: arguments.prune_warmup },
    };
    let plan = Plan { command, space, maximize: arguments.maximize, prune: arguments.prune.map(rule) };
    let ledger = Ledger::plan(&arguments.out, &plan)?;
    let first = ledger.points().first().map(|point| words(&ledger.command(point))).unwrap_or_default();
    let [trials, folder] = [counted(ledger.planned(), "trial"), word(&arguments.out.to_string_lossy())];
    say(&format!("{trials}; the first one: {first}\nrun them with `dlnotes-sweep run {folder}`\n"))
}

fn status(sweep: &Path, watch: bool) -> Result<ExitCode> {
    let mut live = Live::default();
    loop {
        let begin = Instant::now();
        // A search has more trials each time.
        let ledger = Ledger::open(sweep)?;
        let status = Status::new(&ledger)?;
        if !watch || status.ended() == status.total {
            live.end();
            return say(&format!("{status}\n"));
        }
        if Live::is_possible() {
            live.show(&ledger, &status.line());
        }
        std::thread::sleep(Duration::from_secs(1).max(20 * begin.elapsed()));
    }
}

fn show(sweep: &Path, trials: bool, format: Format, sort: &str) -> Result<ExitCode> {
    let ledger = Ledger::open(sweep)?;
    let sort = match sort {
        "best" => Sort::Best,
        "planned" => Sort::Planned,
        name => Sort::Parameter(name.to_owned()),
    };
    say(&match (trials, format) {
        (true, Format::Json) => trials_json_lines(&ledger)?,
        (true, _) => trials_csv(&ledger)?,
        (false, Format::Table) => Table::new(&ledger, &sort)?.to_string(),
        (false, Format::Csv) => Table::new(&ledger, &sort)?.csv(),
        (false, Format::Json) => Table::new(&ledger, &sort)?.json_lines(),
    })
}

fn best(sweep: &Path) -> Result<ExitCode> {
    let ledger = Ledger::open(sweep)?;
    let table = Table::new(&ledger, &Sort::Planned)?;
    let Some(row) = table.best(ledger.maximize()) else {
        let done: usize = table.rows().iter().map(|row| row.values.len()).sum();
        let reason = format!(
            "no setting has a value for each of its seeds yet ({done} of {} done); `show` prints what there is",
            counted(ledger.points().len(), "trial")
        );
        return Err(Error::ledger(sweep, reason));
    };
    let mean = row.mean().map(short).unwrap_or_default();
    let sd = row.sd().map(|sd| format!(" ± {}", short(sd))).unwrap_or_default();
    let mut text = format!("{}: {mean}{sd} over {}\n", row.params, counted(row.seeds, "seed"));
    for point in ledger.points().iter().filter(|point| point.params == row.params) {
        text += &format!("{}\n    {}\n", words(&ledger.command(point)), ledger.folder(&point.id).display());
    }
    say(&text)
}
