//! The standard library, as far as notebooks use it most: a table, for most machines have no sources of it.

use std::sync::OnceLock;

use super::{Index, of_text};

/// The index of the standard library; read on first use.
pub(crate) fn standard() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| of_text("std", include_str!("standard.txt")))
}
