//! The source of the crates that rustc is given.

mod map;

pub use map::{Map, Origin, Source};
