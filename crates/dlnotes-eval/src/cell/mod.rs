//! A cell's text: commands at its head, then Rust, split into items, statements and a last expression.

mod complete;
mod edit;
mod extent;
mod head;
mod literal;
mod macros;
mod names;
mod parse;
mod publish;
mod split;
mod swept;
mod uses;

pub use complete::{Completeness, is_complete};
pub use edit::Edit;
pub(crate) use head::blanked;
pub use head::{Head, Source};
pub use macros::Rules;
pub use names::words;
pub use parse::{Unparsed, parse, parse_with};
pub use split::{Item, Kind, Let, Name, Split};
pub use swept::{Run, Swept, swept};
pub use uses::Import;
