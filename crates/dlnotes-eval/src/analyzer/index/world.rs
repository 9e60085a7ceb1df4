//! Everything that a cell can name: the session, the crates, the standard library.

use std::collections::BTreeMap;

use super::{Entry, Index};
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::ty::{SLICE, TUPLE, Ty};

/// The name of the index of the session's own items.
pub(crate) const SESSION: &str = "this session";

/// What a cell can name. The session's text begins with its prelude and its `use` lines.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) session: &'a Index,
    pub(crate) libraries: &'a Index,
    pub(crate) standard: &'a Index,
}

/// Something that was found, and where.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) index: &'a Index,
    pub(crate) entry: &'a Entry,
}

/// How many links, aliases or traits are followed one after the other.
const DEPTH: usize = 8;

impl<'a> World<'a> {
    /// What a path stands for in a cell; a name may be a module and a function at once.
    pub(crate) fn resolve(&self, path: &[String]) -> Vec<Found<'a>> {
        self.resolve_within(path, DEPTH)
    }

    fn resolve_within(&self, path: &[String], depth: usize) -> Vec<Found<'a>> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut at = self.first(first, depth);
        for name in rest {
            at = at
                .into_iter()
                .filter(|found| found.entry.kind == Kind::Module)
                .flat_map(|found| self.step(found, name, depth))
                .collect();
        }
        at
    }

    fn first(&self, name: &str, depth: usize) -> Vec<Found<'a>> {
        let root = |index: &'a Index, name: &str| index.root(name).map(|entry| Found { index, entry });
        let mut found: Vec<_> =
            root(self.session, SESSION).map(|root| self.step(root, name, depth)).unwrap_or_default();
        if matches!(name, "crate" | "self") {
            found.extend(root(self.session, SESSION));
        }
        if found.is_empty() {
            found.extend(root(self.libraries, name));
        }
        if found.is_empty() && matches!(name, "std" | "core" | "alloc") {
            found.extend(root(self.standard, "std"));
        }
        if found.is_empty() {
            let prelude = root(self.standard, "std").map(|root| self.step(root, "prelude", depth)).unwrap_or_default();
            found.extend(prelude.into_iter().flat_map(|prelude| self.step(prelude, name, depth)));
        }
        if found.is_empty() {
            let primitive = self.standard.types.get(name).into_iter().flatten().map(|id| &self.standard.entries[*id]);
            found.extend(
                primitive.filter(|entry| entry.kind == Kind::Impl).map(|entry| Found { index: self.standard, entry }),
            );
        }
        found
    }

    /// A name in a module.
    fn step(&self, module: Found<'a>, name: &str, depth: usize) -> Vec<Found<'a>> {
        let Found { index, entry } = module;
        let ids = entry.names.get(name).into_iter().flatten();
        let mut found: Vec<_> = ids.map(|id| Found { index, entry: &index.entries[*id] }).collect();
        if depth == 0 {
            return found;
        }
        // What is named comes before what `*` brings; of two lines, the later one. One is followed: a text may have any
        // number of them, each of which leads to all others.
        if found.is_empty()
            && let Some((_, path)) = entry.links.iter().rev().find(|(link, _)| link == name)
        {
            let leads_to_itself = path.first().is_some_and(|first| first == name);
            found = if leads_to_itself { self.in_crate(path, depth - 1) } else { self.resolve_within(path, depth - 1) };
        }
        if found.is_empty() {
            let globs = entry.links.iter().filter(|(link, _)| link == "*");
            found = globs
                .flat_map(|(_, path)| self.absolute(path, depth - 1))
                .flat_map(|from| self.step(from, name, depth - 1))
                .collect();
        }
        found
    }

    fn crate_root(&self, name: &str) -> Vec<Found<'a>> {
        let root = |index: &'a Index| index.root(name).map(|entry| Found { index, entry });
        root(self.libraries).or_else(|| root(self.standard)).into_iter().collect()
    }

    /// A path that begins with a crate.
    fn in_crate(&self, path: &[String], depth: usize) -> Vec<Found<'a>> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let first = if matches!(first.as_str(), "core" | "alloc") { "std" } else { first };
        let mut at = self.crate_root(first);
        for name in rest {
            at = at.into_iter().flat_map(|found| self.step(found, name, depth)).collect();
        }
        at
    }

    /// A path that `*` stands behind: it mostly begins with a crate.
    fn absolute(&self, path: &[String], depth: usize) -> Vec<Found<'a>> {
        let found = self.in_crate(path, depth);
        // Anything else is looked for less deep, since it may be among what other lines bring.
        if found.is_empty() { self.resolve_within(path, depth.saturating_sub(4)) } else { found }
    }

    /// All names in a module.
    pub(crate) fn names(&self, module: Found<'a>) -> BTreeMap<String, Vec<Found<'a>>> {
        self.names_within(module, DEPTH)
    }

    fn names_within(&self, module: Found<'a>, depth: usize) -> BTreeMap<String, Vec<Found<'a>>> {
        let mut names = BTreeMap::new();
        for (name, path) in module.entry.links.iter().filter(|_| depth > 0) {
            if name != "*" {
                names.insert(name.clone(), self.step(module, name, depth));
                continue;
            }
            for from in self.absolute(path, depth - 1) {
                for (name, found) in self.names_within(from, depth - 1) {
                    names.entry(name).or_insert(found);
                }
            }
        }
        for name in module.entry.names.keys() {
            names.insert(name.clone(), self.step(module, name, depth));
        }
        names
    }

    /// All names that a cell can use without a path.
    pub(crate) fn names_in_scope(&self) -> BTreeMap<String, Vec<Found<'a>>> {
        let root = self.standard.root("std").map(|entry| Found { index: self.standard, entry });
        let prelude = root.map(|root| self.step(root, "prelude", DEPTH)).unwrap_or_default();
        let mut names: BTreeMap<_, _> = prelude.into_iter().flat_map(|prelude| self.names(prelude)).collect();
        if let Some(entry) = self.session.root(SESSION) {
            names.extend(self.names(Found { index: self.session, entry }));
        }
        names
    }

    /// The names of the crates that are known.
    pub(crate) fn crates(&self) -> impl Iterator<Item = Found<'a>> {
        let roots = |index: &'a Index| index.roots.values().map(move |id| Found { index, entry: &index.entries[*id] });
        roots(self.libraries).chain(roots(self.standard))
    }

    /// The entries that say what values of a type can do.
    pub(crate) fn types(&self, ty: &Ty) -> Vec<Found<'a>> {
        let all = |index: &'a Index| {
            let ids = index.types.get(&ty.name).into_iter().flatten();
            ids.map(move |id| Found { index, entry: &index.entries[*id] }).collect::<Vec<_>>()
        };
        let owner = ty.path.first().map(String::as_str);
        if let Some(owner) = owner {
            let named: Vec<_> = if ty.path.len() > 1 || !self.session.types.contains_key(&ty.name) {
                Vec::new()
            } else {
                all(self.session)
            };
            if owner == SESSION || owner == "crate" {
                return all(self.session);
            }
            let is_its = |found: &Found<'_>| found.entry.home.split("::").next() == Some(owner);
            let theirs: Vec<_> = all(self.libraries).into_iter().filter(is_its).collect();
            if !theirs.is_empty() {
                return theirs
                    .into_iter()
                    .chain(named.into_iter().filter(|found| found.entry.kind == Kind::Impl))
                    .chain(self.extensions(ty))
                    .collect();
            }
            if matches!(owner, "std" | "core" | "alloc") {
                return all(self.standard).into_iter().chain(self.extensions(ty)).collect();
            }
        }
        let path: Vec<String> = ty.path.iter().chain([&ty.name]).cloned().collect();
        let mut found: Vec<_> = self.resolve(&path).into_iter().filter(|found| found.entry.is_type()).collect();
        if found.is_empty() {
            found = all(self.standard);
        }
        if found.is_empty() && ![SLICE, TUPLE].contains(&ty.name.as_str()) {
            found = all(self.libraries);
        }
        found.extend(self.extensions(ty));
        found
    }

    /// What the session implements for a type that isn't its own.
    fn extensions(&self, ty: &Ty) -> Vec<Found<'a>> {
        let ids = self.session.types.get(&ty.name).into_iter().flatten();
        let found = ids.map(|id| Found { index: self.session, entry: &self.session.entries[*id] });
        found.filter(|found| found.entry.kind == Kind::Impl).collect()
    }

    /// The members of values of a type, nearest first: each with the type that its signature calls `Self`.
    pub(crate) fn members(&self, ty: &Ty) -> Vec<(&'a Entry, Ty, Found<'a>)> {
        let mut members = Vec::new();
        let mut seen: Vec<Ty> = Vec::new();
        let mut waiting = vec![ty.clone()];
        while let Some(ty) = (!waiting.is_empty()).then(|| waiting.remove(0)) {
            if seen.contains(&ty) || seen.len() > 64 || !ty.is_known() {
                continue;
            }
            for found in self.types(&ty) {
                let with = |name: &str| argument(found.entry, &ty, name);
                if found.entry.kind == Kind::Alias {
                    waiting.push(found.entry.gives.replace(&with));
                    continue;
                }
                members.extend(found.entry.members.iter().map(|member| (member, ty.clone(), found)));
                waiting.extend(found.entry.supers.iter().map(|parent| parent.replace(&with)));
            }
            seen.push(ty);
        }
        members
    }

    /// The type of a member's value, or of what a call of it gives.
    pub(crate) fn given(&self, member: &Entry, ty: &Ty, owner: Found<'a>, receiver: &Ty) -> Ty {
        let own = |name: &str| {
            if name == "Self" {
                // A trait's `Self` is the type that implements it.
                let is_trait = owner.entry.kind == Kind::Trait;
                return Some(if is_trait { receiver.clone() } else { ty.clone() });
            }
            if member.generics.iter().any(|generic| generic == name) {
                return Some(Ty::unknown());
            }
            argument(owner.entry, ty, name)
        };
        member.gives.replace(&own)
    }
}

/// What a type has for the parameter `name` of its definition.
fn argument(definition: &Entry, ty: &Ty, name: &str) -> Option<Ty> {
    if name == "Self" {
        return Some(ty.clone());
    }
    let position = definition.generics.iter().position(|generic| generic == name)?;
    Some(ty.arg(position))
}
