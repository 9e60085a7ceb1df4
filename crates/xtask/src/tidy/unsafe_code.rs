//! Unsafe code gives its reason: a file that allows it says, beside the attribute, what for.
//!
//! The compiler holds that it is allowed nowhere else (`unsafe_code = "deny"`), clippy that each block says what it relies on.
//! Neither looks at crates outside of the workspace, which therefore have none.

use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};

/// A shorter reason is none.
const LETTERS: usize = 8;

/// What is wrong with the unsafe code of a source file; `in_workspace` tells whether the compiler and clippy see it under
/// the workspace's rules.
pub(super) fn check(text: &str, in_workspace: bool) -> Vec<String> {
    let tokens: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => return vec![format!("can't be read as Rust: {error}")],
    };
    let mut found = Found::default();
    walk(tokens, &mut found);
    let lines: Vec<&str> = text.lines().collect();
    let mut findings: Vec<String> = found
        .allowed
        .iter()
        .filter(|allowed| !allowed.has_reason && !has_remark(&lines, allowed.end))
        .map(|allowed| {
            format!("line {} allows unsafe code without saying, on the same line, what for", allowed.end.line)
        })
        .collect();
    if let (Some(line), false) = (found.first_use, in_workspace) {
        findings.push(format!("line {line} is unsafe code, in a crate where no lint looks at it"));
    } else if let (Some(line), true) = (found.first_use, found.allowed.is_empty()) {
        findings.push(format!("line {line} is unsafe code; no attribute in this file allows it and says what for"));
    }
    findings
}

#[derive(Default)]
struct Found {
    allowed: Vec<Allowed>,
    /// The line of the first `unsafe`.
    first_use: Option<usize>,
}

/// An attribute that allows unsafe code.
struct Allowed {
    /// Where it ends.
    end: LineColumn,
    /// Whether it has a `reason = "…"`.
    has_reason: bool,
}

/// Goes through all tokens, also those in the arguments of macros.
fn walk(tokens: TokenStream, found: &mut Found) {
    let mut before: [Option<char>; 2] = [None, None];
    for token in tokens {
        let mut this = None;
        match token {
            TokenTree::Group(group) => {
                let is_attribute = group.delimiter() == Delimiter::Bracket
                    && matches!(before, [_, Some('#')] | [Some('#'), Some('!')]);
                if is_attribute && allows(group.stream(), false) {
                    let has_reason = has_reason(group.stream());
                    found.allowed.push(Allowed { end: group.span_close().end(), has_reason });
                }
                walk(group.stream(), found);
            }
            TokenTree::Ident(word) if word == "unsafe" => {
                found.first_use.get_or_insert(word.span().start().line);
            }
            TokenTree::Punct(mark) => this = Some(mark.as_char()),
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        before = [before[1], this];
    }
}

/// Whether an attribute lowers the lint: `allow(…, unsafe_code)`, `expect` or `warn`, also inside `cfg_attr`.
fn allows(attribute: TokenStream, inside: bool) -> bool {
    let mut lowers = inside;
    for token in attribute {
        match token {
            TokenTree::Ident(word) if inside && word == "unsafe_code" => return true,
            TokenTree::Ident(word) if !inside => lowers = word == "allow" || word == "expect" || word == "warn",
            TokenTree::Group(group) if allows(group.stream(), lowers && !inside) => return true,
            _ => {}
        }
    }
    false
}

/// Whether an attribute has a `reason = "…"` that is one.
fn has_reason(attribute: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    let here = tokens.windows(3).any(|three| {
        let [TokenTree::Ident(word), TokenTree::Punct(equals), TokenTree::Literal(text)] = three else { return false };
        word == "reason" && equals.as_char() == '=' && text.to_string().trim_matches('"').trim().len() >= LETTERS
    });
    here || tokens.into_iter().any(|token| matches!(token, TokenTree::Group(group) if has_reason(group.stream())))
}

/// Whether a comment stands behind an attribute on its last line.
fn has_remark(lines: &[&str], end: LineColumn) -> bool {
    let line: String = lines.get(end.line - 1).copied().unwrap_or_default().chars().skip(end.column).collect();
    line.split_once("//").is_some_and(|(_, remark)| remark.trim().len() >= LETTERS)
}

#[cfg(test)]
mod tests {
    use super::check;

    const WITHOUT: &str = "allows unsafe code without saying, on the same line, what for";

    #[test]
    fn every_spelling_needs_a_reason() {
        for attribute in [
            "#![allow(unsafe_code)]",
            "#! [ allow ( unsafe_code ) ]",
            "#![allow(\n    unsafe_code,\n)]",
            "#![allow(unsafe_code, improper_ctypes_definitions)]",
            "#![allow(missing_docs, unsafe_code)]",
            "#![expect(unsafe_code)]",
            "#[allow(unsafe_code)] // so\nfn f() {}",
            "#![cfg_attr(unix, allow(unsafe_code))]",
            "mod a { #![warn(unsafe_code)] }",
            "#![allow(unsafe_code, reason = \"\")]",
            "// above\n#![allow(unsafe_code)]\n// below",
        ] {
            let found = check(attribute, true);
            assert!(found.len() == 1 && found[0].ends_with(WITHOUT), "{attribute}: {found:?}");
        }
    }

    #[test]
    fn a_reason_stands_on_the_same_line_or_in_the_attribute() {
        for attribute in [
            "#![allow(unsafe_code)] // a signal handler",
            "#![allow(\n    unsafe_code\n)] // a signal handler",
            "#![expect(unsafe_code, reason = \"a signal handler\")]",
            "#![deny(unsafe_code)]",
            "fn f(é: &str) { \"#![allow(unsafe_code)] unsafe\" } // unsafe",
        ] {
            assert_eq!(check(attribute, true), [""; 0], "{attribute}");
        }
    }

    #[test]
    fn unsafe_code_has_an_attribute_in_its_file() {
        assert_eq!(check("fn f() { unsafe { g() } }", true).len(), 1);
        assert_eq!(check("#![allow(unsafe_code)] // memory of its own\nfn f() { unsafe { g() } }", true), [""; 0]);
        assert_eq!(check("macro_rules! m { () => { unsafe { g() } } }", true).len(), 1);
    }

    #[test]
    fn outside_of_the_workspace_there_is_none() {
        let text = "#![allow(unsafe_code)] // memory of its own\n\nunsafe fn f() {}";
        assert_eq!(check(text, false), ["line 3 is unsafe code, in a crate where no lint looks at it"]);
    }
}
