//! What figures say, in the language of the edition that the notebook belongs to.
//!
//! Labels are looked up once, where a figure takes them (`say`); what the crate says itself is a sentence with holes
//! (`told!`), so that another language can put its parts in another order.

pub(crate) use dlnotes_display::words::say;

/// A sentence of the crate's own; every one has a row in the Chinese edition's table.
macro_rules! told {
    ($template:literal $(, $part:expr)* $(,)?) => {
        dlnotes_display::words::tell($template, &[$(&$part),*])
    };
}
pub(crate) use told;

/// A list without a last "and".
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    items.iter().map(S::as_ref).collect::<Vec<_>>().join(&told!(", "))
}
