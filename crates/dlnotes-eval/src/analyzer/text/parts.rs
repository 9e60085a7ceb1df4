//! What items are made of.

use std::ops::Range;

use super::item::{Item, Kind};
use super::lexer::{Kind as Token, Tokens};
use super::ty::Ty;

/// What stands before an item.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) is_public: bool,
    pub(super) is_exported: bool,
    /// Of no use to a reader: tests, and what its author hides.
    pub(super) is_hidden: bool,
    pub(super) docs: String,
    pub(super) derives: Vec<String>,
    pub(super) file: Option<String>,
}

/// Attributes, documentation and visibility; `at` moves to the item itself.
pub(super) fn head(t: &Tokens<'_>, at: &mut usize, to: usize) -> Head {
    let mut head = Head::default();
    let mut docs: Vec<String> = Vec::new();
    while *at < to {
        if t.kind(*at) == Some(Token::Doc) {
            docs.push(t.word(*at)[3..].trim().to_owned());
            *at += 1;
        } else if t.is(*at, "#") {
            let open = *at + 1 + usize::from(t.is(*at + 1, "!"));
            if !t.is(open, "[") {
                break;
            }
            let behind = t.behind(open, to);
            attribute(t, open + 1..behind.saturating_sub(1), &mut head, &mut docs);
            *at = behind;
        } else if t.is(*at, "pub") {
            let is_limited = t.is(*at + 1, "(") && matches!(t.word(*at + 2), "crate" | "super" | "self" | "in");
            head.is_public = !is_limited;
            *at = if is_limited { t.behind(*at + 1, to) } else { *at + 1 };
        } else {
            break;
        }
    }
    head.docs = first_paragraph(&docs);
    head
}

fn attribute(t: &Tokens<'_>, inner: Range<usize>, head: &mut Head, docs: &mut Vec<String>) {
    let text = one_line(t.between(inner.start, inner.end));
    match t.word(inner.start) {
        "doc" if text == "doc(hidden)" => head.is_hidden = true,
        "doc" if t.is(inner.start + 1, "=") => docs.push(unquoted(t.word(inner.start + 2)).trim().to_owned()),
        "cfg" => head.is_hidden |= text == "cfg(test)" || text == "cfg(doctest)",
        "test" => head.is_hidden = true,
        "macro_export" => head.is_exported = true,
        "derive" => {
            let names = (inner.start + 2..inner.end).filter(|i| t.is_word(*i) && !t.is(*i + 1, "::"));
            head.derives.extend(names.map(|i| t.word(i).to_owned()));
        }
        "path" => head.file = Some(unquoted(t.word(inner.start + 2))),
        _ => {}
    }
}

/// What a plain string literal says.
fn unquoted(literal: &str) -> String {
    literal.trim_start_matches('r').trim_matches('#').trim_matches('"').replace("\\\"", "\"")
}

/// The lines up to the first empty one, on one line.
fn first_paragraph(lines: &[String]) -> String {
    let lines = lines.iter().skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let lines: Vec<&str> = lines.map(String::as_str).take_while(|line| !line.starts_with("```")).collect();
    lines.join(" ")
}

/// The index of `fn`, if this begins a function that has a name.
pub(super) fn function_keyword(t: &Tokens<'_>, at: usize, to: usize) -> Option<usize> {
    let is_qualifier = |i: usize| matches!(t.word(i), "const" | "async" | "unsafe" | "extern" | "safe");
    let keyword = (at..to).find(|i| !is_qualifier(*i) && t.kind(*i) != Some(Token::Text))?;
    (t.is(keyword, "fn") && t.is_word(keyword + 1)).then_some(keyword)
}

/// The names in `<…>`, if that is there; the first bound of each, where it has one, goes to `bounds`.
pub(crate) fn generics(t: &Tokens<'_>, at: &mut usize, to: usize, bounds: &mut Vec<(String, Ty)>) -> Vec<String> {
    let mut names = Vec::new();
    if !t.is(*at, "<") {
        return names;
    }
    let behind = t.behind_angle(*at, to);
    let mut i = *at + 1;
    while i + 1 < behind {
        if t.is_word(i) && !t.is(i, "const") {
            names.push(t.word(i).to_owned());
            if t.is(i + 1, ":") {
                bounds.push((t.word(i).to_owned(), Ty::read(t, &mut (i + 2), behind - 1)));
            }
        }
        i = next_comma(t, i, behind - 1) + 1;
    }
    *at = behind;
    names
}

/// The index of the next comma outside of all brackets, or `to`.
pub(crate) fn next_comma(t: &Tokens<'_>, from: usize, to: usize) -> usize {
    let (mut at, mut angle) = (from, 0_usize);
    while at < to {
        match t.word(at) {
            "," if angle == 0 => return at,
            "<" => angle += 1,
            ">" => angle = angle.saturating_sub(1),
            _ if t.kind(at) == Some(Token::Open) => {
                at = t.behind(at, to);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    to
}

/// Names and types of a function's parameters, without `self`; whether that was among them.
pub(crate) fn parameters(t: &Tokens<'_>, inner: Range<usize>) -> (Vec<(String, Ty)>, bool) {
    let (mut found, mut at, mut is_method) = (Vec::new(), inner.start, false);
    while at < inner.end {
        let end = next_comma(t, at, inner.end);
        let colon = (at..end).find(|i| t.is(*i, ":"));
        let pattern = at..colon.unwrap_or(end);
        if pattern.clone().any(|i| t.is(i, "self")) {
            is_method = true;
        } else if let Some(colon) = colon {
            let ty = Ty::read(t, &mut (colon + 1), end);
            let names: Vec<&str> =
                pattern.filter(|i| t.is_word(*i) && !t.is(*i, "mut") && !t.is(*i, "ref")).map(|i| t.word(i)).collect();
            match names.as_slice() {
                [name] => found.push(((*name).to_owned(), ty)),
                names => found.extend(names.iter().enumerate().map(|(i, name)| ((*name).to_owned(), ty.arg(i)))),
            }
        }
        at = end + 1;
    }
    (found, is_method)
}

/// Types joined by `+`.
pub(super) fn bounds(t: &Tokens<'_>, at: &mut usize, to: usize) -> Vec<Ty> {
    let mut found = Vec::new();
    while *at < to && !matches!(t.word(*at), "{" | ";" | "where") {
        let plus = (*at..to).find(|i| matches!(t.word(*i), "+" | "{" | ";" | "where")).unwrap_or(to);
        if t.is_word(*at) {
            found.push(Ty::read(t, at, plus));
        }
        *at = if t.is(plus, "+") { plus + 1 } else { plus };
    }
    found
}

/// `name: type` between commas.
pub(super) fn fields(t: &Tokens<'_>, inner: Range<usize>) -> Vec<Item> {
    let (mut found, mut at) = (Vec::new(), inner.start);
    while at < inner.end {
        let head = head(t, &mut at, inner.end);
        let end = next_comma(t, at, inner.end);
        if t.is_word(at) && t.is(at + 1, ":") {
            let gives = Ty::read(t, &mut (at + 2), end);
            let name = t.word(at).to_owned();
            let signature = one_line(t.between(at, end));
            found.push(Item { kind: Kind::Field, name, signature, gives, ..of(head) });
        }
        at = end + 1;
    }
    found
}

/// Types between commas, which are named by their number.
pub(super) fn tuple_fields(t: &Tokens<'_>, inner: Range<usize>) -> Vec<Item> {
    let (mut found, mut at) = (Vec::new(), inner.start);
    while at < inner.end {
        let head = head(t, &mut at, inner.end);
        let end = next_comma(t, at, inner.end);
        let name = found.len().to_string();
        let signature = format!("{name}: {}", one_line(t.between(at, end)));
        let gives = Ty::read(t, &mut at, end);
        found.push(Item { kind: Kind::Field, name, signature, gives, ..of(head) });
        at = end + 1;
    }
    found
}

/// An enum's variants.
pub(super) fn variants(t: &Tokens<'_>, inner: Range<usize>) -> Vec<Item> {
    let (mut found, mut at) = (Vec::new(), inner.start);
    while at < inner.end {
        let head = head(t, &mut at, inner.end);
        let end = next_comma(t, at, inner.end);
        if t.is_word(at) {
            let signature = one_line(t.between(at, end));
            let signature = if signature.contains("//") { t.word(at).to_owned() } else { signature };
            let name = t.word(at).to_owned();
            found.push(Item { kind: Kind::Variant, name, signature, gives: Ty::named("Self"), ..of(head) });
            if let Some(variant) = found.last_mut() {
                variant.is_public = true;
            }
        }
        at = end + 1;
    }
    found
}

fn of(head: Head) -> Item {
    Item { is_public: head.is_public, docs: head.docs, ..Item::default() }
}

/// The names that a `use` brings, each with its path.
pub(super) fn uses(
    t: &Tokens<'_>,
    from: usize,
    to: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(String, Vec<String>)>,
) {
    let (mut at, depth) = (from, path.len());
    while at < to {
        match t.word(at) {
            "," => path.truncate(depth),
            "*" => found.push(("*".to_owned(), path.clone())),
            "{" => {
                let behind = t.behind(at, to);
                uses(t, at + 1, behind.saturating_sub(1).max(at + 1), path, found);
                at = behind;
                continue;
            }
            "as" => {
                if let Some(last) = found.last_mut() {
                    last.0 = t.word(at + 1).to_owned();
                }
                at += 1;
            }
            word if t.is_word(at) => {
                path.push(word.trim_start_matches("r#").to_owned());
                if !t.is(at + 1, "::") || at + 1 >= to {
                    // `self` names the module that it stands in.
                    if word == "self" && path.len() > 1 {
                        path.pop();
                    }
                    found.push((path.last().cloned().unwrap_or_default(), path.clone()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    path.truncate(depth);
}

/// `text` on one line, as it would be written there.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    for (from, to) in [("( ", "("), (", )", ")"), (" )", ")"), ("< ", "<"), (", >", ">")] {
        line = line.replace(from, to);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::expand::Macros;
    use super::super::read::read;
    use super::*;

    fn one(text: &str) -> Item {
        let mut items = read(text, &Macros::new());
        assert_eq!(items.len(), 1, "{items:?}");
        items.remove(0)
    }

    #[test]
    fn a_function_is_read_with_all_that_is_around_it() {
        let item = one(
            "/// Adds.\n/// Both.\n///\n/// More.\n#[must_use]\npub const fn add<T: Into<f32>, const N: usize>(\n    a: T,\n    (b, c): (i32, [f32; N]),\n) -> Option<T>\nwhere\n    T: Copy,\n{ fn inner() {} }",
        );
        assert_eq!((item.kind, item.name.as_str(), item.is_public), (Kind::Function, "add", true));
        assert_eq!(item.docs, "Adds. Both.");
        assert_eq!(item.generics, ["T"]);
        assert!(
            item.signature
                .starts_with("const fn add<T: Into<f32>, const N: usize>(a: T, (b, c): (i32, [f32; N])) -> Option<T>"),
            "{}",
            item.signature
        );
        assert_eq!(item.gives, Ty::parse("Option<T>"));
        let names: Vec<&str> = item.parameters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(item.parameters[2].1.name, "[]");
    }

    #[test]
    fn data_types_have_members() {
        let item = one("#[derive(Clone, Debug)]\nstruct P<T> { /// Left.\n pub x: Vec<T>, y: f32 }");
        assert_eq!(item.members[0].docs, "Left.");
        assert_eq!(item.members[1].signature, "y: f32");
        assert_eq!(item.supers, [Ty::named("Clone"), Ty::named("Debug")]);
        assert_eq!(one("struct Q(pub f32, i32);").members[1].name, "1");
        let item = one("enum E { A, B { x: i32 }, C(f32) = 3 }");
        let names: Vec<&str> = item.members.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"]);
    }

    #[test]
    fn uses_are_taken_apart() {
        let item = one("use a::{self, b::*, c as d, e::{f, g}};");
        let shown: Vec<String> = item.uses.iter().map(|(name, path)| format!("{name}={}", path.join("::"))).collect();
        assert_eq!(shown, ["a=a", "*=a::b", "d=a::c", "f=a::e::f", "g=a::e::g"]);
    }

    #[test]
    fn statements_and_what_is_being_typed_do_no_harm() {
        let text =
            "let f = |x: i32| { fn hidden() {} };\nstruct P { x: f32 }\nimpl P { fn a(&self) -> f32 { self. } fn b(";
        let items = read(text, &Macros::new());
        assert_eq!(items.len(), 2);
        assert_eq!(items[1].members.len(), 2);
        assert_eq!(items[1].members[0].kind, Kind::Method);
    }
}
