//! What rustc is given: the same sources with the same options make the same crate, in whatever folder.

use std::io;
use std::path::Path;

use crate::compile::{Compiled, Options, compile_items, compile_statements};
use crate::generate::{Part, Source, items_root};
use crate::host::Watch;

/// What rustc is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) code: Code,
    pub(super) options: Options,
}

/// The sources of a crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// A cell's statements: what goes before every cell, the function, and what that includes.
    Statements { head: String, start: Source, inner: Source },
    /// Items: the crate's name, its modules, and what its root brings in.
    Items { name: String, parts: Vec<Part>, root: Vec<String> },
}

impl Code {
    /// The files in which rustc can find something.
    pub(super) fn sources(&self) -> Vec<Source> {
        match self {
            Self::Statements { start, inner, .. } => vec![start.clone(), inner.clone()],
            Self::Items { parts, .. } => parts.iter().map(|part| part.source.clone()).collect(),
        }
    }

    /// Writes what has to be there before rustc begins; the folder exists.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Statements { inner, .. } => std::fs::write(folder.join(&inner.name), &inner.text),
            Self::Items { parts, root, .. } => {
                for part in parts {
                    let file = folder.join(&part.file);
                    std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
                    std::fs::write(&file, &part.source.text)?;
                }
                std::fs::write(folder.join("lib.rs"), items_root(parts, root))
            }
        }
    }
}

impl Given {
    /// Compiles it in a new folder, by a rustc that begins at the beginning.
    pub(super) fn compile(&self, rustc: &Path, folder: &Path, watch: &Watch) -> io::Result<Compiled> {
        std::fs::create_dir_all(folder)?;
        self.code.write(folder)?;
        match &self.code {
            Code::Statements { head, start, .. } => {
                compile_statements(rustc, folder, head, &start.text, &self.options, watch)
            }
            Code::Items { name, parts, .. } => {
                let files: Vec<&Path> = parts.iter().map(|part| part.file.as_path()).collect();
                compile_items(rustc, name, folder, &files, &self.options, watch)
            }
        }
    }
}
