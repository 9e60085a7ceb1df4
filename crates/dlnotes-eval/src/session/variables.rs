//! The variables of a session: where their values are, and what a cell calls their types.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{Change, Items};
use crate::compile::{Named, Paths};
use crate::generate::How;
use crate::host::Kept;

/// A variable between two cells.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its place in the process that runs cells.
    pub(super) slot: usize,
    /// Whether it was declared `mut`.
    pub(super) mutable: bool,
    /// What the compiler calls its type.
    pub(super) type_name: String,
    /// How a cell takes it out.
    pub(super) how: How,
    /// The code that defined it, as a closure that is never called; for when its type has no name.
    pub(super) replay: String,
}

impl Variable {
    /// Its type as a reader knows it.
    pub(super) fn shown(&self) -> String {
        shown(&self.type_name)
    }
}

/// A statement that stands for the variable `name` in code that never runs.
pub(super) fn stand_in(name: &str, how: &How) -> String {
    match how {
        How::Type(ty) | How::Renewed(ty) => format!("let mut {name}: {ty} = ::std::unreachable!();"),
        How::Replay(code) => format!("let mut {name} = ::dlnotes_display::cell::never({code});"),
    }
}

/// How a value that a cell kept is taken out, as far as it is known now.
pub(super) fn how(kept: &Kept, replay: &str, paths: &Paths, items: &Items) -> Option<How> {
    // The constructor of a struct such as `Point(f64)` is called as the struct is, and has no size.
    if kept.size == 0 && items.is_tuple_struct(&kept.type_name) {
        return Some(How::Replay(replay.to_owned()));
    }
    match paths.name(&kept.type_name, |path| items.is_function(path)) {
        Named::As(ty) => Some(How::Type(ty)),
        Named::Nameless => Some(How::Replay(replay.to_owned())),
        Named::Unknown => None,
    }
}

/// The variables of a session, by name.
pub(super) type Variables = BTreeMap<String, Variable>;

/// Variables whose type names one of the session's types in `changed`, with that type.
pub(super) fn with_changed_type(variables: &Variables, changed: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, variable) in variables {
        let paths = variable.type_name.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        let of_session = paths.filter(|path| path.starts_with("it") && path.contains("::c"));
        // Behind the crate and the cell: of what a module defines, the module.
        let mut types = of_session.filter_map(|path| path.split("::").nth(2));
        if let Some(of) = types.find(|of| changed.contains(*of)) {
            found.insert(name.clone(), of.to_owned());
        }
    }
    found
}

/// The variables after a change of items: those are gone whose type it changes.
pub(super) fn after(variables: &Variables, change: &Change) -> Variables {
    let changed = with_changed_type(variables, &change.changed);
    let mut left = variables.clone();
    left.retain(|name, _| !changed.contains_key(name));
    renew(&mut left, change);
    left
}

/// After items were compiled again: values are taken out as the new types, where those are what they were.
pub(super) fn renew(variables: &mut Variables, change: &Change) {
    for variable in variables.values_mut() {
        variable.type_name = renewed(&variable.type_name, change);
        variable.replay = renewed_code(&variable.replay, change);
        variable.how = match &variable.how {
            How::Type(ty) => match renewed(ty, change) {
                new if new == *ty => continue,
                new => How::Renewed(new),
            },
            How::Renewed(ty) => How::Renewed(renewed(ty, change)),
            How::Replay(code) => How::Replay(renewed_code(code, change)),
        };
    }
}

fn renewed(text: &str, change: &Change) -> String {
    change.renewed.iter().fold(text.to_owned(), |text, (from, to)| replace_path(&text, from, to))
}

/// The same for code, unless it names something that isn't what it was: then it goes on to mean the old things, all of
/// them, since what it gives must be what it gave.
fn renewed_code(code: &str, change: &Change) -> String {
    match change.other.iter().any(|path| replace_path(code, path, "") != code) {
        true => code.to_owned(),
        false => renewed(code, change),
    }
}

/// `text` with the path `to` in the place of `from`, where that is a path of its own and not the beginning of another.
fn replace_path(text: &str, from: &str, to: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let whole = !after.starts_with(is_part) && !before.ends_with(is_part);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out + rest
}

/// `it3::c2::Point` as `Point`, and what std defines without the folders it is in.
pub(super) fn shown(type_name: &str) -> String {
    let (mut out, mut path) = (String::new(), String::new());
    let finish = |path: &mut String, out: &mut String| {
        out.push_str(path.rsplit("::").next().unwrap_or_default());
        path.clear();
    };
    if type_name.contains("{closure}") || type_name.contains("{{closure}}") {
        return "closure".to_owned();
    }
    for c in type_name.chars() {
        if c.is_alphanumeric() || c == '_' || c == ':' {
            path.push(c);
        } else {
            finish(&mut path, &mut out);
            out.push(c);
        }
    }
    finish(&mut path, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_shown_without_their_folders() {
        let name = "alloc::vec::Vec<(it3::c2::Point, core::option::Option<&str>)>";
        assert_eq!(shown(name), "Vec<(Point, Option<&str>)>");
        assert_eq!(shown("cell::cell::{{closure}}::{{closure}}"), "closure");
    }

    #[test]
    fn paths_are_replaced_as_a_whole() {
        let text = "Vec<it1::c1::P, it1::c1::Pair>";
        assert_eq!(replace_path(text, "it1::c1::P", "it2::c1::P"), "Vec<it2::c1::P, it1::c1::Pair>");
    }
}
