//! A Jupyter kernel for Rust notebooks.
//!
//! A cell's way through the code: [`wire`] decodes and checks the request, [`server`] brackets it with busy and idle,
//! [`evaluator`] hands it to `dlnotes-eval`, which compiles and runs it, [`output`] paces what it shows towards the front
//! end. `docs/kernel.md` in the repository tells the whole story and its reasons.

#[cfg(not(target_os = "linux"))]
compile_error!("dlnotes-kernel runs on Linux; elsewhere use the stock kernel: cargo install evcxr_jupyter");

pub mod bug_report;
pub mod cli;
pub mod connection;
pub mod doctor;
mod error;
pub mod evaluator;
pub mod history;
pub mod install;
pub mod logging;
pub mod output;
pub mod server;
pub mod widgets;
pub mod wire;

pub use error::{Error, Result};
