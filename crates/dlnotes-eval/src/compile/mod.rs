//! rustc and the linker.

mod link;
pub mod message;
mod progress;
mod rustc;
mod types;

pub use link::Linker;
pub use rustc::{Compiled, Options, Waiting, check_alone, compile_items, middle};
pub use types::{Named, Paths};
