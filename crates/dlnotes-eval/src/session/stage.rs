//! A cell's items: compiled beside those that have to move with them, then the session's.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::blame::Blamed;
use super::build::{Unit, owned_words, remove};
use super::entry::{CellText, Entry};
use super::given::Code;
use super::imports::Imports;
use super::items::{Change, From, Items};
use super::{Cell, Session, failures, variables};
use crate::Stream;
use crate::cell::{Kind, Split};
use crate::failure::{Failure, Gone, Loss, older_cells};
use crate::generate::{self, Part, part};

/// A cell's items, compiled, before the session has them.
pub(super) struct Staged {
    pub(super) items: Items,
    pub(super) imports: Imports,
    pub(super) change: Change,
    /// The new crate.
    pub(super) unit: Option<Unit>,
    pub(super) notices: Vec<String>,
    /// Older items that no longer compile, with the number of their cell.
    aside: Vec<(String, usize)>,
}

impl Staged {
    /// What a cell's items mean, beside those of earlier cells; nothing is compiled yet.
    pub(super) fn plan(items: &Items, imports: &Imports, split: &Split, text: CellText) -> Self {
        let mut staged = Self {
            items: items.clone(),
            imports: imports.clone(),
            change: Change::default(),
            unit: None,
            notices: Vec::new(),
            aside: Vec::new(),
        };
        let (own, count) = (text.imports.clone(), text.count);
        let names: BTreeSet<String> = split.items.iter().filter_map(|item| item.name.clone()).collect();
        staged.imports.remove(&names);
        let mut before = staged.imports.clone();
        // What `#[macro_use] extern crate` brings in doesn't stand in the cell's text.
        let macros = own.iter().filter(|import| import.name.is_none() && import.path.starts_with("::"));
        before.add(&macros.cloned().collect::<Vec<_>>(), count);
        staged.imports.add(&own, count);
        staged.change = staged.items.plan(&split.items, &Arc::new(text), &Arc::new(before));
        staged
    }

    /// The crate of what has to be compiled; `None` if that is nothing.
    pub(super) fn code(&self, prelude: &str) -> Option<Code> {
        let inside = &self.change.inside;
        (!inside.is_empty()).then(|| Code::Items {
            name: format!("it{}", self.items.crates),
            parts: parts(prelude, &self.items, inside),
            root: root(&self.items, inside),
        })
    }

    /// Forgets imports that lead nowhere any more; whether there were any.
    pub(super) fn forget(&mut self, paths: &[&str]) -> bool {
        let mut found = false;
        for path in paths {
            let entries = self.change.inside.iter_mut().chain(self.items.entries_mut());
            let imports = entries.map(|entry| Arc::make_mut(&mut entry.imports)).chain([&mut self.imports]);
            let numbers: Vec<usize> = imports.filter_map(|imports| imports.remove_path(path)).collect();
            if let Some(number) = numbers.first() {
                self.notices.push(format!("`use {path};` of cell [{number}] leads nowhere any more and is left out\n"));
                found = true;
            }
        }
        found
    }
}

impl Session {
    /// Compiles a cell's items, and what has to move with them.
    pub(super) fn stage(&mut self, cell: &Cell<'_>, code: &str, split: &Split) -> Result<Staged, Failure> {
        let text = CellText::new(self.sequence, (cell.count, cell.code), code, split);
        let mut staged = Staged::plan(&self.items, &self.imports, split, text);
        while let Some(given) = staged.code(&self.build.libraries().prelude) {
            let begun = self.build.begin(given);
            let watch = self.watch.clone();
            let unit = self.build.finish(begun, &watch).map_err(|error| failures::of_rustc(&error, &self.work))?;
            self.compiler_failed(&unit)?;
            if unit.compiled.is_ok() {
                let name = format!("it{}", staged.items.crates);
                self.build.add(&name, &unit.folder).map_err(|error| failures::of_rustc(&error, &self.work))?;
                staged.unit = Some(unit);
                break;
            }
            remove(&unit.folder);
            let dead = Blamed::find(&unit).imports;
            let dead: Vec<&str> =
                dead.iter().map(|line| line.trim_start_matches("use ").trim_end_matches(';')).collect();
            if staged.forget(&dead) {
                continue;
            }
            // What another cell defined, and no longer compiles beside this one's, is left out and named.
            let older = older_cells(&unit.compiled.messages, &unit.sources, cell.count);
            let own = unit.compiled.messages.iter().filter(|message| message.level == "error");
            let only_older = !older.is_empty() && older.len() >= own.filter(|m| !m.spans.is_empty()).count();
            let mut aside = Vec::new();
            for blamed in older.iter().filter(|_| only_older) {
                let cells = staged.change.inside.iter().map(|entry| &entry.cell);
                let of = cells.filter(|text| text.count == blamed.cell && text.count != cell.count);
                let sequence = of.map(|text| text.sequence).min();
                aside.extend(sequence.and_then(|sequence| staged.items.set_aside(sequence, blamed.byte)));
            }
            if aside.is_empty() {
                return Err(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
            }
            for entry in aside {
                staged.notices.push(set_aside(&entry));
                staged.aside.extend(entry.names.iter().map(|name| (name.clone(), entry.cell.count)));
                let is_it =
                    |other: &Entry| other.cell.sequence == entry.cell.sequence && other.item.range == entry.item.range;
                staged.change.inside.retain(|other| !is_it(other));
            }
        }
        Ok(staged)
    }

    /// The session has the cell's items, linked, from now on.
    pub(super) fn commit(&mut self, staged: Staged, count: usize) -> Result<(), Failure> {
        for notice in &staged.notices {
            self.say(Stream::Err, notice);
        }
        self.items = staged.items;
        self.imports = staged.imports;
        self.gone.retain(|name, _| !self.items.has(name));
        for (name, own) in staged.aside {
            self.gone.insert(name, Gone { cell: count, why: Loss::SetAside(own) });
        }
        let Some(unit) = staged.unit else { return Ok(()) };
        let dropped = variables::with_changed_type(&self.variables, &staged.change.changed);
        let mut slots = Vec::new();
        for (name, of) in &dropped {
            slots.extend(self.variables.remove(name).map(|variable| variable.slot));
            self.gone.insert(name.clone(), Gone { cell: count, why: Loss::TypeChanged(of.clone()) });
        }
        if !dropped.is_empty() {
            let types: BTreeSet<&str> = dropped.values().map(String::as_str).collect();
            let types = types.into_iter().collect::<Vec<_>>().join(", ");
            let names = dropped.keys().cloned().collect::<Vec<_>>().join(", ");
            self.say(Stream::Err, &format!("dropped, because this cell changes what {types} is: {names}\n"));
        }
        variables::renew(&mut self.variables, &staged.change);
        let host = self.host()?;
        host.drop_values(&slots)
            .and_then(|()| host.open(&unit.library()))
            .map_err(|trouble| failures::of_host(&trouble))?;
        self.opened.push(unit.library());
        Ok(())
    }
}

fn set_aside(entry: &Entry) -> String {
    let name = match (&entry.item.kind, entry.names.iter().next()) {
        (Kind::Impl { head, .. }, _) => head.clone(),
        (_, Some(name)) => name.clone(),
        (_, None) => entry.text().lines().next().unwrap_or_default().to_owned(),
    };
    let number = entry.cell.count;
    format!(
        "`{name}` of cell [{number}] no longer compiles beside this cell and is left out: change it and run cell [{number}] \
         again\n"
    )
}

/// The files of a crate of items: one for each cell that has some in it.
fn parts(prelude: &str, items: &Items, inside: &[Entry]) -> Vec<Part> {
    let mut sequences: Vec<usize> = inside.iter().map(|entry| entry.cell.sequence).collect();
    sequences.sort_unstable();
    sequences.dedup();
    let parts = sequences.into_iter().filter_map(|sequence| {
        let own: Vec<&Entry> = inside.iter().filter(|entry| entry.cell.sequence == sequence).collect();
        let first = *own.first()?;
        let text = &first.cell;
        let mut hidden: BTreeSet<String> = own.iter().flat_map(|entry| entry.names.clone()).collect();
        hidden.extend(text.imports.iter().filter_map(|import| import.name.clone()));
        let mut mentioned: BTreeSet<String> = own.iter().flat_map(|entry| entry.words.iter().cloned()).collect();
        mentioned.extend(first.imports.words());
        let from = From { krate: Some(items.crates), module: Some(sequence), hidden: &hidden };
        let mut uses = vec![prelude.to_owned()];
        uses.extend(items.uses(&mentioned, from));
        uses.extend(first.imports.lines(&hidden));
        let list: Vec<_> = own.iter().map(|entry| entry.item.clone()).collect();
        let source = part(&generate::Items {
            cell: &text.cell,
            code: &text.code,
            count: text.count,
            items: &list,
            imports: &text.uses,
            uses: &uses,
        });
        let file = Path::new(&sequence.to_string()).join(&source.name);
        Some(Part { module: first.module(), file, source })
    });
    parts.collect()
}

/// What `crate::` in these items leads to: what the cells can name.
fn root(items: &Items, inside: &[Entry]) -> Vec<String> {
    let mut mentioned: BTreeSet<String> = inside.iter().flat_map(|entry| entry.words.iter().cloned()).collect();
    mentioned.extend(inside.iter().flat_map(|entry| entry.imports.words()));
    mentioned.extend(inside.iter().flat_map(|entry| &entry.cell.imports).flat_map(|import| owned_words(&import.path)));
    match mentioned.contains("crate") {
        true => items.uses(&mentioned, From { krate: Some(items.crates), module: None, hidden: &BTreeSet::new() }),
        false => Vec::new(),
    }
}
