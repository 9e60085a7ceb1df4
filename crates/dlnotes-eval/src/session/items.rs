//! The items of a session: which crate each is in, and what has to be compiled again when one changes.
//!
//! Each cell with items becomes a crate. Along with it come older items that mean something else now: those that mention
//! a name that is defined again, and types that get an `impl`, which must be in their type's crate. All others stay where
//! they are, so that statics keep their value, and a cell costs the same however many came before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entry::{CellText, Entry, same};
use super::imports::Imports;
use crate::cell::{Item, Kind, Rules};

/// All items of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    entries: Vec<Entry>,
    /// The number of the newest crate.
    pub(super) crates: usize,
}

/// What a cell with items means for the others.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// What goes into the new crate.
    pub(super) inside: Vec<Entry>,
    /// Names of types that aren't what they were.
    pub(super) changed: BTreeSet<String>,
    /// What is compiled again as it was: the path before, and now.
    pub(super) renewed: Vec<(String, String)>,
    /// Paths of what is compiled again, and mentions something that isn't what it was.
    pub(super) other: Vec<String>,
}

impl Items {
    /// What the `items` of `cell` mean: nothing is in a crate yet.
    pub(super) fn plan(&mut self, items: &[Item], cell: &Arc<CellText>, imports: &Arc<Imports>) -> Change {
        let mut inside: Vec<Entry> = Vec::new();
        let before = self.entries.clone();
        let mut redefined = BTreeSet::new();
        for item in items {
            let new = Entry::new(item.clone(), cell, imports);
            // Run again as it was: it stays where it is, and keeps its value.
            if self.entries.iter().any(|old| same(old, &new)) {
                continue;
            }
            for old in self.entries.extract_if(.., |old| old.is_replaced_by(&new)) {
                // What an `impl` says of a type may decide what others are.
                let says = |entry: &Entry| entry.words.contains("type") || entry.words.contains("const");
                if let (Some(target), true) = (old.target(), says(&old) || says(&new)) {
                    redefined.insert(target.to_owned());
                }
                redefined.extend(old.names);
            }
            inside.retain(|old: &Entry| !old.is_replaced_by(&new) || old.cell.sequence == new.cell.sequence);
            inside.push(new);
        }
        if inside.is_empty() {
            return Change::default();
        }
        // A name that is new can be meant by older items that could not know it, such as a macro's.
        let mut moving = redefined.clone();
        loop {
            let own: BTreeSet<String> = inside.iter().flat_map(|entry| entry.names.clone()).collect();
            let implemented: BTreeSet<String> = inside.iter().filter_map(|entry| self.must_come(entry, &own)).collect();
            let moved: Vec<Entry> =
                self.entries
                    .extract_if(.., |entry| {
                        let is_one =
                            !matches!(entry.item.kind, Kind::Function | Kind::Constant | Kind::Static | Kind::Macro(_));
                        let implemented = is_one && !entry.names.is_disjoint(&implemented);
                        let mentions = entry.words.iter().any(|word| {
                            moving.contains(word) && !entry.imports.binds(word) && !entry.names.contains(word)
                        });
                        implemented || mentions
                    })
                    .collect();
            if moved.is_empty() {
                break;
            }
            moving.extend(moved.iter().flat_map(|entry| entry.names.clone()));
            inside.splice(0..0, moved);
        }
        self.finish(inside, &before, &redefined)
    }

    /// What an `impl` needs in its own crate: its type, or its trait, or a type that the trait is about.
    fn must_come(&self, entry: &Entry, own: &BTreeSet<String>) -> Option<String> {
        let Kind::Impl { target, of, about, .. } = &entry.item.kind else { return None };
        // What is imported out of a module is in the module.
        let item = |name: &String| {
            let path = entry.meaning(name).unwrap_or(name).trim_start_matches("crate::").trim_start_matches("self::");
            path.split([':', ' ']).next().unwrap_or_default().to_owned()
        };
        let needed: Vec<String> = target.iter().chain(of).chain(about).map(item).collect();
        match needed.iter().any(|name| own.contains(name)) {
            // A type's own methods are nowhere else.
            true if of.is_some() || needed.first().is_some_and(|target| own.contains(target)) => None,
            _ => needed.into_iter().find(|name| self.has(name)),
        }
    }

    fn finish(&mut self, mut inside: Vec<Entry>, before: &[Entry], redefined: &BTreeSet<String>) -> Change {
        self.crates += 1;
        // What a type mentions, and be it by way of a constant, decides what it is.
        let decides = |entry: &Entry| match entry.item.kind {
            Kind::Function => entry.words.contains("const"),
            Kind::Static | Kind::Impl { .. } | Kind::Foreign(_) | Kind::Other => false,
            _ => true,
        };
        let changed = with_mentioning(redefined, &inside, decides);
        let tainted = with_mentioning(redefined, &inside, |_| true);
        let mut change = Change::default();
        for entry in &mut inside {
            let old = before.iter().find(|old| same(old, entry) && old.krate > 0);
            entry.krate = self.crates;
            let Some(old) = old else { continue };
            for name in &entry.names {
                if tainted.contains(name) {
                    change.other.push(old.path(name));
                }
                if !changed.contains(name) {
                    change.renewed.push((old.path(name), entry.path(name)));
                }
            }
        }
        change.other.extend(before.iter().filter(|old| !old.names.is_disjoint(redefined)).flat_map(Entry::paths));
        self.entries.extend(inside.iter().cloned());
        Change { inside, changed, ..change }
    }

    /// Leaves an item out that doesn't compile any more.
    pub(super) fn set_aside(&mut self, sequence: usize, byte: usize) -> Option<Entry> {
        let at = self
            .entries
            .iter()
            .position(|entry| entry.cell.sequence == sequence && entry.item.range.contains(&byte))?;
        Some(self.entries.remove(at))
    }

    /// Forgets all of them; numbers of crates go on.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The macros among them.
    pub(super) fn macros(&self) -> BTreeMap<String, Rules> {
        let rules = |entry: &Entry| if let Kind::Macro(rules) = entry.item.kind { Some(rules) } else { None };
        self.entries.iter().filter_map(|entry| Some((entry.item.name.clone()?, rules(entry)?))).collect()
    }

    /// All items.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut()
    }

    /// Whether a path, as `std::any::type_name` gives it, is one of a function.
    pub(super) fn is_function(&self, path: &str) -> bool {
        let name = path.rsplit("::").next().unwrap_or_default();
        let is_type = |kind: &Kind| matches!(kind, Kind::Type | Kind::TupleStruct);
        let named = || self.entries.iter().filter(|entry| entry.names.contains(name));
        named().any(|entry| entry.item.kind == Kind::Function) && !named().any(|entry| is_type(&entry.item.kind))
    }

    /// Whether it is the constructor of such a struct as `Point(f64)`, if the value has no size.
    pub(super) fn is_tuple_struct(&self, path: &str) -> bool {
        let name = path.rsplit("::").next().unwrap_or_default();
        self.entries.iter().any(|entry| entry.item.kind == Kind::TupleStruct && entry.names.contains(name))
    }

    /// Whether a name is one of an item.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.names.contains(name))
    }

    /// `use` declarations for the items that code with these words can mean, seen from the module `inside` if that is a
    /// part of the newest crate: the items of `except` are there anyway.
    pub(super) fn uses(&self, mentioned: &BTreeSet<String>, from: From<'_>) -> Vec<String> {
        let mut wanted: BTreeSet<String> = mentioned.clone();
        // What the text of a macro mentions is meant where it is used.
        loop {
            let more: BTreeSet<String> = self
                .entries
                .iter()
                .filter(|entry| entry.is_macro() && !entry.names.is_disjoint(&wanted))
                .flat_map(|entry| entry.words.iter().cloned())
                .filter(|word| !wanted.contains(word))
                .collect();
            if more.is_empty() {
                break;
            }
            wanted.extend(more);
        }
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut lines = Vec::new();
        for entry in &self.entries {
            let here = from.krate == Some(entry.krate);
            if here && from.module == Some(entry.cell.sequence) {
                continue;
            }
            let path = |name: &str| match (here, entry.is_macro()) {
                (true, true) => format!("crate::{name}"),
                (true, false) => format!("crate::{}::{name}", entry.module()),
                (false, _) => format!("::{}", entry.path(name)),
            };
            if entry.item.kind == Kind::Expansion {
                if !entry.names.is_disjoint(&wanted) {
                    lines.push(format!("use {};", path("*")));
                }
                continue;
            }
            for name in &entry.names {
                if from.hidden.contains(name) {
                    continue;
                }
                if wanted.contains(name) {
                    // A function and a type of one name are brought in by one declaration if they are in one module.
                    found.insert(format!("{}{name}", path("")), path(name));
                } else if entry.item.kind == Kind::Trait {
                    lines.push(format!("use {} as _;", path(name)));
                }
            }
        }
        lines.extend(found.into_values().map(|path| format!("use {path};")));
        lines
    }
}

/// From where items are named.
#[derive(Clone, Copy, Debug)]
pub(super) struct From<'a> {
    /// The crate, if it is one of items.
    pub(super) krate: Option<usize>,
    /// The module in it: the sequence of its cell.
    pub(super) module: Option<usize>,
    /// Names that mean something else there.
    pub(super) hidden: &'a BTreeSet<String>,
}

/// `names`, and those of the entries that mention one of them, or one that does.
fn with_mentioning(names: &BTreeSet<String>, entries: &[Entry], counts: impl Fn(&Entry) -> bool) -> BTreeSet<String> {
    let mut found = names.clone();
    loop {
        let more: Vec<String> = entries
            .iter()
            .filter(|entry| counts(entry) && !entry.names.is_subset(&found) && !entry.words.is_disjoint(&found))
            .flat_map(|entry| entry.names.clone())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}
