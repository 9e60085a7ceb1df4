//! One change to a cell, as a slip of the hand or of the mind makes it.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Numbers that look random and are the same each time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// Types that one takes for another.
const TYPES: [&str; 12] =
    ["f32", "f64", "i32", "usize", "u8", "bool", "String", "&str", "Tensor", "Vec<f32>", "()", "int"];

/// What stands in the place of a number or a text.
const LITERALS: [&str; 9] = ["1", "1.5", "\"one\"", "'1'", "true", "-1", "None", "300u8", "[]"];

const OPERATORS: [&str; 10] = ["+", "==", "=", "&", ".", "::", "->", "=>", "?", "!"];

/// A token of a cell: where it is, and what.
#[derive(Clone)]
struct Token {
    range: Range<usize>,
    kind: TokenKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    Literal,
    Sign,
    Bracket,
}

/// A change, and the cell with it. `None` where this one has nothing to change.
pub(crate) fn mutant(code: &str, numbers: &mut Numbers) -> Option<(&'static str, String)> {
    let mut tokens = Vec::new();
    flatten(code.parse().ok()?, &mut tokens);
    tokens.retain(|token| token.range.end <= code.len() && !token.range.is_empty());
    tokens.sort_by_key(|token| token.range.start);
    let text = |token: &Token| &code[token.range.clone()];
    let of = |kind: TokenKind| -> Vec<&Token> { tokens.iter().filter(|token| token.kind == kind).collect() };
    let without = |range: &Range<usize>, with: &str| {
        let mut changed = code.to_owned();
        changed.replace_range(range.clone(), with);
        changed
    };
    let signs = |sign: &str| -> Vec<&Token> { tokens.iter().filter(|token| text(token) == sign).collect() };
    let all: Vec<&Token> = tokens.iter().collect();
    let words = of(TokenKind::Word);
    let change = match numbers.below(17) {
        0 => ("a token is missing", without(&numbers.pick(&all)?.range, "")),
        1 => {
            let token = numbers.pick(&all)?;
            ("a token is there twice", without(&token.range, &format!("{0} {0}", text(token))))
        }
        2 => {
            let at = numbers.below(tokens.len().saturating_sub(1));
            let (first, second) = (tokens.get(at)?, tokens.get(at + 1)?);
            let swapped = format!("{} {}", text(second), text(first));
            ("two tokens are swapped", without(&(first.range.start..second.range.end), &swapped))
        }
        3 => {
            let word = numbers.pick(&words)?;
            let mut letters: Vec<char> = text(word).chars().collect();
            let at = numbers.below(letters.len());
            match numbers.below(3) {
                0 if letters.len() > 1 => _ = letters.remove(at),
                1 => letters.insert(at, letters[at]),
                _ => letters[at] = if letters[at] == 'e' { 'a' } else { 'e' },
            }
            ("a name is misspelled", without(&word.range, &letters.iter().collect::<String>()))
        }
        4 => {
            let (word, other) = (numbers.pick(&words)?, numbers.pick(&words)?);
            ("a name is another one", without(&word.range, text(other)))
        }
        5 => {
            let literal = numbers.pick(&of(TokenKind::Literal)).copied()?.range.clone();
            ("a literal is another one", without(&literal, numbers.pick(&LITERALS)?))
        }
        6 => {
            let types: Vec<&Token> = words.iter().copied().filter(|word| TYPES.contains(&text(word))).collect();
            ("a type is another one", without(&numbers.pick(&types)?.range, numbers.pick(&TYPES)?))
        }
        7 => ("a bracket is missing", without(&numbers.pick(&of(TokenKind::Bracket))?.range, "")),
        8 => {
            let bracket = numbers.pick(&["(", ")", "[", "]", "{", "}", "<", ">", "\"", "'", "/*", "//", "#", "\\"])?;
            let at = numbers.pick(&all)?.range.start;
            ("a sign is added", without(&(at..at), bracket))
        }
        9 => ("a semicolon is missing", without(&numbers.pick(&signs(";"))?.range, "")),
        10 => ("a borrow is missing", without(&numbers.pick(&signs("&"))?.range, "")),
        11 => {
            let at = numbers.pick(&words)?.range.start;
            (
                "a borrow, `mut` or `*` is added",
                without(&(at..at), numbers.pick(&["&", "&mut ", "mut ", "*", "-", "!"])?),
            )
        }
        12 => ("`mut` is missing", without(&numbers.pick(&signs("mut"))?.range, "")),
        13 => {
            let lines: Vec<&str> = code.split_inclusive('\n').collect();
            let at = numbers.below(lines.len());
            ("a line is missing", [&lines[..at], lines.get(at + 1..)?].concat().concat())
        }
        14 => ("the end is missing", code[..numbers.pick(&all)?.range.start].to_owned()),
        15 => {
            // Behind a sentence that defines something.
            let at = numbers.pick(&signs(";"))?.range.end;
            let before: Vec<&Token> = words.iter().copied().filter(|word| word.range.end <= at).collect();
            let moved = format!(" drop({});", text(numbers.pick(&before)?));
            ("a value is moved", without(&(at..at), &moved))
        }
        _ => {
            let sign = of(TokenKind::Sign);
            ("a sign is another one", without(&numbers.pick(&sign)?.range, numbers.pick(&OPERATORS)?))
        }
    };
    Some(change).filter(|(_, changed)| changed != code)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let range = tree.span().byte_range();
        match tree {
            TokenTree::Group(group) => {
                if group.delimiter() != Delimiter::None {
                    for bracket in [group.span_open(), group.span_close()] {
                        tokens.push(Token { range: bracket.byte_range(), kind: TokenKind::Bracket });
                    }
                }
                flatten(group.stream(), tokens);
            }
            TokenTree::Ident(_) => tokens.push(Token { range, kind: TokenKind::Word }),
            TokenTree::Punct(_) => tokens.push(Token { range, kind: TokenKind::Sign }),
            TokenTree::Literal(_) => tokens.push(Token { range, kind: TokenKind::Literal }),
        }
    }
}
