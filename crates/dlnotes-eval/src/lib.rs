//! Evaluates Rust cell by cell with rustc alone: variables, items and dependencies last from one cell to the next.
//!
//! A cell's way: [`cell`] splits its text; `session` knows what lasts; `generate` writes the source of a crate, with a
//! [`map`](generate::Map) back to the cell; [`compile`] runs rustc and the linker; [`host`] is the process that loads and
//! runs it; [`report`] tells a failure in terms of the cell. [`depend`] builds crates.

pub mod analyzer;
pub mod cell;
pub mod compile;
pub mod depend;
mod error;
mod event;
pub mod generate;
pub mod host;
pub mod report;
mod session;
pub mod text;

pub use error::{Error, Result};
pub use event::{Console, Event, MimeBundle, Stream};
pub use report::Failure;
pub use session::{COMMANDS, Cell, Session, Settings};
