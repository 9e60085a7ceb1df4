//! A session: what lasts from one cell to the next, and a cell's way through it.

mod ahead;
mod blame;
mod build;
mod commands;
mod controls;
mod depend;
mod entry;
mod evaluate;
mod export;
mod failures;
mod given;
mod imports;
mod items;
mod lookup;
mod next;
mod run;
mod shell;
mod stage;
mod statements;
mod switch;
mod variables;

pub use build::AheadOfTurn;
pub use commands::COMMANDS;
pub use next::{Next, Queued};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::build::Build;
use self::imports::Imports;
use self::items::Items;
use self::switch::Switch;
use self::variables::Variables;
use crate::analyzer::{Analyzer, Crates};
use crate::compile::Paths;
use crate::compile::message::Message;
use crate::depend::{Dependencies, Libraries, Prepared, RunDirectory, Silent, Toolchain};
use crate::failure::{Facts, Failure, Gone, Loss};
use crate::host::{Host, Watch};
use crate::{Console, Event, MimeBundle};

/// A cell to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell<'a> {
    /// Its source, as in the notebook.
    pub code: &'a str,
    /// Its number in the notebook's margin.
    pub count: usize,
    /// Whether the notebook says that it sets parameters, as papermill knows them: by the tag `parameters`. A cell can also
    /// say so itself, by `// parameters` in its first line.
    pub is_parameters: bool,
    /// The cell that is queued behind it.
    pub next: Next<'a>,
}

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Rust that compiles cells.
    pub toolchain: Toolchain,
    /// The build that it begins with.
    pub prepared: Prepared,
    /// What that build has.
    pub libraries: Libraries,
    /// The notebook's folder, in which cells run.
    pub directory: PathBuf,
    /// An empty folder of the session's own.
    pub work: PathBuf,
    /// Programs that may be a rust-analyzer, besides those that are found anyway.
    pub analyzers: Vec<PathBuf>,
}

/// A session: variables, items, crates, and the process that runs cells.
pub struct Session {
    console: Arc<Switch>,
    watch: Watch,
    host: Option<Host>,
    build: Build,
    dependencies: Dependencies,
    toolchain: Toolchain,
    directory: PathBuf,
    work: PathBuf,
    paths: Paths,
    variables: Variables,
    items: Items,
    imports: Imports,
    gone: BTreeMap<String, Gone>,
    /// What is known of panels whose closures can be called.
    panels: BTreeMap<u64, controls::Shown>,
    /// Shared libraries of items, in the order in which they were opened.
    opened: Vec<PathBuf>,
    /// Cells that ran, for `:export`.
    transcript: Vec<export::Ran>,
    /// How many cells there have been.
    sequence: usize,
    /// What rustc said of the last cell that failed.
    last_messages: Vec<Message>,
    /// Whether every cell says how long it took.
    timing: bool,
    analyzer: Analyzer,
    /// What cargo says of the crates, once somebody has asked.
    crates: Option<Crates>,
}

impl Settings {
    /// For a session in `directory`, with the helper crate or without; `run` is a folder of its own. The build that it
    /// begins with is made first, if nobody has, which takes a minute or two.
    pub fn prepare(helper: bool, directory: &Path, run: &RunDirectory) -> Result<Self, Failure> {
        let kernel_error = |error: &dyn std::fmt::Display| Failure::new("KernelError", error.to_string());
        let toolchain = Toolchain::find().map_err(|error| kernel_error(&error))?;
        let prepared = Prepared::find(&toolchain, helper).map_err(|error| kernel_error(&error))?;
        let libraries = prepared.ensure(&toolchain, &Silent).map_err(|error| kernel_error(&error))?;
        let (directory, work) = (directory.to_owned(), run.path().to_owned());
        Ok(Self { toolchain, prepared, libraries, directory, work, analyzers: Vec::new() })
    }
}

impl Session {
    /// Opens a session that shows things on `console`, and that `watch` can stop.
    pub fn open(settings: Settings, console: Arc<dyn Console>, watch: Watch) -> Result<Self, Failure> {
        let mut analyzer = lookup::analyzer(&settings);
        let Settings { toolchain, prepared, libraries, directory, work, .. } = settings;
        let types = prepared.path().join("types.tsv");
        let dependencies = Dependencies::new(toolchain.clone(), prepared, libraries.clone(), &work, &directory)
            .map_err(|error| Failure::new("KernelError", error.to_string()))?;
        analyzer.prepare(|| lookup::described(&toolchain, &dependencies.packages()));
        let mut build = Build::new(toolchain.clone(), libraries, work.clone());
        build.prepare();
        let console = Arc::new(Switch::new(console));
        let mut session = Self {
            console,
            watch,
            host: None,
            build,
            dependencies,
            toolchain,
            directory,
            work,
            paths: Paths::open(Some(types)),
            variables: Variables::new(),
            items: Items::default(),
            imports: Imports::default(),
            gone: BTreeMap::new(),
            panels: BTreeMap::new(),
            opened: Vec::new(),
            transcript: Vec::new(),
            sequence: 0,
            last_messages: Vec::new(),
            timing: false,
            analyzer,
            crates: None,
        };
        session.host()?;
        Ok(session)
    }

    /// The process that runs cells; a new one if there is none, with all libraries open.
    fn host(&mut self) -> Result<&mut Host, Failure> {
        if self.host.is_none() {
            let console: Arc<dyn Console> = Arc::<Switch>::clone(&self.console);
            let libraries = self.build.libraries();
            let mut host = Host::start(&self.toolchain, libraries, &self.directory, console, &self.watch)?;
            for library in &self.opened {
                host.open(library).map_err(|trouble| failures::of_host(&trouble))?;
            }
            self.host = Some(host);
        }
        self.host
            .as_mut()
            .ok_or_else(|| Failure::new("KernelError", "the process that runs cells could not be started"))
    }

    /// Ends the process that runs cells; variables go with it.
    fn restart(&mut self, count: usize, why: &Loss) -> Vec<String> {
        self.end_host();
        let lost: Vec<String> = std::mem::take(&mut self.variables).into_keys().collect();
        self.gone.extend(lost.iter().map(|name| (name.clone(), Gone { cell: count, why: why.clone() })));
        lost
    }

    /// Whether a name is one of the session's.
    fn knows(&self, name: &str) -> bool {
        self.variables.contains_key(name) || self.items.has(name)
    }

    /// What explains a failure.
    fn facts(&self) -> Facts {
        Facts {
            variables: self.variables.iter().map(|(name, variable)| (name.clone(), variable.shown())).collect(),
            gone: self.gone.clone(),
            items: self
                .items
                .entries()
                .iter()
                .flat_map(|entry| entry.names.iter().map(|name| (name.clone(), entry.cell.count)))
                .collect(),
            imports: self.imports.named(),
            crates: self.build.libraries().externs.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// The value of one expression; shows nothing.
    pub fn value(&mut self, expression: &str) -> Result<MimeBundle, Failure> {
        self.console.keep();
        let result = self.evaluate(&Cell { code: expression, ..Cell::default() });
        let events = self.console.kept();
        result?;
        let value = events.into_iter().rev().find_map(|event| match event {
            Event::Result(bundle) | Event::Display(bundle, _) => Some(bundle),
            _ => None,
        });
        Ok(value.unwrap_or_else(|| MimeBundle::new("text/plain", "()")))
    }

    /// Variables: name, type as a reader knows it.
    pub fn variables(&self) -> BTreeMap<String, String> {
        self.variables.iter().map(|(name, variable)| (name.clone(), variable.shown())).collect()
    }

    /// How many crates it has compiled ahead of their turn.
    pub fn ahead_of_turn(&self) -> AheadOfTurn {
        self.build.counts()
    }

    /// Where the session works.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// The crates that cells may name.
    pub fn libraries(&self) -> &Libraries {
        self.build.libraries()
    }
}
