//! Names, signatures and documentation of crates, prepared so that questions are answered without rust-analyzer.

mod build;
mod sources;
mod standard;
mod world;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use self::build::of_text;
pub(crate) use self::standard::standard;
pub(crate) use self::world::{Found, SESSION, World};
use super::text::item::Kind;
use super::text::ty::Ty;
use crate::{Error, Result};

/// Something that has a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Entry {
    #[serde(rename = "k")]
    pub(crate) kind: Kind,
    #[serde(rename = "n")]
    pub(crate) name: String,
    /// The module that defines it, with its crate.
    #[serde(rename = "h", skip_serializing_if = "String::is_empty")]
    pub(crate) home: String,
    #[serde(rename = "s", skip_serializing_if = "String::is_empty")]
    pub(crate) signature: String,
    #[serde(rename = "d", skip_serializing_if = "String::is_empty")]
    pub(crate) docs: String,
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty")]
    pub(crate) generics: Vec<String>,
    /// See [`Item::gives`](super::text::item::Item::gives).
    #[serde(rename = "g")]
    pub(crate) gives: Ty,
    #[serde(rename = "m", skip_serializing_if = "Vec::is_empty")]
    pub(crate) members: Vec<Entry>,
    /// Traits that it implements and what it dereferences to.
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    pub(crate) supers: Vec<Ty>,
    /// Of a module: what its names stand for.
    #[serde(rename = "e", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) names: BTreeMap<String, Vec<usize>>,
    /// Of a module: names that come from other crates, with their paths; `*` for all of a module.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<(String, Vec<String>)>,
}

impl Entry {
    /// Whether values have members of it.
    pub(crate) fn is_type(&self) -> bool {
        matches!(self.kind, Kind::Struct | Kind::Enum | Kind::Union | Kind::Trait | Kind::Alias | Kind::Impl)
    }
}

/// A crate to index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateSource {
    /// The name under which code knows it.
    pub name: String,
    /// Its `lib.rs`.
    pub root: PathBuf,
}

/// What is known about some crates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Index {
    version: u32,
    entries: Vec<Entry>,
    /// The root module of each crate.
    roots: BTreeMap<String, usize>,
    /// Types by their name, also those of other crates that got an `impl` here.
    #[serde(skip)]
    types: HashMap<String, Vec<usize>>,
}

/// What a file says that this version of the crate can read.
const VERSION: u32 = 1;

impl Index {
    /// Reads the sources of crates; what can't be read is left out.
    pub fn build(crates: &[CrateSource]) -> Self {
        let mut index = Self { version: VERSION, ..Self::default() };
        for source in crates {
            index.add(source);
        }
        index
    }

    /// Adds a crate, unless one of the same name is known.
    pub fn add(&mut self, source: &CrateSource) {
        if !self.roots.contains_key(&source.name) {
            build::of_crate(self, source);
            self.find_types();
        }
    }

    /// Whether a crate of this name is known.
    pub fn has(&self, name: &str) -> bool {
        self.roots.contains_key(name)
    }

    /// Writes it to a file that appears whole.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_vec(self).map_err(|e| Error::file(path)(e.into()))?;
        let draft = path.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&draft, text).map_err(Error::file(&draft))?;
        std::fs::rename(&draft, path).map_err(Error::file(path))
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).map_err(Error::file(path))?;
        let mut index: Self = serde_json::from_slice(&text).map_err(|e| Error::file(path)(e.into()))?;
        if index.version != VERSION {
            let message = format!("an index of version {}, this is version {VERSION}", index.version);
            return Err(Error::file(path)(std::io::Error::new(std::io::ErrorKind::InvalidData, message)));
        }
        index.find_types();
        Ok(index)
    }

    fn find_types(&mut self) {
        self.types.clear();
        for (id, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.is_type()) {
            self.types.entry(entry.name.clone()).or_default().push(id);
        }
    }

    fn root(&self, name: &str) -> Option<&Entry> {
        self.roots.get(name).and_then(|id| self.entries.get(*id))
    }
}
