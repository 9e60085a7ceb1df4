//! What is changed in a cell's text.

use std::ops::Range;

/// Text to put into the cell, in the place of some bytes or of none.
pub type Edit = (Range<usize>, &'static str);
