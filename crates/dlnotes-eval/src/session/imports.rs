//! What the session's `use` declarations bring in.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::Import;

/// Imports, the newest last; of one name there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Imports(Vec<(Import, usize)>);

impl Imports {
    /// Adds what cell number `count` imports.
    pub(super) fn add(&mut self, imports: &[Import], count: usize) {
        for import in imports {
            self.0.retain(|(old, _)| old != import && (old.name.is_none() || old.name != import.name));
            self.0.push((import.clone(), count));
        }
    }

    /// Forgets names that items have now.
    pub(super) fn remove(&mut self, names: &BTreeSet<String>) {
        self.0.retain(|(import, _)| import.name.as_ref().is_none_or(|name| !names.contains(name)));
    }

    /// Forgets an import; the number of the cell that it is of.
    pub(super) fn remove_path(&mut self, path: &str) -> Option<usize> {
        let number = self.0.iter().find(|(import, _)| import.path == path).map(|(_, number)| *number);
        self.0.retain(|(import, _)| import.path != path);
        number
    }

    /// Whether a name is an import's.
    pub(super) fn binds(&self, name: &str) -> bool {
        self.path(name).is_some()
    }

    /// What a name stands for.
    pub(super) fn path(&self, name: &str) -> Option<&str> {
        let mut imports = self.0.iter().map(|(import, _)| import);
        imports.find(|import| import.name.as_deref() == Some(name)).map(|import| import.path.as_str())
    }

    /// As declarations, without the names in `hidden`.
    pub(super) fn lines(&self, hidden: &BTreeSet<String>) -> Vec<String> {
        let shown = |import: &&Import| import.name.as_ref().is_none_or(|name| !hidden.contains(name));
        self.0.iter().map(|(import, _)| import).filter(shown).map(|import| format!("use {};", import.path)).collect()
    }

    /// Everything that could be a name in the imports' paths.
    pub(super) fn words(&self) -> BTreeSet<String> {
        let words = self.0.iter().flat_map(|(import, _)| crate::cell::words(&import.path));
        words.map(str::to_owned).collect()
    }

    /// What each name stands for, and the cell that imported it.
    pub(super) fn named(&self) -> BTreeMap<String, (String, usize)> {
        let named =
            self.0.iter().filter_map(|(import, count)| Some((import.name.clone()?, (import.path.clone(), *count))));
        named.collect()
    }
}
