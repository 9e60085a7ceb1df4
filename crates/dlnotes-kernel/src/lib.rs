//! A Jupyter kernel for Rust notebooks, built on the evcxr library.
//!
//! A cell's way through the code: [`wire`] decodes and checks the request, [`server`] brackets it with busy and idle,
//! [`evaluator`] compiles and runs it, `child` reads what the cell's process writes, [`output`] paces that towards the
//! front end. `docs/kernel.md` in the repository tells the whole story and its reasons.

#[cfg(not(unix))]
compile_error!("dlnotes-kernel runs on Linux and macOS; on Windows use the stock kernel: cargo install evcxr_jupyter");

pub mod analyzer;
pub mod bug_report;
pub mod cell;
pub mod child;
pub mod cli;
pub mod compiler;
pub mod connection;
pub mod doctor;
mod environment;
mod error;
pub mod evaluator;
pub mod history;
pub mod install;
pub mod logging;
pub mod output;
pub mod prepare;
pub mod report;
pub mod server;
pub mod wire;

pub use error::{Error, Result};
