//! Hyper-parameter sweeps as plain files.
//!
//! A trial is a process of any program that takes `--name value` and `--seed` and writes its result; a sweep is a folder
//! with what was planned and what came of it. Processes may be killed at any time and several machines may work on the
//! same folder: no trial is lost, and none is counted twice. The program `dlnotes-sweep` does all of it; a trial in Rust
//! calls [`trial`].

#[cfg(not(unix))]
compile_error!("dlnotes-sweep runs on Linux and macOS: trials are ended with signals");

mod axis;
#[cfg(feature = "cli")]
mod cli;
mod ending;
#[cfg(feature = "cli")]
mod engine;
mod error;
mod ledger;
mod point;
mod program;
mod prune;
mod report;
mod run;
mod search;
#[cfg(feature = "cli")]
mod shell;
mod space;
mod trial;
mod value;

pub use axis::Axis;
#[cfg(feature = "cli")]
pub use cli::main;
pub use ending::Ending;
pub use error::{Error, Result};
pub use ledger::{Ledger, Outcome, Plan};
pub use point::{Params, Point};
pub use prune::Median;
pub use report::{Row, Sort, Status, Table, short, trials_csv, trials_json_lines};
pub use run::{Options, Progress, Stop, run, search};
pub use space::{Random, Space, Tpe};
pub use trial::{Trial, trial};
pub use value::Value;
