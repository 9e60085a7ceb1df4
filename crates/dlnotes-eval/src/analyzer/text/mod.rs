//! Reading Rust that may be incomplete.

pub(crate) mod expand;
pub(crate) mod item;
pub(crate) mod lexer;
pub(crate) mod parts;
pub(crate) mod read;
pub(crate) mod ty;
