//! An index of a crate from its sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::sources::{places, sources};
use super::{CrateSource, Entry, Index};
use crate::analyzer::text::expand::{Macros, collect};
use crate::analyzer::text::item::{Item, Kind};
use crate::analyzer::text::read::read;
use crate::analyzer::text::ty::Ty;

/// A module while its names are being found out.
#[derive(Debug, Default)]
struct Module {
    /// Its entry.
    id: usize,
    parent: usize,
    /// What names stand for in it, and whether for others, too.
    names: BTreeMap<String, Vec<(usize, bool)>>,
    /// `use` declarations: name, path, whether public.
    uses: Vec<(String, Vec<String>, bool)>,
}

struct Builder<'a> {
    index: &'a mut Index,
    name: &'a str,
    macros: Macros,
    modules: Vec<Module>,
    /// The module of an entry, for those that are one.
    module_of: BTreeMap<usize, usize>,
    impls: Vec<(usize, Item)>,
    /// The first entry of this crate, and the module of each from there on.
    first: usize,
    homes: Vec<usize>,
    /// The names of the crate's types.
    type_names: BTreeSet<String>,
    /// Whether everything can be used, as in a session's own items.
    is_open: bool,
}

/// Adds the crate at `source` to `index`.
pub(super) fn of_crate(index: &mut Index, source: &CrateSource) {
    let files = sources(&source.root);
    let mut builder = Builder::new(index, &source.name, false);
    for text in files.values() {
        collect(text, &mut builder.macros);
    }
    let folder = source.root.parent().unwrap_or(Path::new(""));
    let root = builder.module("", 0, String::new());
    let text = files.get(&source.root).map(String::as_str).unwrap_or_default();
    let items = read(text, &builder.macros);
    builder.items(root, items, &mut |builder, file, module, parents| {
        let found = file.map(|file| folder.join(file)).into_iter().chain(places(folder, parents, module));
        found.into_iter().find_map(|path| files.get(&path)).map(|text| read(text, &builder.macros))
    });
    builder.finish();
}

/// An index of one text, all of whose items can be used.
pub(crate) fn of_text(name: &str, text: &str) -> Index {
    let mut index = Index::default();
    let mut builder = Builder::new(&mut index, name, true);
    collect(text, &mut builder.macros);
    let root = builder.module("", 0, String::new());
    let items = read(text, &builder.macros);
    builder.items(root, items, &mut |_, _, _, _| None);
    builder.finish();
    index.find_types();
    index
}

/// Gives the items of a module that is in another file: the file that an attribute names, the module, its parents.
type Elsewhere<'a> = dyn FnMut(&mut Builder<'_>, Option<&str>, &str, &[String]) -> Option<Vec<Item>> + 'a;

impl<'a> Builder<'a> {
    fn new(index: &'a mut Index, name: &'a str, is_open: bool) -> Self {
        let first = index.entries.len();
        Self {
            index,
            name,
            macros: Macros::new(),
            modules: Vec::new(),
            module_of: BTreeMap::new(),
            impls: Vec::new(),
            first,
            homes: Vec::new(),
            type_names: BTreeSet::new(),
            is_open,
        }
    }

    fn entry(&mut self, entry: Entry, module: usize) -> usize {
        self.index.entries.push(entry);
        self.homes.push(module);
        self.index.entries.len() - 1
    }

    fn path(&self, module: usize) -> String {
        let mut path = Vec::new();
        let mut at = module;
        while at != 0 {
            path.push(self.index.entries[self.modules[at].id].name.as_str());
            at = self.modules[at].parent;
        }
        path.push(self.name);
        path.reverse();
        path.join("::")
    }

    fn module(&mut self, name: &str, parent: usize, docs: String) -> usize {
        let number = self.modules.len();
        let is_root = name.is_empty();
        let home = if is_root { String::new() } else { self.path(parent) };
        let name = if is_root { self.name } else { name };
        let signature = if is_root { format!("crate {name}") } else { format!("mod {name}") };
        let entry = Entry { kind: Kind::Module, name: name.to_owned(), home, signature, docs, ..Entry::default() };
        let id = self.entry(entry, parent);
        if is_root {
            self.index.roots.insert(self.name.to_owned(), id);
        }
        self.module_of.insert(id, number);
        self.modules.push(Module { id, parent, ..Module::default() });
        number
    }

    fn items(&mut self, module: usize, items: Vec<Item>, elsewhere: &mut Elsewhere<'_>) {
        for mut item in items {
            let is_public = item.is_public || self.is_open;
            match item.kind {
                Kind::Impl => self.impls.push((module, item)),
                Kind::Use => {
                    let uses = std::mem::take(&mut item.uses).into_iter();
                    self.modules[module].uses.extend(uses.map(|(name, path)| (name, path, is_public)));
                }
                Kind::Module => {
                    let inner = self.module(&item.name, module, item.docs);
                    let id = self.modules[inner].id;
                    self.name(module, item.name.clone(), id, is_public);
                    let members = if item.is_elsewhere {
                        let path = self.path(module);
                        let parents: Vec<String> = path.split("::").skip(1).map(str::to_owned).collect();
                        elsewhere(self, item.file.as_deref(), &item.name, &parents).unwrap_or_default()
                    } else {
                        item.members
                    };
                    self.items(inner, members, elsewhere);
                }
                _ => {
                    let (name, kind, is_exported) = (item.name.clone(), item.kind, item.is_exported);
                    let entry = Entry { home: self.path(module), ..entry(item, self.is_open) };
                    let id = self.entry(entry, module);
                    match kind {
                        Kind::Macro if is_exported => self.name(0, name, id, true),
                        Kind::Macro => self.name(module, name, id, self.is_open),
                        _ => self.name(module, name, id, is_public),
                    };
                }
            }
        }
    }

    fn name(&mut self, module: usize, name: String, id: usize, is_public: bool) -> bool {
        let ids = self.modules[module].names.entry(name).or_default();
        match ids.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) if *known || !is_public => false,
            Some((_, known)) => {
                *known = true;
                true
            }
            None => {
                // What is defined again in a session hides what was there.
                let entries = &self.index.entries;
                if self.is_open {
                    let is_same =
                        |known: usize| (entries[known].kind == Kind::Macro) == (entries[id].kind == Kind::Macro);
                    ids.retain(|(known, _)| !is_same(*known));
                }
                ids.push((id, is_public));
                true
            }
        }
    }

    /// What a path stands for in a module.
    fn resolve(&self, module: usize, path: &[String]) -> Vec<usize> {
        let Some((first, rest)) = path.split_first() else { return vec![self.modules[module].id] };
        let mut at = match first.as_str() {
            "crate" => vec![self.modules[0].id],
            "self" => vec![self.modules[module].id],
            "super" => vec![self.modules[self.modules[module].parent].id],
            name => self.ids(module, name),
        };
        for name in rest {
            at = at.iter().filter_map(|id| self.module_of.get(id)).flat_map(|inner| self.step(*inner, name)).collect();
        }
        at
    }

    fn step(&self, module: usize, name: &str) -> Vec<usize> {
        if name == "super" {
            return vec![self.modules[self.modules[module].parent].id];
        }
        self.ids(module, name)
    }

    fn ids(&self, module: usize, name: &str) -> Vec<usize> {
        self.modules[module].names.get(name).into_iter().flatten().map(|(id, _)| *id).collect()
    }

    fn finish(mut self) {
        self.follow_uses();
        let own = self.index.entries[self.first..].iter().filter(|entry| entry.is_type());
        self.type_names = own.map(|entry| entry.name.clone()).collect();
        self.spread_impls();
        self.qualify();
        for module in &self.modules {
            let public = module.names.iter().filter_map(|(name, ids)| {
                let ids: Vec<usize> = ids.iter().filter(|(_, is_public)| *is_public).map(|(id, _)| *id).collect();
                (!ids.is_empty()).then(|| (name.clone(), ids))
            });
            let names = public.collect();
            let is_ours =
                |path: &[String]| matches!(path.first().map(String::as_str), Some("crate" | "self" | "super"));
            let links = module.uses.iter().filter(|(name, path, is_public)| {
                *is_public && !is_ours(path) && (name == "*" || !module.names.contains_key(name))
            });
            let links = links.map(|(name, path, _)| (name.clone(), path.clone())).collect();
            let entry = &mut self.index.entries[module.id];
            (entry.names, entry.links) = (names, links);
        }
    }

    /// Gives modules the names that they `use`, until there are no more.
    fn follow_uses(&mut self) {
        for _ in 0..12 {
            let mut changed = false;
            for module in 0..self.modules.len() {
                let uses = std::mem::take(&mut self.modules[module].uses);
                for (name, path, is_public) in &uses {
                    for id in self.resolve(module, path) {
                        if name != "*" {
                            changed |= self.name(module, name.clone(), id, *is_public);
                        } else if let Some(from) = self.module_of.get(&id).copied().filter(|from| *from != module) {
                            let names = self.modules[from].names.clone();
                            for (name, ids) in names {
                                for (id, _) in ids.into_iter().filter(|(_, seen)| *seen) {
                                    changed |= self.name(module, name.clone(), id, *is_public);
                                }
                            }
                        }
                    }
                }
                self.modules[module].uses = uses;
            }
            if !changed {
                return;
            }
        }
    }

    /// Gives types what stands in their `impl` blocks.
    fn spread_impls(&mut self) {
        for (module, item) in std::mem::take(&mut self.impls) {
            let ty = item.gives;
            if item.generics.contains(&ty.name) && ty.path.is_empty() {
                continue; // for every type there is
            }
            let path: Vec<String> = ty.path.iter().chain([&ty.name]).cloned().collect();
            let known = self.resolve(module, &path).into_iter().find(|id| self.index.entries[*id].is_type());
            let id = known.unwrap_or_else(|| {
                let generics = ty.args.iter().map(|arg| arg.name.clone()).collect();
                let (name, gives) = (ty.name.clone(), Ty::named(&ty.name));
                let home = ty.path.join("::");
                self.entry(Entry { kind: Kind::Impl, name, home, generics, gives, ..Entry::default() }, module)
            });
            let own = self.index.entries[id].generics.clone();
            let rename = |name: &str| {
                let position =
                    ty.args.iter().position(|arg| arg.name == name && item.generics.iter().any(|g| g == name))?;
                own.get(position).map(|own| Ty::named(own))
            };
            for member in item.members.into_iter().filter(|member| member.is_public || self.is_open) {
                let mut member = entry(member, self.is_open);
                member.gives = self.qualified(&member.gives, module).replace(&rename);
                self.index.entries[id].members.push(member);
            }
            for parent in item.supers {
                let parent = self.qualified(&parent, module).replace(&rename);
                self.index.entries[id].supers.push(parent);
            }
        }
    }

    /// Makes the types that entries name independent of the module they stand in.
    fn qualify(&mut self) {
        for id in self.first..self.index.entries.len() {
            let module = self.homes[id - self.first];
            let mut entry = std::mem::take(&mut self.index.entries[id]);
            if entry.kind != Kind::Impl {
                entry.gives = self.qualified(&entry.gives, module);
                entry.supers = entry.supers.iter().map(|ty| self.qualified(ty, module)).collect();
                for member in &mut entry.members {
                    member.gives = self.qualified(&member.gives, module);
                }
            }
            self.index.entries[id] = entry;
        }
    }

    fn qualified(&self, ty: &Ty, module: usize) -> Ty {
        let args = ty.args.iter().map(|arg| self.qualified(arg, module)).collect();
        let whole: Vec<String> = ty.path.iter().chain([&ty.name]).cloned().collect();
        if let Some(id) = self.resolve(module, &whole).into_iter().find(|id| self.index.entries[*id].is_type()) {
            return Ty { name: self.index.entries[id].name.clone(), path: vec![self.name.to_owned()], args };
        }
        let used = self.modules[module].uses.iter().find(|(name, _, _)| Some(name) == whole.first());
        let mut path = match used {
            Some((_, path, _)) => path.iter().chain(&whole[1..]).cloned().collect(),
            None => whole,
        };
        let name = path.pop().unwrap_or_default();
        // In the table of the standard library every type is known by its name.
        if self.name == "std" && path.is_empty() && self.defines(&name) {
            path.push("std".to_owned());
        }
        Ty { name, path, args }
    }

    fn defines(&self, name: &str) -> bool {
        self.type_names.contains(name)
    }
}

/// An item without what only the builder needs.
fn entry(mut item: Item, is_open: bool) -> Entry {
    // A type with hidden fields is shown without any.
    let whole = item.whole.take().filter(|_| is_open || item.members.iter().all(|member| member.is_public));
    item.signature = whole.unwrap_or(item.signature);
    let members = item.members.into_iter().filter(|member| member.is_public || is_open);
    let members = members.map(|member| entry(member, is_open)).collect();
    let Item { kind, name, docs, signature, generics, gives, supers, .. } = item;
    Entry { kind, name, docs, signature, generics, gives, members, supers, ..Entry::default() }
}
