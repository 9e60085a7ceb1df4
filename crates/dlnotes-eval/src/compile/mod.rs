//! rustc and the linker.

mod link;
pub mod message;
mod progress;
mod rustc;
mod types;
mod waiting;

pub use link::Linker;
pub use rustc::{Compiled, Options, check_alone, compile_items, read_nothing_else};
pub use types::{Named, Paths};
pub use waiting::{Waiting, compile_statements, middle};
