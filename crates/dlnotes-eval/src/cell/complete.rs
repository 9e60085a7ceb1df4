//! Whether a cell can run as it stands, or Enter should begin a new line.

use syn::parse::Parser as _;

use super::Source;

const INDENT: usize = 4;

/// What a front end's prompt should do with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Run it.
    Complete,
    /// Wait for more, with this indent on the next line.
    Incomplete(String),
    /// It can't become right by adding to it.
    Invalid,
}

/// Whether `cell` can run as it stands, by parsing it; commands count as complete.
pub fn is_complete(cell: &str) -> Completeness {
    let code = Source::new(cell, |_| false).code;
    if code.trim().is_empty() {
        return Completeness::Complete;
    }
    match brackets(&code) {
        Brackets::Open => return incomplete(&code),
        Brackets::Wrong => return Completeness::Invalid,
        Brackets::Closed => {}
    }
    // The parser calls itself for each level: what is nested as deeply as no hand writes it isn't looked at.
    if super::parse(&code).is_ok() {
        return Completeness::Complete;
    }
    let parsed = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, || {
            // An error behind the last token has no place.
            let missing = |error: syn::Error| error.span().byte_range().is_empty();
            code.parse().ok().map(|tokens| syn::Block::parse_within.parse2(tokens).map_err(missing).err())
        });
        thread.ok().and_then(|thread| thread.join().ok()).flatten()
    });
    match parsed {
        Some(None) => Completeness::Complete,
        // The parser missed something where the code ends, so more may follow.
        Some(Some(true)) => incomplete(&code),
        _ => Completeness::Invalid,
    }
}

fn incomplete(code: &str) -> Completeness {
    let last = code.lines().last().unwrap_or_default();
    let indent = last.len() - last.trim_start().len();
    let deeper = if last.trim_end().ends_with(['{', '(', '[']) { INDENT } else { 0 };
    Completeness::Incomplete(" ".repeat(indent + deeper))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brackets {
    Closed,
    Open,
    Wrong,
}

/// Whether brackets, strings and comments are closed.
fn brackets(code: &str) -> Brackets {
    let mut open = Vec::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '(' | '[' | '{' => {
                open.push(c);
                Some(1)
            }
            ')' | ']' | '}' => {
                let expect = match c {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(expect) {
                    return Brackets::Wrong;
                }
                Some(1)
            }
            '"' => string(rest),
            '/' if rest.starts_with("//") => Some(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => comment(rest),
            '\'' => Some(character(rest)),
            c if c.is_alphabetic() || c == '_' => word(rest),
            c => Some(c.len_utf8()),
        };
        match length {
            Some(length) => rest = &rest[length..],
            None => return Brackets::Open,
        }
    }
    if open.is_empty() { Brackets::Closed } else { Brackets::Open }
}

/// The length of the string with which `text` begins, if it is closed.
fn string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of the comment, which may hold others, if it is closed.
fn comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    None
}

/// The length of a character, or of the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let behind = at + c.len_utf8();
            text[behind..].find('\'').map_or(behind, |end| behind + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// The length of a word, or of the raw string that it begins.
fn word(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if matches!(word, "r" | "br" | "cr") {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if let Some(inside) = rest[hashes..].strip_prefix('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            return inside.find(&close).map(|at| end + hashes + 1 + at + close.len());
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complete() {
        for code in [
            "",
            "1 + 1",
            "let x = 1;",
            "fn f() {}",
            "struct A { x: i32 }",
            ":dep a",
            ":vars\n1",
            "// c",
            "a()?",
            "println!(\"{}\", \"a\\\\\")",
            "r\"a\\\"",
            "r#\"a \" b\"#",
            "let c = '{'; let d = '\\''; let e = '\"';",
            "fn f<'a>(x: &'a str) -> &'a str { x }",
            "/* a /* b */ { */ 1",
        ] {
            assert_eq!(is_complete(code), Completeness::Complete, "{code:?}");
        }
    }

    #[test]
    fn incomplete_with_the_indent_of_the_next_line() {
        for (code, indent) in [
            ("fn f() {", 4),
            ("fn f() {\n    if a {", 8),
            ("fn f() {\n    g();", 4),
            ("let x = ", 0),
            ("let x = 1", 0),
            ("let x = vec![1,", 0),
            ("\"text", 0),
            ("r#\"text\"", 0),
            ("/* comment", 0),
            ("#[derive(Debug)]", 0),
        ] {
            assert_eq!(is_complete(code), Completeness::Incomplete(" ".repeat(indent)), "{code:?}");
        }
    }

    #[test]
    fn invalid() {
        for code in ["fn f() }", "let x = );", "(]", "fn fn fn", "struct 1;"] {
            assert_eq!(is_complete(code), Completeness::Invalid, "{code:?}");
        }
    }
}
