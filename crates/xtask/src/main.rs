//! `cargo xtask`: everything a newcomer or a contributor runs, in one place. `docs/xtask.md` tells what each command does.

mod bench;
mod browser;
mod clock;
mod data_set;
mod debian;
mod deny;
mod docs;
mod doctor;
mod evcxr;
mod facts;
mod fuzz;
mod kernel;
mod lab;
mod look;
mod notebooks;
mod own_kernel;
mod progress;
mod project;
mod prose;
mod publish;
mod python;
mod rust_analyzer;
mod rust_src;
mod rustc;
mod sanitize;
mod schedulers;
mod soak;
mod steps;
mod tally;
mod test;
mod tidy;
mod wheel;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Sets up, runs, tests and measures dlnotes; installs only into the project's own `.tools` folder.
#[derive(Subcommand)]
enum Command {
    /// Install what is missing and open the notebooks in JupyterLab
    Lab(lab::Args),
    /// Run every test, quick ones first, and print a summary
    Test(test::Args),
    /// Execute the notebooks and store their outputs, or check the stored ones
    Notebooks(notebooks::Args),
    /// Run notebooks in a real JupyterLab in a headless browser and keep screenshots
    Look(look::Args),
    /// Build the web edition: notebooks, documents and the crates' documentation
    Docs(docs::Args),
    /// Run the benchmarks, on request beside PyTorch
    Bench(bench::Args),
    /// Test JupyterLab as a reader uses it, in a headless browser
    Browser(browser::Args),
    /// Build the kernel's Python wheel into .tools/dist
    Wheel(wheel::Args),
    /// Run the fuzz targets and say what was tried
    Fuzz(fuzz::Args),
    /// Load a kernel for long and measure what must stay flat
    Soak(soak::Args),
    /// Say for each part whether it is there, and the command that fixes it
    Doctor(doctor::Args),
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<()> {
    let project = project::Project::find()?;
    match command {
        Command::Lab(args) => lab::run(&project, args),
        Command::Test(args) => test::run(&project, args),
        Command::Notebooks(args) => notebooks::run(&project, args),
        Command::Look(args) => look::run(&project, args),
        Command::Docs(args) => docs::run(&project, args),
        Command::Bench(args) => bench::run(&project, args),
        Command::Browser(args) => browser::run(&project, args),
        Command::Wheel(args) => wheel::run(&project, args),
        Command::Fuzz(args) => fuzz::run(&project, args),
        Command::Soak(args) => soak::run(&project, args),
        Command::Doctor(args) => doctor::run(&project, args),
    }
}
