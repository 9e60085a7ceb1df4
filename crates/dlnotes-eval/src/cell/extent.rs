//! Where tokens stand in a cell.

use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};

/// Where tokens stand in the cell. syn puts parentheses of its own around an expression that has an attribute, at a place
/// that isn't in the cell.
pub(super) fn extent(tokens: TokenStream) -> Range<usize> {
    let (mut start, mut end) = (usize::MAX, 0);
    for tree in tokens {
        let mut range = tree.span().byte_range();
        if range.is_empty() {
            let TokenTree::Group(group) = tree else { continue };
            range = extent(group.stream());
        }
        (start, end) = (start.min(range.start), end.max(range.end));
    }
    start.min(end)..end
}
