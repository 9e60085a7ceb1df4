//! What rustc says of generated code, said of the cell.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::Visit;

use super::kept::{self, Why};
use super::place::source;
use crate::compile::message::{Code, Message, Span};
use crate::generate::{Origin, Source};

/// The same error, as it would be if a cell were what it looks like.
pub(super) fn reword(message: &Message, sources: &[Source]) -> Message {
    let code = message.code.as_ref().map_or("", |code| code.code.as_str());
    if code == "E0599" && message.message.contains("`evcxr_display`") {
        return without_debug(message);
    }
    if matches!(code, "E0069" | "E0308") && has_label(message, sources, "because of") {
        return returned(message, sources);
    }
    if code == "E0267" && has_label(message, sources, "enclosing closure") {
        return outside_of_a_loop(message);
    }
    if code == "E0594"
        && let Some(twice) = assigned_twice(message, sources)
    {
        return twice;
    }
    match kept::of(message, sources) {
        Some((name, Why::Borrows(from))) => borrows(message, code, &name, from.as_deref(), sources),
        _ => message.clone(),
    }
}

/// Whether code of ours has a label that contains `text`.
fn has_label(message: &Message, sources: &[Source], text: &str) -> bool {
    message.spans.iter().any(|span| {
        span.label.as_ref().is_some_and(|label| label.contains(text))
            && matches!(origin(span, sources), Some(Origin::Generated | Origin::Keep(_) | Origin::Take(_)))
    })
}

fn origin<'a>(span: &Span, sources: &'a [Source]) -> Option<&'a Origin> {
    source(sources, span)?.map.at(span.byte_start).map(|(_, origin)| origin)
}

/// The value of the cell can't be shown: as rustc puts it for `{:?}`.
fn without_debug(message: &Message) -> Message {
    let of = message.message.split('`').nth(3).unwrap_or_default();
    let of = of.strip_prefix('&').unwrap_or(of);
    // Inside of a `Vec`, the one that can't be shown.
    let bounds: Vec<&str> = message
        .children
        .iter()
        .flat_map(|child| child.message.split('`').skip(1).step_by(2))
        .filter_map(|bound| bound.strip_suffix(": Debug").or_else(|| bound.strip_suffix(": std::fmt::Debug")))
        .collect();
    let inner = bounds.iter().find(|bound| **bound != of).copied().unwrap_or(of);
    let mut out = message.clone();
    out.code = Some(Code { code: "E0277".into() });
    out.message = format!("`{inner}` doesn't implement `Debug`");
    out.spans.retain_mut(|span| {
        if span.is_primary {
            span.label = Some(format!("`{of}` can't be shown as the value of the cell"));
        }
        span.is_primary
    });
    out.children.retain(|child| child.message.contains("derive"));
    let derives = out.children.iter().any(|child| child.message.contains("derive"));
    if !derives && inner.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':') {
        let text = format!("add `#[derive(Debug)]` to `{inner}` or manually `impl Debug for {inner}`");
        out.children.push(Message { message: text, level: "note".into(), ..Message::default() });
    }
    out
}

/// `return` where there is no function.
fn returned(message: &Message, sources: &[Source]) -> Message {
    let mut out = message.clone();
    out.code = Some(Code { code: "E0572".into() });
    out.message = "return statement outside of function body".into();
    out.spans.retain_mut(|span| {
        span.label = None;
        // Of `return x`, rustc marks the value.
        let before = source(sources, span).and_then(|source| source.text.get(..span.byte_start)).unwrap_or_default();
        if let Some(before) = before.trim_end().strip_suffix("return") {
            span.byte_start = before.len();
        }
        span.is_primary
    });
    out.children.clear();
    out
}

fn outside_of_a_loop(message: &Message) -> Message {
    let what = message.message.split('`').nth(1).unwrap_or("break");
    let mut out = message.clone();
    out.code = Some(Code { code: "E0268".into() });
    out.message = format!("`{what}` outside of a loop");
    out.spans.retain_mut(|span| {
        span.label = Some(format!("cannot `{what}` outside of a loop"));
        span.is_primary
    });
    out
}

/// A variable of an earlier cell that isn't `mut`: our closure captures it, a program's statement would not.
fn assigned_twice(message: &Message, sources: &[Source]) -> Option<Message> {
    let name =
        message.message.strip_prefix("cannot assign to `")?.strip_suffix("`, as it is not declared as mutable")?;
    let places = message.children.iter().flat_map(|child| &child.spans);
    let is_taken = places.filter_map(|span| origin(span, sources)).any(|o| matches!(o, Origin::Take(of) if of == name));
    let at = message.spans.iter().find(|span| span.is_primary)?;
    let mut closures = Closures::default();
    closures.visit_block(&syn::parse_str(&source(sources, at)?.text).ok()?);
    if !is_taken || closures.0.iter().any(|range| range.contains(&at.byte_start)) {
        return None;
    }
    let mut out = message.clone();
    out.code = Some(Code { code: "E0384".into() });
    out.message = format!("cannot assign twice to immutable variable `{name}`");
    out.spans.retain_mut(|span| {
        span.label = Some("cannot assign twice to immutable variable".into());
        span.is_primary
    });
    out.children.clear();
    Some(out)
}

/// Where a text captures variables.
#[derive(Default)]
struct Closures(Vec<Range<usize>>);

impl<'a> Visit<'a> for Closures {
    fn visit_expr_closure(&mut self, closure: &'a syn::ExprClosure) {
        self.0.push(closure.span().byte_range());
    }

    fn visit_expr_async(&mut self, block: &'a syn::ExprAsync) {
        self.0.push(block.span().byte_range());
    }
}

/// A variable that holds a borrow can't be kept.
fn borrows(message: &Message, code: &str, name: &str, from: Option<&str>, sources: &[Source]) -> Message {
    let mut out = message.clone();
    let what = from.map_or("a value that ends with its statement".to_owned(), |from| format!("`{from}`"));
    let is_conflict =
        matches!(code, "E0499" | "E0502" | "E0503" | "E0506") || (code == "E0505" && !is_ours(message, sources));
    if !is_conflict {
        out.message = format!("`{name}` borrows from {what}, and a borrow can't be kept from cell to cell");
    }
    let mut holds = false;
    out.spans.retain_mut(|span| match origin(span, sources) {
        Some(Origin::Keep(kept)) if kept == name && !span.is_primary => {
            span.label = Some(format!("`{name}` would hold the borrow even after the cell has ended"));
            !std::mem::replace(&mut holds, true)
        }
        Some(Origin::Keep(_) | Origin::Take(_)) => false,
        _ => {
            if span.is_primary && !is_conflict {
                span.label = Some(from.map_or("borrowed here".into(), |from| format!("`{from}` is borrowed here")));
            }
            true
        }
    });
    out.spans.retain(|span| !span.label.as_deref().unwrap_or_default().starts_with("binding `"));
    out.children.retain(|child| child.level == "help" && !child.message.contains("cloning"));
    out
}

/// Whether the error itself is at code of ours.
fn is_ours(message: &Message, sources: &[Source]) -> bool {
    message.spans.iter().any(|span| span.is_primary && matches!(origin(span, sources), Some(Origin::Keep(_))))
}
