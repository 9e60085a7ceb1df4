//! `is_complete_request`: whether Enter runs the cell or begins a new line.

use jupyter_protocol::{IsCompleteReply, IsCompleteReplyStatus as Status};

use super::source::{Source, WRAPPER, parse};

const INDENT: usize = 4;

/// Whether `cell` can run as it stands, by parsing it; commands count as complete.
pub fn is_complete(cell: &str) -> IsCompleteReply {
    let code = Source::new(cell).code;
    if code.trim().is_empty() {
        return IsCompleteReply::complete();
    }
    match brackets(&code) {
        Brackets::Open => return incomplete(&code),
        Brackets::Wrong => return IsCompleteReply::invalid(),
        Brackets::Closed => {}
    }
    let end = WRAPPER.len() + code.trim_end().len();
    let errors = parse(&code).errors();
    match errors.first() {
        None => IsCompleteReply::complete(),
        // The parser missed something where the code ends, so more may follow.
        Some(first) if usize::from(first.range().start()) >= end => incomplete(&code),
        Some(_) => IsCompleteReply::invalid(),
    }
}

fn incomplete(code: &str) -> IsCompleteReply {
    let last = code.lines().last().unwrap_or_default();
    let indent = last.len() - last.trim_start().len();
    let deeper = if last.trim_end().ends_with(['{', '(', '[']) { INDENT } else { 0 };
    IsCompleteReply::new(Status::Incomplete, " ".repeat(indent + deeper))
}

enum Brackets {
    Closed,
    Open,
    Wrong,
}

/// Looks at the tokens alone: whether brackets, strings and comments are closed.
fn brackets(code: &str) -> Brackets {
    use ra_ap_syntax::{Edition, SyntaxKind, T};
    let tokens = ra_ap_syntax::SourceFile::parse(code, Edition::Edition2024).syntax_node();
    let mut open = Vec::new();
    for token in tokens.descendants_with_tokens().filter_map(|element| element.into_token()) {
        let text = token.text();
        match token.kind() {
            T!['('] | T!['['] | T!['{'] => open.push(token.kind()),
            close @ (T![')'] | T![']'] | T!['}']) => {
                let expect = match close {
                    T![')'] => T!['('],
                    T![']'] => T!['['],
                    _ => T!['{'],
                };
                if open.pop() != Some(expect) {
                    return Brackets::Wrong;
                }
            }
            SyntaxKind::STRING if text.len() < 2 || !text.ends_with('"') || ends_escaped(text) => {
                return Brackets::Open;
            }
            SyntaxKind::COMMENT if text.starts_with("/*") && !text.ends_with("*/") => return Brackets::Open,
            _ => {}
        }
    }
    if open.is_empty() { Brackets::Closed } else { Brackets::Open }
}

/// Whether the quote that ends `text` is escaped, so that the string goes on.
fn ends_escaped(text: &str) -> bool {
    let before = &text[..text.len() - 1];
    !text.starts_with('r') && (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, status: Status, indent: &str) {
        let reply = is_complete(code);
        assert_eq!((reply.status, reply.indent.as_str()), (status, indent), "{code:?}");
    }

    #[test]
    fn complete() {
        for code in
            ["", "1 + 1", "let x = 1;", "fn f() {}", "struct A { x: i32 }", ":dep a", ":vars\n1", "// c", "a()?"]
        {
            check(code, Status::Complete, "");
        }
        check("println!(\"{}\", \"a\\\\\")", Status::Complete, "");
        check("r\"a\\\"", Status::Complete, "");
    }

    #[test]
    fn incomplete_with_the_indent_of_the_next_line() {
        check("fn f() {", Status::Incomplete, "    ");
        check("fn f() {\n    if a {", Status::Incomplete, "        ");
        check("fn f() {\n    g();", Status::Incomplete, "    ");
        check("let x = ", Status::Incomplete, "");
        check("let x = vec![1,", Status::Incomplete, "");
        check("\"text", Status::Incomplete, "");
        check("/* comment", Status::Incomplete, "");
    }

    #[test]
    fn invalid() {
        for code in ["fn f() }", "let x = );", "(]", "fn fn fn", "struct 1;"] {
            check(code, Status::Invalid, "");
        }
    }
}
