//! Which variables are why a cell did not compile: those that can't be kept from cell to cell.

use super::names;
use super::place::{outwards, place, source};
use crate::compile::message::{Message, Span};
use crate::generate::{Origin, Source};

/// Why a variable can't be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The cell moves its value.
    Moved,
    /// The cell may give it a value, and may not.
    Uninitialized,
    /// It borrows: from the variable of this name, or from a value without one. A borrow ends with its cell.
    Borrows(Option<String>),
    /// Nothing says yet of which type it is.
    TypeUnknown,
}

/// The variables that are why a cell did not compile. Nothing if it has another error too: it fails whatever is kept.
///
/// What was moved, or may have no value, can be left out of what is kept, and the cell compiled again; so can a borrow, but
/// a reader should hear of it. One whose type is unknown is an error with or without keeping it.
pub fn moved_or_borrowed(messages: &[Message], sources: &[Source]) -> Vec<(String, Why)> {
    let mut found: Vec<(String, Why)> = Vec::new();
    for message in super::errors(messages) {
        match of(message, sources) {
            Some((_, Why::Moved)) if primary(message, sources, is_taken).is_some() => {}
            Some(other) if !found.contains(&other) => found.push(other),
            Some(_) => {}
            None => return Vec::new(),
        }
    }
    // A borrow that the cell itself moves away isn't there when the cell is over.
    let moved: Vec<String> = found.iter().filter(|(_, why)| *why == Why::Moved).map(|(name, _)| name.clone()).collect();
    found.retain(|(name, why)| *why == Why::Moved || !moved.contains(name));
    let mut known: Vec<String> = Vec::new();
    found.retain(|(name, _)| {
        let is_new = !known.contains(name);
        known.push(name.clone());
        is_new
    });
    // Moving what is borrowed is not the fault of the one that is borrowed from.
    if found.iter().any(|(_, why)| matches!(why, Why::Borrows(_))) {
        found.retain(|(_, why)| !matches!(why, Why::Moved));
    }
    found
}

/// The variable that can't be kept, and why, if the error is about that.
pub(super) fn of(message: &Message, sources: &[Source]) -> Option<(String, Why)> {
    let code = message.code.as_ref()?.code.as_str();
    match code {
        "E0382" => Some((primary(message, sources, is_kept_or_taken)?, Why::Moved)),
        "E0381" => Some((primary(message, sources, is_kept)?, Why::Uninitialized)),
        "E0282" | "E0283" | "E0284" => {
            let span = message.spans.iter().find(|span| span.is_primary)?;
            let found = place(sources, span)?;
            let source = sources.get(found.source)?;
            let name = source.cell.get(found.range)?;
            let kept = sources
                .iter()
                .flat_map(|source| source.map.parts())
                .any(|(_, origin)| matches!(origin, Origin::Keep(kept) if kept == name));
            kept.then(|| (name.to_owned(), Why::TypeUnknown))
        }
        "E0505" | "E0597" | "E0716" | "E0521" | "E0373" | "E0310" | "E0499" | "E0502" | "E0503" | "E0506" | "E0515" => {
            let (own, others): (Vec<&Span>, Vec<&Span>) = spans(message).partition(|span| span.is_primary);
            let kept = others.iter().chain(&own).find_map(|span| variable(span, sources, is_kept));
            match kept.or_else(|| through_closure(message, sources)) {
                Some(name) => Some((name.clone(), Why::Borrows(quoted(message, code, &name)))),
                // Put back while it is borrowed.
                None => Some((primary(message, sources, is_taken)?, Why::Moved)),
            }
        }
        _ => None,
    }
}

/// The variable whose value a closure computes from the borrow, as in `let names: Vec<&str> = v.iter().map(|(name, _)| name)…`.
/// rustc then points to the closure's value, and not to where the variable is kept.
fn through_closure(message: &Message, sources: &[Source]) -> Option<String> {
    let is_returned = |label: &String| label.starts_with("returning this value requires") && label.contains("'static");
    message.spans.iter().filter_map(|span| span.label.as_ref()).find(|label| is_returned(label))?;
    let found = place(sources, message.spans.iter().find(|span| span.is_primary)?)?;
    let source = sources.get(found.source)?;
    let kept = sources.iter().flat_map(|source| source.map.parts()).filter_map(|(_, origin)| is_kept(origin));
    let defined = kept.filter_map(|name| Some((names::variable(&source.cell, name)?.start, name)));
    let last = defined.filter(|(start, _)| *start < found.range.start).max_by_key(|(start, _)| *start);
    last.map(|(_, name)| name.clone())
}

/// The variable that is borrowed from.
fn quoted(message: &Message, code: &str, name: &str) -> Option<String> {
    let mut quoted = message.message.split('`').skip(1).step_by(2);
    let from = if code == "E0716" { None } else { quoted.next() }?;
    // Of `p.x` and `*p`, `p`.
    let from = from.trim_start_matches(['*', '&', '(']);
    let end = from.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(from.len());
    Some(&from[..end]).filter(|from| !from.is_empty() && *from != name).map(str::to_owned)
}

/// The message's places, and those of its notes.
fn spans(message: &Message) -> impl Iterator<Item = &Span> {
    let notes = message.children.iter().filter(|child| child.level == "note");
    let notes = notes.flat_map(|note| &note.spans).filter(|span| span.suggested_replacement.is_none());
    message.spans.iter().chain(notes)
}

/// The variable of the code of ours that the error itself points to.
fn primary(message: &Message, sources: &[Source], of: fn(&Origin) -> Option<&String>) -> Option<String> {
    message.spans.iter().filter(|span| span.is_primary).find_map(|span| variable(span, sources, of))
}

/// The variable of the code of ours at a place.
fn variable(span: &Span, sources: &[Source], of: fn(&Origin) -> Option<&String>) -> Option<String> {
    outwards(span).find_map(|span| of(source(sources, span)?.map.at(span.byte_start)?.1).cloned())
}

fn is_kept(origin: &Origin) -> Option<&String> {
    if let Origin::Keep(name) = origin { Some(name) } else { None }
}

fn is_taken(origin: &Origin) -> Option<&String> {
    if let Origin::Take(name) = origin { Some(name) } else { None }
}

fn is_kept_or_taken(origin: &Origin) -> Option<&String> {
    is_kept(origin).or_else(|| is_taken(origin))
}

/// An error in a cell that ran before, whose items were compiled again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blamed {
    /// The older cell's number.
    pub cell: usize,
    /// Where in its text.
    pub byte: usize,
}

/// Where older cells no longer compile beside cell `[count]`.
pub fn older_cells(messages: &[Message], sources: &[Source], count: usize) -> Vec<Blamed> {
    let mut found: Vec<Blamed> = Vec::new();
    for span in super::errors(messages).flat_map(|message| &message.spans).filter(|span| span.is_primary) {
        if let Some(place) = place(sources, span)
            && let Some(source) = sources.get(place.source).filter(|source| source.count != count)
        {
            let blamed = Blamed { cell: source.count, byte: place.range.start };
            if !found.contains(&blamed) {
                found.push(blamed);
            }
        }
    }
    found
}

/// Whether the variable is defined as a closure in the cell.
pub(super) fn is_closure(cell: &str, name: &str) -> bool {
    let tokens = names::tokens(cell);
    let Some(range) = names::variable(cell, name) else { return false };
    let statement =
        tokens.iter().skip_while(|token| token.range.start < range.end).take_while(|token| token.text != ";");
    let mut value = statement.skip_while(|token| token.text != "=").skip(1).peekable();
    // `|x| …`, or behind what it is boxed in: `Box::new(|x| …)`.
    let opens = |text: &str| text == "|" || text == "(" || text == "move";
    while let Some(token) = value.next() {
        if token.text == "|" {
            return true;
        }
        let is_path = token.text.chars().all(|c| c.is_alphanumeric() || "_:<>(".contains(c));
        if !is_path || (token.text == "(" && value.peek().is_some_and(|next| !opens(&next.text))) {
            return false;
        }
    }
    false
}
