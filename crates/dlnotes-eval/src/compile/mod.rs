//! rustc and the linker.

mod link;
pub mod message;
mod progress;
mod rustc;
mod types;
mod waiting;

pub use link::Linker;
pub use rustc::{Compiled, Options, check_alone, compile_items};
pub use types::{Named, Paths};
pub use waiting::{Waiting, middle};
