//! Answers from the index: what is around the cursor, and what could stand there.

mod chain;
mod complete;
mod eval;
mod inspect;
mod member;
mod pattern;
mod scope;

pub(super) use self::complete::{can_complete, complete};
pub(super) use self::inspect::{inspect, subject};
use super::document::Document;
use super::index::{Index, SESSION, World, of_text, standard};
use super::text::item::Kind;
use super::text::ty::Ty;

const KEYWORDS: [&str; 36] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "false", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static",
    "struct", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// An index of the session's own items and the cell's.
fn session(document: &Document) -> Index {
    of_text(SESSION, &document.text().0)
}

fn world<'a>(session: &'a Index, libraries: &'a Index) -> World<'a> {
    World { session, libraries, standard: standard() }
}

fn variables(document: &Document) -> Vec<(String, Ty)> {
    let variables = document.variables.iter();
    variables.map(|variable| (variable.name.clone(), Ty::parse(&variable.type_name))).collect()
}

/// The word that front ends know a kind by.
fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Function => "function",
        Kind::Method => "method",
        Kind::Struct | Kind::Union | Kind::Impl => "struct",
        Kind::Enum => "enum",
        Kind::Trait => "trait",
        Kind::Alias => "type",
        Kind::Constant => "constant",
        Kind::Static => "static",
        Kind::Macro => "macro",
        Kind::Module => "module",
        Kind::Field => "field",
        Kind::Variant => "variant",
        Kind::Use => "name",
    }
}
