//! What can be said about a cell by reading it.

mod complete;
mod export;
mod redefine;
mod source;

pub use complete::is_complete;
pub use export::export_project;
pub use redefine::{Definitions, MARKER, Rewritten, mentions};
pub use source::{Head, Source};
