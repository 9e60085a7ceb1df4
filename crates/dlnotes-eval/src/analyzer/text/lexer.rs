//! Tokens of a text that may be cut off, unbalanced or wrong: a cell in which somebody is typing.
//!
//! proc-macro2's lexer refuses such a text as a whole; this one always gives tokens for all of it.

use std::cell::Cell;
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword; `r#type` too.
    Word,
    /// `'a`, also as a label.
    Lifetime,
    /// A number with its suffix.
    Number,
    /// A string in any form.
    Text,
    /// A character or a byte.
    Char,
    /// `/// …`, documentation of what follows.
    Doc,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Anything else; `::`, `->` and the like are one token, but `<` and `>` are always alone.
    Sign,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// For brackets: the index of the other one; of an open one that is never closed, the number of tokens.
    pub(crate) partner: usize,
}

/// A text and its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    pub(crate) text: &'a str,
    pub(crate) list: Vec<Token>,
    /// Strings, characters and comments: nothing can be completed there.
    pub(crate) silent: Vec<Range<usize>>,
    /// How deep in a type we are.
    pub(super) nesting: Cell<u32>,
}

/// Brackets that are nested deeper than anybody writes don't count as brackets, so that nothing that reads tokens runs out of stack.
const DEEPEST: usize = 100;

const SIGNS: [&str; 19] = [
    "..=", "...", "::", "->", "=>", "..", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<=",
];

impl<'a> Tokens<'a> {
    /// The tokens of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut tokens = Self { text, list: Vec::new(), silent: Vec::new(), nesting: Cell::new(0) };
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            at = if next.is_whitespace() { at + next.len_utf8() } else { tokens.token(at, next) };
        }
        tokens.find_partners();
        tokens
    }

    /// The text of the token `index`; empty behind the last one.
    pub(crate) fn word(&self, index: usize) -> &'a str {
        self.list.get(index).map_or("", |token| &self.text[token.range.clone()])
    }

    /// What the token `index` is.
    pub(crate) fn kind(&self, index: usize) -> Option<Kind> {
        self.list.get(index).map(|token| token.kind)
    }

    /// Whether the token `index` is this sign, bracket or word.
    pub(crate) fn is(&self, index: usize, text: &str) -> bool {
        self.word(index) == text && self.kind(index) != Some(Kind::Text)
    }

    /// Whether the token `index` is a name or a keyword.
    pub(crate) fn is_word(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Word)
    }

    /// The index behind the bracket that closes the one at `open`; `end` at most.
    pub(crate) fn behind(&self, open: usize, end: usize) -> usize {
        match self.list.get(open) {
            Some(token) if token.kind == Kind::Open => (token.partner + 1).min(end),
            _ => (open + 1).min(end),
        }
    }

    /// The text from the token `from` to the one before `to`.
    pub(crate) fn between(&self, from: usize, to: usize) -> &'a str {
        match (self.list.get(from), to.checked_sub(1).and_then(|last| self.list.get(last))) {
            (Some(first), Some(last)) if first.range.start < last.range.end => {
                &self.text[first.range.start..last.range.end]
            }
            _ => "",
        }
    }

    /// The index behind the `>` that closes the `<` at `open`; `end` at most.
    pub(crate) fn behind_angle(&self, open: usize, end: usize) -> usize {
        let (mut depth, mut i) = (0_usize, open);
        while i < end {
            match self.word(i) {
                "<" => depth += 1,
                ">" if depth == 1 => return i + 1,
                ">" => depth -= 1,
                ";" | "{" | "}" => return i, // it was a comparison
                _ if self.kind(i) == Some(Kind::Open) => {
                    i = self.behind(i, end);
                    continue;
                }
                _ => {}
            }
            i += 1;
        }
        end
    }

    /// Whether nothing can be completed at `at`: within a string, a character or a comment.
    pub(crate) fn is_silent(&self, at: usize) -> bool {
        self.silent.iter().any(|range| range.start < at && at < range.end)
    }

    fn push(&mut self, kind: Kind, range: Range<usize>) -> usize {
        let end = range.end;
        if matches!(kind, Kind::Text | Kind::Char) {
            self.silent.push(range.clone());
        }
        self.list.push(Token { kind, range, partner: 0 });
        end
    }

    /// Reads what begins at `at` with `first`; where it ends.
    fn token(&mut self, at: usize, first: char) -> usize {
        let rest = &self.text[at..];
        if rest.starts_with("//") || rest.starts_with("/*") {
            return self.comment(at);
        }
        if let Some(end) = string(rest) {
            return self.push(Kind::Text, at..at + end);
        }
        if first == '\'' || rest.starts_with("b'") {
            return self.quote(at);
        }
        if first.is_ascii_digit() {
            return self.push(Kind::Number, at..at + number(rest));
        }
        if rest.starts_with("r#") || is_word(first) {
            let prefix = if rest.starts_with("r#") { 2 } else { 0 };
            let end = rest[prefix..].find(|c| !is_word(c)).map_or(rest.len(), |end| prefix + end);
            return self.push(Kind::Word, at..at + end.max(1));
        }
        let kind = match first {
            '(' | '[' | '{' => Kind::Open,
            ')' | ']' | '}' => Kind::Close,
            _ => Kind::Sign,
        };
        let length = SIGNS.iter().find(|sign| rest.starts_with(*sign)).map_or(first.len_utf8(), |sign| sign.len());
        self.push(kind, at..at + length)
    }

    fn comment(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        if rest.starts_with("//") {
            let end = rest.find('\n').map_or(self.text.len(), |end| at + end);
            if rest.starts_with("///") && !rest.starts_with("////") {
                self.list.push(Token { kind: Kind::Doc, range: at..end, partner: 0 });
            }
            // Typing goes on at the end of the line, which is still in the comment.
            self.silent.push(at..end + 1);
            return end;
        }
        let (mut depth, mut i) = (0_usize, 0);
        while i < rest.len() {
            if rest[i..].starts_with("/*") {
                (depth, i) = (depth + 1, i + 2);
            } else if rest[i..].starts_with("*/") {
                (depth, i) = (depth - 1, i + 2);
                if depth == 0 {
                    self.silent.push(at..at + i);
                    return at + i;
                }
            } else {
                i += rest[i..].chars().next().map_or(1, char::len_utf8);
            }
        }
        self.silent.push(at..self.text.len() + 1);
        self.text.len()
    }

    /// A character or a lifetime.
    fn quote(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let open = if rest.starts_with('b') { 2 } else { 1 };
        let mut inner = rest[open..].chars();
        let first = inner.next();
        if first == Some('\\') {
            // The escaped character first: it may be a quote.
            let escaped = inner.next().map_or(0, char::len_utf8);
            let from = (open + 1 + escaped).min(rest.len());
            let line = rest[from..].find('\n').map_or(rest.len(), |end| from + end);
            let end = rest[from..line].find('\'').map_or(line, |end| from + end + 1);
            return self.push(Kind::Char, at..at + end);
        }
        let width = first.map_or(0, char::len_utf8);
        if first.is_some_and(|c| c != '\'') && rest[open + width..].starts_with('\'') {
            return self.push(Kind::Char, at..at + open + width + 1);
        }
        let end = rest[open..].find(|c| !is_word(c)).map_or(rest.len(), |end| open + end);
        self.push(Kind::Lifetime, at..at + end)
    }

    fn find_partners(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        let count = self.list.len();
        for i in 0..count {
            match self.list[i].kind {
                Kind::Open if open.len() >= DEEPEST => self.list[i].kind = Kind::Sign,
                Kind::Open => {
                    self.list[i].partner = count;
                    open.push(i);
                }
                Kind::Close => {
                    self.list[i].partner = i;
                    let closed = &self.text[self.list[i].range.clone()];
                    let fits = |open: &usize| pair(&self.text[self.list[*open].range.clone()]) == closed;
                    // What was left open in between ends here.
                    if let Some(depth) = open.iter().rposition(fits) {
                        for left in open.drain(depth..).rev() {
                            self.list[left].partner = i;
                            self.list[i].partner = left;
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a name can hold this character.
pub(crate) fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn pair(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

/// The length of the string that `rest` begins with; to the end where it isn't closed.
fn string(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r')).unwrap_or(rest.len());
    if prefix > 2 {
        return None;
    }
    let is_raw = rest[..prefix].ends_with('r');
    let hashes = if is_raw { rest[prefix..].bytes().take_while(|byte| *byte == b'#').count() } else { 0 };
    let inner = rest[prefix + hashes..].strip_prefix('"')?;
    let start = prefix + hashes + 1;
    if is_raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(inner.find(&close).map_or(rest.len(), |end| start + end + close.len()));
    }
    let mut escaped = false;
    for (i, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(start + i + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

fn number(rest: &str) -> usize {
    let digits = |from: usize| rest[from..].find(|c| !is_word(c)).map_or(rest.len(), |end| from + end);
    let mut end = digits(0);
    let has_radix = rest.starts_with("0x") || rest.starts_with("0b") || rest.starts_with("0o");
    let behind = rest[end..].strip_prefix('.').map(|behind| behind.chars().next());
    // `1..2` is a range and `1.max(2)` a call.
    if !has_radix && behind.is_some_and(|next| !next.is_some_and(|c| c == '.' || (is_word(c) && !c.is_ascii_digit()))) {
        end = digits(end + 1);
    }
    if !has_radix && rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['+', '-']) {
        end = digits(end + 1);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let tokens = Tokens::new(text);
        (0..tokens.list.len()).map(|i| tokens.word(i)).collect()
    }

    #[test]
    fn the_common_signs_are_told_apart() {
        assert_eq!(words("let x: Vec<Vec<i32>> = a..=b;").join(" "), "let x : Vec < Vec < i32 > > = a ..= b ;");
        assert_eq!(
            words("1.5e-3+x.0.1 1..2 1.max(2) 2."),
            ["1.5e-3", "+", "x", ".", "0.1", "1", "..", "2", "1", ".", "max", "(", "2", ")", "2."]
        );
        assert_eq!(
            words(r##"'a' 'a b'\'' '\u{1F980}' r#"x"y"# r#type "a\"b""##),
            ["'a'", "'a", "b'\\''", "'\\u{1F980}'", "r#\"x\"y\"#", "r#type", "\"a\\\"b\""]
        );
    }

    #[test]
    fn nothing_is_completed_in_strings_and_comments() {
        let text = "let s = \"损 x.\"; // y.\nz. /* w. */ 'c'";
        let tokens = Tokens::new(text);
        let at = |what: &str| tokens.is_silent(text.find(what).unwrap() + what.len());
        assert!(at("x.") && at("y.") && at("w."));
        assert!(!at("z.") && !at("let s") && !at("w. */"));
        assert!(Tokens::new("\"open").is_silent(5) || Tokens::new("\"open").list.len() == 1);
    }

    #[test]
    fn brackets_find_each_other_whatever_is_left_open() {
        let tokens = Tokens::new("f(a, [b { c)");
        assert_eq!(tokens.list[1].partner, 8);
        assert_eq!(tokens.list[8].partner, 1);
        assert_eq!(Tokens::new("{ (").list[0].partner, 2);
        assert_eq!(Tokens::new(") }").list[0].partner, 0);
    }
}
