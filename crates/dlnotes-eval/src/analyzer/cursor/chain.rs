//! Where an expression begins that ends at the cursor.

use super::KEYWORDS;
use crate::analyzer::text::lexer::{Kind as Token, Tokens};

/// The first token of the chain of calls and fields that ends before `end`.
pub(super) fn chain_start(t: &Tokens<'_>, end: usize) -> Option<usize> {
    let mut at = end.checked_sub(1)?;
    loop {
        while t.is(at, "?") {
            at = at.checked_sub(1)?;
        }
        if t.kind(at) == Some(Token::Close) {
            let open = t.list[at].partner;
            if open >= at {
                return None;
            }
            at = open;
            let Some(before) = at.checked_sub(1) else { return Some(at) };
            at = match t.word(before) {
                _ if t.is(at, "{") => at, // a block; a literal with fields begins with its name
                "!" if before > 0 && t.is_word(before - 1) => before - 1,
                ">" => angle_start(t, before)
                    .filter(|angle| *angle > 1)
                    .map_or(at, |angle| angle - usize::from(t.is(angle - 1, "::")) - 1),
                "?" => before,
                word if t.is_word(before) && !is_keyword(word) => before,
                _ if t.kind(before) == Some(Token::Close) && !t.is(before, "}") => before,
                _ => at,
            };
            if t.is(at, "?") || t.kind(at) == Some(Token::Close) {
                continue;
            }
            if t.is(at, "{") && at > 0 && t.is_word(at - 1) && t.word(at - 1).starts_with(char::is_uppercase) {
                at -= 1;
            }
        }
        match at.checked_sub(1).map(|before| t.word(before)) {
            Some(".") => at = at.checked_sub(2)?,
            Some("::") => {
                let before = at.checked_sub(2)?;
                at = if t.is(before, ">") { angle_start(t, before)?.checked_sub(1)? } else { before };
                at -= usize::from(t.is(at, "::"));
            }
            Some("$") => return Some(at - 1),
            _ => return Some(at),
        }
    }
}

/// The `<` that the `>` at `close` closes.
fn angle_start(t: &Tokens<'_>, close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (0..=close).rev() {
        match t.word(at) {
            ">" => depth += 1,
            "<" if depth == 1 => return Some(at),
            "<" => depth -= 1,
            ";" | "{" | "}" => return None,
            _ => {}
        }
    }
    None
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) && !matches!(word, "self" | "Self" | "super" | "crate")
}
