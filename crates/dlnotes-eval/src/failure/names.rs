//! Names in a cell's text: where a variable is defined or used.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

/// A word or a sign of a cell, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As it is written; of brackets, one.
    pub text: String,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The tokens of a cell, brackets included; empty where they can't be told apart, as in an open string.
pub(crate) fn tokens(cell: &str) -> Vec<Token> {
    let mut out = Vec::new();
    if let Ok(stream) = TokenStream::from_str(cell) {
        flatten(cell, stream, &mut out);
    }
    out
}

fn flatten(cell: &str, stream: TokenStream, out: &mut Vec<Token>) {
    for tree in stream {
        if let TokenTree::Group(group) = &tree {
            for (span, inside) in [(group.span_open(), Some(group.stream())), (group.span_close(), None)] {
                push(cell, span.byte_range(), out);
                if let Some(inside) = inside {
                    flatten(cell, inside, out);
                }
            }
        } else {
            push(cell, tree.span().byte_range(), out);
        }
    }
}

fn push(cell: &str, range: Range<usize>, out: &mut Vec<Token>) {
    if let Some(text) = cell.get(range.clone()).filter(|text| !text.is_empty()) {
        out.push(Token { text: text.to_owned(), range });
    }
}

/// Where the cell defines the variable: its last `let`; otherwise where it first names it.
pub(crate) fn variable(cell: &str, name: &str) -> Option<Range<usize>> {
    let tokens = tokens(cell);
    defined(&tokens, name)
        .or_else(|| tokens.iter().find(|token| token.text == name).map(|token| token.range.clone()))
        .or_else(|| word(cell, name))
}

/// Whether the cell has a `let` for the variable.
pub(crate) fn defines(cell: &str, name: &str) -> bool {
    defined(&tokens(cell), name).is_some()
}

fn defined(tokens: &[Token], name: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut inside = false;
    for token in tokens {
        match token.text.as_str() {
            "let" => inside = true,
            "=" | ";" | ":" => inside = false,
            text if inside && text == name => found = Some(token.range.clone()),
            _ => {}
        }
    }
    found
}

/// The first place where `name` stands as a word of its own.
pub(crate) fn word(text: &str, name: &str) -> Option<Range<usize>> {
    if name.is_empty() {
        return None;
    }
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .map(|(at, _)| at..at + name.len())
        .find(|range| !text[..range.start].ends_with(part) && !text[range.end..].starts_with(part))
}

/// Where the cell's last token ends: what an error "behind the cell" points to.
pub(crate) fn end(cell: &str) -> usize {
    tokens(cell).last().map_or_else(|| cell.trim_end().len(), |token| token.range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_where_it_is_defined_last_or_else_used_first() {
        let cell = "let (a, b) = (1, 2);\nlet a: i32 = a + b; \"a c\"; f(c)";
        assert_eq!(variable(cell, "a"), Some(25..26));
        assert_eq!(variable(cell, "c"), Some(cell.len() - 2..cell.len() - 1));
        assert_eq!(variable("println!(\"{x}\")", "x"), Some(11..12));
        assert_eq!(variable("let a = \"open x", "x"), Some(14..15));
        assert_eq!(variable(cell, "none"), None);
        assert!(defines(cell, "b") && !defines(cell, "c"));
    }

    #[test]
    fn a_cell_ends_before_its_comments() {
        assert_eq!(end("f() // why\n"), 3);
        assert_eq!(end("f( // why\n"), 9);
    }
}
