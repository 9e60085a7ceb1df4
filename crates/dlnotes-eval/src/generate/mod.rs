//! The source of the crates that rustc is given.

mod body;
mod items;
mod map;
mod text;

pub use body::{Body, How, Taken, body};
pub use items::{Items, Part, items_root, part};
pub use map::{Map, Origin, Source};

/// What goes before every crate's own code.
pub const HEAD: &str = "#![allow(warnings)]\n#![allow(macro_expanded_macro_exports_accessed_by_absolute_paths)]\n";

/// What goes before a cell's statements, besides.
pub const BODY_HEAD: &str = "use ::dlnotes_display::cell::Shown as _;\n";
