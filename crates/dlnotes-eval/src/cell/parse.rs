//! From text to syntax, whatever the text is.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;

use super::macros::Rules;
use super::split::Split;

/// A cell longer than this is refused.
const LONGEST: usize = 4 << 20;

/// How far a parser may descend: tokens on the way to the innermost one, without a separator between them.
const DEEPEST: usize = 20_000;
const DEEPEST_BRACKETS: usize = 250;

/// Room for the parser, which calls itself for each level.
const STACK: usize = 256 << 20;

/// Why a text has no syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unparsed {
    /// Its brackets, strings or comments aren't closed.
    Tokens,
    /// It isn't Rust as we know it: rustc will say why, or knows more.
    Syntax,
    /// It is more than a compiler should be given; what, and what to do instead.
    TooLarge(String),
}

/// Splits the Rust code of a cell.
pub fn parse(code: &str) -> Result<Split, Unparsed> {
    parse_with(code, &BTreeMap::new())
}

/// Splits the Rust code of a cell that can use these macros of earlier ones.
pub fn parse_with(code: &str, macros: &BTreeMap<String, Rules>) -> Result<Split, Unparsed> {
    if code.len() > LONGEST {
        return Err(Unparsed::TooLarge(format!(
            "the cell is {:.1} MB long, and a cell may have {} MB: read data from a file, with `std::fs::read_to_string` or \
             `include_str!`",
            code.len() as f64 / (1 << 20) as f64,
            LONGEST >> 20
        )));
    }
    apart(|| statements(code, macros)).unwrap_or(Err(Unparsed::Syntax))
}

/// Does something on a thread of its own: for its stack, and because the places of tokens are kept for each thread, for
/// good.
pub(super) fn apart<T: Send>(parse: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse);
        thread.ok()?.join().ok()
    })
}

fn statements(code: &str, macros: &BTreeMap<String, Rules>) -> Result<Split, Unparsed> {
    let tokens: TokenStream = code.parse().map_err(|_| Unparsed::Tokens)?;
    if !is_shallow(tokens.clone(), 0, 0) {
        let text = "the code is nested too deeply, or an expression in it is too long, to be compiled: split it up";
        return Err(Unparsed::TooLarge(text.to_owned()));
    }
    let statements = syn::Block::parse_within.parse2(tokens).map_err(|_| Unparsed::Syntax)?;
    Ok(Split::new(code, &statements, macros))
}

fn is_shallow(tokens: TokenStream, mut before: usize, brackets: usize) -> bool {
    let start = before;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => before = start,
            TokenTree::Group(group) => {
                before += 1;
                if brackets >= DEEPEST_BRACKETS || !is_shallow(group.stream(), before, brackets + 1) {
                    return false;
                }
            }
            _ => before += 1,
        }
        if before > DEEPEST {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused_and_what_is_flat_is_not() {
        let too_large = |code: &str| matches!(parse(code), Err(Unparsed::TooLarge(_)));
        assert!(too_large(&"a + ".repeat(1 << 20)));
        assert!(too_large(&("!".repeat(1 << 20) + "true")));
        assert!(too_large(&("(".repeat(5000) + &")".repeat(5000))));
        assert!(too_large(&"x".repeat(32 << 20)));
        assert!(parse(&format!("let v = [{}];", "1,".repeat(100_000))).is_ok());
        assert!(parse(&("-".repeat(9000) + "1")).is_ok());
        assert!(parse("f(1) + ".repeat(6000).trim_end_matches(" + ")).is_ok());
        assert!(parse(&("if a { 1 } else ".repeat(3000) + "{ 2 }")).is_ok());
        assert_eq!(parse("let x = );"), Err(Unparsed::Tokens));
        assert_eq!(parse("let x = ;"), Err(Unparsed::Syntax));
    }
}
