//! What a cell can call a type.
//!
//! `std::any::type_name` says where a type is defined (`alloc::vec::Vec<f32>`), which isn't always a path that a program
//! may write. A table says what each is called; what isn't in it is looked up once, in the names that rustc's middle
//! representation prints in full.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Paths of definition, and the paths that can be written for them.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    table: BTreeMap<String, String>,
    /// Where what was learned is kept.
    file: Option<PathBuf>,
}

/// What is known of a type's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// It can be written like this.
    As(String),
    /// It has no name: a closure, a function, an `impl Trait`.
    Nameless,
    /// Not all of its paths are known.
    Unknown,
}

/// What every session meets.
const KNOWN: [(&str, &str); 44] = [
    ("alloc::borrow::Cow", "std::borrow::Cow"),
    ("alloc::boxed::Box", "std::boxed::Box"),
    ("alloc::collections::binary_heap::BinaryHeap", "std::collections::BinaryHeap"),
    ("alloc::collections::btree::map::BTreeMap", "std::collections::BTreeMap"),
    ("alloc::collections::btree::set::BTreeSet", "std::collections::BTreeSet"),
    ("alloc::collections::linked_list::LinkedList", "std::collections::LinkedList"),
    ("alloc::collections::vec_deque::VecDeque", "std::collections::VecDeque"),
    ("alloc::rc::Rc", "std::rc::Rc"),
    ("alloc::rc::Weak", "std::rc::Weak"),
    ("alloc::string::String", "std::string::String"),
    ("alloc::sync::Arc", "std::sync::Arc"),
    ("alloc::sync::Weak", "std::sync::Weak"),
    ("alloc::vec::Vec", "std::vec::Vec"),
    ("alloc::vec::into_iter::IntoIter", "std::vec::IntoIter"),
    ("core::any::Any", "std::any::Any"),
    ("core::cell::Cell", "std::cell::Cell"),
    ("core::cell::RefCell", "std::cell::RefCell"),
    ("core::cell::once::OnceCell", "std::cell::OnceCell"),
    ("core::error::Error", "std::error::Error"),
    ("core::fmt::Debug", "std::fmt::Debug"),
    ("core::fmt::Display", "std::fmt::Display"),
    ("core::future::future::Future", "std::future::Future"),
    ("core::iter::traits::double_ended::DoubleEndedIterator", "std::iter::DoubleEndedIterator"),
    ("core::iter::traits::iterator::Iterator", "std::iter::Iterator"),
    ("core::marker::PhantomData", "std::marker::PhantomData"),
    ("core::marker::Send", "std::marker::Send"),
    ("core::marker::Sync", "std::marker::Sync"),
    ("core::ops::function::Fn", "std::ops::Fn"),
    ("core::ops::function::FnMut", "std::ops::FnMut"),
    ("core::ops::function::FnOnce", "std::ops::FnOnce"),
    ("core::ops::range::Range", "std::ops::Range"),
    ("core::ops::range::RangeInclusive", "std::ops::RangeInclusive"),
    ("core::option::Option", "std::option::Option"),
    ("core::pin::Pin", "std::pin::Pin"),
    ("core::result::Result", "std::result::Result"),
    ("core::str::iter::Chars", "std::str::Chars"),
    ("core::time::Duration", "std::time::Duration"),
    ("std::collections::hash::map::HashMap", "std::collections::HashMap"),
    ("std::collections::hash::set::HashSet", "std::collections::HashSet"),
    ("std::sync::poison::mutex::Mutex", "std::sync::Mutex"),
    ("std::sync::poison::rwlock::RwLock", "std::sync::RwLock"),
    ("std::thread::join_handle::JoinHandle", "std::thread::JoinHandle"),
    ("std::time::Instant", "std::time::Instant"),
    ("core::net::ip_addr::IpAddr", "std::net::IpAddr"),
];

impl Paths {
    /// What is known anyway, and what `file` holds of earlier sessions with the same libraries.
    pub fn open(file: Option<PathBuf>) -> Self {
        let mut table: BTreeMap<String, String> =
            KNOWN.iter().map(|(path, name)| ((*path).to_owned(), (*name).to_owned())).collect();
        let text = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
        table.extend(text.lines().filter_map(|line| {
            let (path, name) = line.split_once('\t').filter(|(path, name)| is_same_name(path, name))?;
            Some((path.to_owned(), name.to_owned()))
        }));
        Self { table, file }
    }

    /// What a cell can call the type with this `type_name`; `is_function` says whether a path of an item crate is one of
    /// a function.
    pub fn name(&self, type_name: &str, is_function: impl Fn(&str) -> bool) -> Named {
        // `{{closure}}`, `{async block@…}`, `{impl#3}`
        if type_name.contains('{') {
            return Named::Nameless;
        }
        let (mut out, mut rest, mut unknown) = (String::new(), type_name, false);
        while let Some(start) = rest.find(is_start) {
            out.push_str(&rest[..start]);
            let path = path_at(&rest[start..]);
            rest = &rest[start + path.len()..];
            // A lifetime.
            if out.ends_with('\'') || !path.contains("::") {
                out.push_str(path);
            } else if path.starts_with("cell::") {
                return Named::Nameless;
            } else if is_of_session(path) {
                if is_function(path) {
                    return Named::Nameless;
                }
                out.push_str("::");
                out.push_str(path);
            } else if let Some(name) = self.table.get(path) {
                out.push_str("::");
                out.push_str(name);
            } else {
                unknown = true;
            }
        }
        out.push_str(rest);
        if unknown { Named::Unknown } else { Named::As(out) }
    }

    /// Learns from the middle representation of a cell that keeps variables: their names, each with its `type_name`.
    pub fn learn<'a>(&mut self, middle: &str, kept: impl Iterator<Item = (&'a str, &'a str)>) {
        let visible = kept_types(middle);
        let mut learned = String::new();
        for (name, type_name) in kept {
            let Some(visible) = visible.get(name) else { continue };
            let (from, to) = (paths(type_name), paths(visible));
            if from.len() != to.len() {
                continue;
            }
            for (from, to) in from.into_iter().zip(to).filter(|(from, _)| from.contains("::") && !is_of_session(from)) {
                if !self.table.contains_key(from) && is_same_name(from, to) {
                    self.table.insert(from.to_owned(), to.to_owned());
                    learned += &format!("{from}\t{to}\n");
                }
            }
        }
        if let (Some(file), false) = (&self.file, learned.is_empty()) {
            let append = std::fs::File::options().create(true).append(true).open(file);
            // What can't be kept is learned again.
            let _ = append.and_then(|mut file| std::io::Write::write_all(&mut file, learned.as_bytes()));
        }
    }
}

/// Whether two paths lead to one type, as far as that can be seen: under another name a type isn't known.
fn is_same_name(from: &str, to: &str) -> bool {
    to.contains("::") && from.rsplit("::").next() == to.rsplit("::").next()
}

/// A path into one of the session's own crates.
fn is_of_session(path: &str) -> bool {
    let first = path.split("::").next().unwrap_or_default();
    first.strip_prefix("it").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// The path with which `text` begins.
fn path_at(text: &str) -> &str {
    let mut end = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let colon = c == ':' && (bytes.get(at + 1) == Some(&b':') || (at > 0 && bytes[at - 1] == b':'));
        if !(c.is_alphanumeric() || c == '_' || colon) {
            break;
        }
        end = at + c.len_utf8();
    }
    text[..end].trim_end_matches(':')
}

fn paths(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find(is_start) {
        let path = path_at(&rest[start..]);
        found.push(path);
        rest = &rest[start + path.len()..];
    }
    found
}

/// The types of the variables that a cell keeps, by name.
///
/// A call `_21 = …::Keeper::<'_>::keep::<Vec<Tensor>>(copy _2, move _22, move _23)` names the type without its folders;
/// the declaration `let mut _23: std::vec::Vec<dlnotes::Tensor>;` has them, and `_22 = const "v";` is the variable's name.
fn kept_types(middle: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let (mut locals, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for line in middle.lines() {
        let line = line.trim();
        if line.starts_with("fn ") {
            locals.clear();
            texts.clear();
        } else if let Some((local, ty)) = line.strip_prefix("let ").and_then(|rest| rest.split_once(": ")) {
            locals.insert(local.trim_start_matches("mut "), ty.trim_end_matches(';'));
        } else if let Some((local, text)) = line.strip_suffix("\";").and_then(|line| line.split_once(" = const \"")) {
            texts.insert(local, text);
        } else if line.contains("::cell::Keeper::<'_>::keep::<") {
            let call = line.split_once(") -> ").map_or(line, |(call, _)| call);
            let mut operands = call.rsplit(", ").map(|operand| operand.rsplit(' ').next().unwrap_or(operand));
            let (value, name) = (operands.next(), operands.next());
            if let (Some(ty), Some(name)) =
                (value.and_then(|local| locals.get(local)), name.and_then(|local| texts.get(local)))
            {
                found.insert(*name, *ty);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_as_a_program_may_write_them() {
        let mut paths = Paths::open(None);
        let name = |paths: &Paths, text: &str| paths.name(text, |path| path == "it1::c1::square");
        let known = |text: &str| Named::As(text.to_owned());
        assert_eq!(name(&paths, "i32"), known("i32"));
        assert_eq!(name(&paths, "(&str, [u8; 3])"), known("(&str, [u8; 3])"));
        assert_eq!(
            name(&paths, "alloc::vec::Vec<core::option::Option<it3::c2::Point>>"),
            known("::std::vec::Vec<::std::option::Option<::it3::c2::Point>>")
        );
        assert_eq!(
            name(&paths, "alloc::boxed::Box<dyn for<'a> core::ops::function::Fn(&'a i32) -> i32>"),
            known("::std::boxed::Box<dyn for<'a> ::std::ops::Fn(&'a i32) -> i32>")
        );
        assert_eq!(name(&paths, "it1::c1::square"), Named::Nameless);
        assert_eq!(name(&paths, "cell::cell::{{closure}}::{{closure}}"), Named::Nameless);
        assert_eq!(name(&paths, "cell::cell::Local"), Named::Nameless);
        let tensor = "alloc::vec::Vec<dlnotes::tensor::Tensor>";
        assert_eq!(name(&paths, tensor), Named::Unknown);
        let middle = "fn cell::{closure#0}() {\n    let mut _3: std::vec::Vec<dlnotes::Tensor>;\n\
                      _8 = const \"unit\";\n\
                      _7 = dlnotes_display::cell::Keeper::<'_>::keep::<Unit>(copy _2, move _8, const Unit) -> [return: bb1];\n\
                      _1 = const \"x\";\n\
                      _9 = dlnotes_display::cell::Keeper::<'_>::keep::<Vec<Tensor>>(copy _2, move _1, move _3) -> [return: bb2];";
        paths.learn(middle, [("unit", "dlnotes::unit::Unit"), ("x", tensor)].into_iter());
        assert_eq!(name(&paths, "dlnotes::unit::Unit"), Named::Unknown);
        assert_eq!(name(&paths, tensor), known("::std::vec::Vec<::dlnotes::Tensor>"));
    }
}
