//! An item of a session, and where it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::imports::Imports;
use crate::cell::{Import, Item, Kind, Split, words};

/// The text of a cell that has items.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellText {
    /// Its place among all cells of the session.
    pub(super) sequence: usize,
    /// Its number in the margin.
    pub(super) count: usize,
    /// As the reader wrote it.
    pub(super) cell: String,
    /// With its head blanked.
    pub(super) code: String,
    /// Where its `use` declarations are.
    pub(super) uses: Vec<std::ops::Range<usize>>,
    /// What they bring in.
    pub(super) imports: Vec<Import>,
}

impl CellText {
    /// The text of the cell with this number in the margin and this text, whose `code` has these parts.
    pub(super) fn new(sequence: usize, (count, cell): (usize, &str), code: &str, split: &Split) -> Self {
        Self {
            sequence,
            count,
            cell: cell.to_owned(),
            code: code.to_owned(),
            uses: split.uses.iter().map(|(range, _)| range.clone()).collect(),
            imports: split.uses.iter().flat_map(|(_, imports)| imports.clone()).collect(),
        }
    }
}

/// An item, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) item: Item,
    pub(super) cell: Arc<CellText>,
    /// Names that it defines; several for the use of a macro.
    pub(super) names: BTreeSet<String>,
    /// Names that it mentions.
    pub(super) words: Arc<BTreeSet<String>>,
    /// What was imported where it stands, by other cells.
    pub(super) imports: Arc<Imports>,
    /// The number of the crate that it is in; 0 before it is in any.
    pub(super) krate: usize,
}

impl Entry {
    pub(super) fn new(item: Item, cell: &Arc<CellText>, imports: &Arc<Imports>) -> Self {
        let text = &cell.code[item.range.clone()];
        let words: BTreeSet<String> = words(text).into_iter().map(str::to_owned).collect();
        let names = match (&item.name, &item.kind) {
            (Some(name), _) => BTreeSet::from([name.clone()]),
            (None, Kind::Expansion) => defined_by_macro(text),
            (None, Kind::Foreign(names)) => names.clone(),
            _ => BTreeSet::new(),
        };
        Self { item, cell: Arc::clone(cell), names, words: Arc::new(words), imports: Arc::clone(imports), krate: 0 }
    }

    pub(super) fn text(&self) -> &str {
        &self.cell.code[self.item.range.clone()]
    }

    pub(super) fn is_macro(&self) -> bool {
        matches!(self.item.kind, Kind::Macro(_))
    }

    /// The type that an `impl` is of.
    pub(super) fn target(&self) -> Option<&str> {
        match &self.item.kind {
            Kind::Impl { target, .. } => target.as_deref(),
            _ => None,
        }
    }

    /// The module that it is in.
    pub(super) fn module(&self) -> String {
        format!("c{}", self.cell.sequence)
    }

    /// What it is called from another crate.
    pub(super) fn path(&self, name: &str) -> String {
        match self.is_macro() {
            true => format!("it{}::{name}", self.krate),
            false => format!("it{}::{}::{name}", self.krate, self.module()),
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        self.names.iter().map(|name| self.path(name))
    }

    /// Whether `new` stands in its place.
    pub(super) fn is_replaced_by(&self, new: &Self) -> bool {
        match (&self.item.kind, &new.item.kind) {
            (Kind::Impl { head, names, of, .. }, Kind::Impl { head: new_head, names: new_names, .. }) => {
                head == new_head && (of.is_some() || !names.is_disjoint(new_names) || names == new_names)
            }
            (Kind::Impl { .. }, _) | (_, Kind::Impl { .. }) => false,
            _ if self.is_macro() != new.is_macro() => false,
            // A function and a type may share a name.
            (Kind::Function | Kind::Constant | Kind::Static, Kind::Type | Kind::Trait | Kind::Module)
            | (Kind::Type | Kind::Trait | Kind::Module, Kind::Function | Kind::Constant | Kind::Static) => false,
            _ => !self.names.is_disjoint(&new.names),
        }
    }
}

/// What a macro's use is likely to define: the names behind `static`, `struct` and the like, else all names in it.
fn defined_by_macro(text: &str) -> BTreeSet<String> {
    const BEFORE: [&str; 9] = ["static", "ref", "struct", "enum", "fn", "type", "const", "trait", "mod"];
    let all: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let named: BTreeSet<String> = all
        .windows(2)
        .filter(|pair| BEFORE.contains(&pair[0]) && !BEFORE.contains(&pair[1]) && pair[1] != "mut")
        .map(|pair| pair[1].to_owned())
        .collect();
    let is_name = |word: &&&str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if named.is_empty() { all.iter().skip(1).filter(is_name).map(|word| (*word).to_owned()).collect() } else { named }
}

/// The same text, under the same imports.
pub(super) fn same(old: &Entry, new: &Entry) -> bool {
    old.item.kind == new.item.kind
        && old.names == new.names
        && old.text() == new.text()
        && old.words.iter().all(|word| old.meaning(word) == new.meaning(word))
}

impl Entry {
    /// What an imported name means where the item stands.
    pub(super) fn meaning(&self, name: &str) -> Option<&str> {
        let own = self.cell.imports.iter().find(|import| import.name.as_deref() == Some(name));
        own.map(|import| import.path.as_str()).or_else(|| self.imports.path(name))
    }
}
