//! Compiling: the crates of a cell, and the compiler that waits for the next one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::ahead::Ahead;
use super::given::{Code, Given};
use crate::cell::words;
use crate::compile::{Compiled, Linker, Options, Waiting, check_alone, middle};
use crate::depend::{Libraries, Toolchain};
use crate::generate::{BODY_HEAD, Body, HEAD, Source, body};
use crate::host::Watch;

/// What compiles a session's cells.
pub(super) struct Build {
    toolchain: Toolchain,
    libraries: Libraries,
    linker: Linker,
    /// The session's own folder.
    work: PathBuf,
    waiting: Option<Waiting>,
    /// What was compiled ahead for the cell that runs, until it compiles something.
    due: Option<Ahead>,
    /// What is compiled ahead for the cell behind it.
    ahead: Option<Ahead>,
    /// Whether that cell was looked at.
    has_looked: bool,
    counts: AheadOfTurn,
    /// How many folders there have been.
    folders: usize,
    /// The crates of items: name and metadata.
    items: Vec<(String, PathBuf)>,
    optimize: u8,
}

/// How many crates a session has compiled ahead of their turn, for cells that were queued behind the one that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AheadOfTurn {
    /// All of them.
    pub begun: usize,
    /// Those that were taken when the cell's turn came; the others were thrown away, or still wait for it.
    pub taken: usize,
}

/// A crate that is to be compiled.
pub(super) struct Begun {
    given: Given,
    /// The same, compiled ahead.
    ahead: Option<Ahead>,
}

/// A compiled crate.
pub(super) struct Unit {
    pub(super) compiled: Compiled,
    /// What rustc was given.
    pub(super) sources: Vec<Source>,
    /// Where it is.
    pub(super) folder: PathBuf,
}

impl Unit {
    /// What the process that runs cells opens, once it is linked.
    pub(super) fn library(&self) -> PathBuf {
        self.folder.join("out.so")
    }
}

impl Build {
    pub(super) fn new(toolchain: Toolchain, libraries: Libraries, work: PathBuf) -> Self {
        let linker = Linker::find(&toolchain.libraries);
        Self {
            toolchain,
            libraries,
            linker,
            work,
            waiting: None,
            due: None,
            ahead: None,
            has_looked: false,
            counts: AheadOfTurn::default(),
            folders: 0,
            items: Vec::new(),
            optimize: 2,
        }
    }

    pub(super) fn libraries(&self) -> &Libraries {
        &self.libraries
    }

    /// From now on cells may name other crates.
    pub(super) fn set_libraries(&mut self, libraries: Libraries) {
        self.libraries = libraries;
    }

    pub(super) fn optimize(&self) -> u8 {
        self.optimize
    }

    pub(super) fn set_optimize(&mut self, level: u8) {
        self.optimize = level;
    }

    /// Forgets the crates of items, and has these libraries from now on.
    pub(super) fn clear(&mut self, libraries: Libraries) {
        self.items.clear();
        self.libraries = libraries;
    }

    fn options(&self) -> Options {
        let mut externs = self.libraries.externs.clone();
        externs.extend(self.libraries.runtimes.iter().chain(&self.items).cloned());
        let mut search = self.libraries.search.clone();
        search.push(self.metadata());
        Options { externs, search, optimize: self.optimize }
    }

    /// Where the metadata of all crates of items is.
    fn metadata(&self) -> PathBuf {
        self.work.join("items")
    }

    fn folder(&mut self, name: &str) -> PathBuf {
        self.folders += 1;
        self.work.join(format!("{name}{}", self.folders))
    }

    fn head(&self) -> String {
        format!("{HEAD}{}\n{BODY_HEAD}", self.libraries.prelude)
    }

    /// Starts a compiler for the next cell, if none fits that waits.
    pub(super) fn prepare(&mut self) {
        let options = self.options();
        if self.waiting.as_ref().is_some_and(|waiting| waiting.fits(&options)) {
            return;
        }
        self.stop();
        let folder = self.folder("cell");
        match Waiting::start(&self.toolchain.rustc, folder, &self.head(), options) {
            Ok(waiting) => self.waiting = Some(waiting),
            // The next cell tries again, and tells.
            Err(error) => log::warn!("no compiler can wait for the next cell: {error}"),
        }
    }

    /// Ends the compiler that waits.
    fn stop(&mut self) {
        if let Some(mut waiting) = self.waiting.take() {
            waiting.stop();
            remove(waiting.folder());
        }
    }

    /// The crate of a cell's statements.
    pub(super) fn statements(&self, cell: &Body<'_>) -> Code {
        let (start, inner) = body(cell);
        Code::Statements { head: self.head(), start, inner }
    }

    /// Begins to compile a crate: what was compiled ahead for this cell is taken if it is the same, or thrown away.
    pub(super) fn begin(&mut self, code: Code) -> Begun {
        let given = Given { code, options: self.options() };
        let ahead = self.due.take().filter(|ahead| ahead.is(&given));
        Begun { given, ahead }
    }

    /// Compiles it; `out.o` in the unit's folder is the object. Later cells know a crate of items once it is
    /// [`added`](Self::add).
    pub(super) fn finish(&mut self, begun: Begun, watch: &Watch) -> std::io::Result<Unit> {
        let Begun { given, ahead } = begun;
        if let Some(unit) = ahead.and_then(Ahead::finish) {
            self.counts.taken += 1;
            return Ok(unit);
        }
        let (compiled, folder) = match &given.code {
            Code::Statements { head, start, .. } => {
                self.prepare();
                let Some(waiting) = self.waiting.take() else {
                    return Err(std::io::Error::other("rustc could not be started"));
                };
                let folder = waiting.folder().to_owned();
                given.code.write(&folder)?;
                // The next one gets ready while this one works, unless there is somebody who works already.
                if self.ahead.is_none() {
                    self.prepare();
                }
                let compiled = waiting.give(&self.toolchain.rustc, head, &start.text, watch)?;
                self.prepare();
                (compiled, folder)
            }
            Code::Items { .. } => {
                let folder = self.folder("items");
                (given.compile(&self.toolchain.rustc, &folder, watch)?, folder)
            }
        };
        Ok(Unit { compiled, sources: given.code.sources(), folder })
    }

    /// A cell begins: what was compiled ahead is for this one, or for none.
    pub(super) fn turn(&mut self) {
        self.due = self.ahead.take();
        self.has_looked = false;
    }

    /// The cell is over; one that failed has none behind it.
    pub(super) fn over(&mut self, failed: bool) {
        self.due = None;
        if failed {
            self.ahead = None;
        }
    }

    /// Whether the cell behind the one that runs was looked at.
    pub(super) fn has_looked_ahead(&self) -> bool {
        self.has_looked
    }

    /// The cell behind the one that runs was looked at: compiles this crate of it, if one is known.
    pub(super) fn look_ahead(&mut self, code: Option<Code>, watch: &Watch) {
        self.has_looked = true;
        let Some(code) = code else { return };
        let (folder, given) = (self.folder("ahead"), Given { code, options: self.options() });
        match Ahead::start(&self.toolchain.rustc, folder, given, watch) {
            Ok(ahead) => {
                self.ahead = Some(ahead);
                self.counts.begun += 1;
            }
            // The cell will be compiled when its turn comes, and tell.
            Err(error) => log::warn!("nothing can be compiled ahead: {error}"),
        }
    }

    /// How much was compiled ahead.
    pub(super) fn counts(&self) -> AheadOfTurn {
        self.counts
    }

    /// Later cells may use this crate of items.
    pub(super) fn add(&mut self, name: &str, folder: &Path) -> std::io::Result<()> {
        let file = format!("lib{name}.rmeta");
        let place = self.metadata().join(&file);
        std::fs::create_dir_all(self.metadata())?;
        std::fs::rename(folder.join(file), &place)?;
        self.items.push((name.to_owned(), place));
        Ok(())
    }

    /// Takes the newest crate of items back.
    pub(super) fn take_back(&mut self) {
        self.items.pop();
    }

    /// Links what was compiled, to the unit's [`library`](Unit::library).
    pub(super) fn link(&self, unit: &Unit, watch: &Watch) -> std::io::Result<Compiled> {
        self.linker.link(&unit.folder.join("out.o"), &unit.library(), watch)
    }

    /// What rustc says of a text whose brackets or strings are not closed.
    pub(super) fn alone(&mut self, source: &Source, watch: &Watch) -> std::io::Result<Compiled> {
        let folder = self.folder("alone");
        std::fs::create_dir_all(&folder)?;
        let compiled = check_alone(&self.toolchain.rustc, &folder.join(&source.name), &source.text, watch);
        remove(&folder);
        compiled
    }

    /// The middle representation of statements that compiled.
    pub(super) fn middle(&self, unit: &Unit, watch: &Watch) -> std::io::Result<String> {
        let start = unit.sources.first().map(|source| source.text.as_str()).unwrap_or_default();
        middle(&self.toolchain.rustc, &unit.folder, &self.head(), start, &self.options(), watch)
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Removes a folder that nobody needs any more.
pub(super) fn remove(folder: &Path) {
    // What can't be removed goes with the session's folder.
    let _ = std::fs::remove_dir_all(folder);
}

/// The names in a text, as a set of its own.
pub(super) fn owned_words(text: &str) -> BTreeSet<String> {
    words(text).into_iter().map(str::to_owned).collect()
}
