//! Evaluates Rust cell by cell with rustc alone: variables, items and dependencies last from one cell to the next.
//!
//! ```
//! use std::sync::Arc;
//! use dlnotes_eval::{Cell, Failure, Quiet, Session, Settings, depend::RunDirectory, host::Watch};
//!
//! fn main() -> Result<(), Failure> {
//!     let run = RunDirectory::create().expect("a folder for the session");
//!     let settings = Settings::prepare(false, ".".as_ref(), &run)?;
//!     let mut session = Session::open(settings, Arc::new(Quiet), Watch::default())?;
//!     session.evaluate(&Cell { code: "let x = 20; fn twice(n: i32) -> i32 { 2 * n }", ..Cell::default() })?;
//!     assert_eq!(session.value("twice(x) + 2")?.text("text/plain"), Some("42"));
//!     Ok(())
//! }
//! ```
//!
//! A cell's way: [`cell`] splits its text; `session` knows what lasts; `generate` writes the source of a crate, with a
//! [`map`](generate::Map) back to the cell; [`compile`] runs rustc and the linker; [`host`] is the process that loads and
//! runs it; [`failure`] tells a failure in terms of the cell. [`depend`] builds crates.

pub mod analyzer;
pub mod cell;
pub mod compile;
pub mod controls;
pub mod depend;
mod error;
mod event;
pub mod failure;
pub mod generate;
pub mod host;
mod session;
mod text;

pub use error::{Error, Result};
pub use event::{Console, Event, MimeBundle, Quiet, Stream};
pub use failure::Failure;
pub use session::{AheadOfTurn, COMMANDS, Cell, Next, Queued, Session, Settings};
