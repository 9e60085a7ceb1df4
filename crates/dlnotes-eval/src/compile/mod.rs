//! rustc and the linker.

pub mod message;
