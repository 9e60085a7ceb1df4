//! Places that an error names.

use super::excerpt::Mark;

/// A place in a cell, and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// Which of the sources.
    pub source: usize,
    /// Where, and what.
    pub mark: Mark,
}
