//! What could stand at a place in a cell, and what stands there.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use super::commands::COMMANDS;
use super::{Session, Settings};
use crate::analyzer::{self, Analyzer, Completions, Crates, Document, Program, Variable};
use crate::depend::Toolchain;
use crate::failure::Failure;
use crate::generate::How;
use crate::{Console as _, Event, MimeBundle};

/// The commands with their help.
static HELP: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| COMMANDS.iter().map(|(name, _, help)| (*name, *help)).collect());

/// An analyzer for a session that is yet to be opened.
pub(super) fn analyzer(settings: &Settings) -> Analyzer {
    Analyzer::new(analyzer::Settings {
        index: Some(settings.prepared.path().join("names.json")),
        commands: HELP.as_slice(),
        program: Some(Program {
            built: settings.analyzers.clone(),
            sysroot: settings.toolchain.sysroot().map(Into::into),
            library: std::env::var_os("RUST_SRC_PATH").map(Into::into),
            folder: settings.work.join("analyzer"),
        }),
    })
}

impl Session {
    /// What could stand at the byte `at` of `code`.
    pub fn complete(&mut self, code: &str, at: usize) -> Completions {
        let document = self.document(code);
        self.analyzer.complete(&document, at)
    }

    /// What is known about the name at the byte `at` of `code`.
    pub fn inspect(&mut self, code: &str, at: usize) -> Option<MimeBundle> {
        let document = self.document(code);
        self.analyzer.inspect(&document, at)
    }

    /// Makes the first completion of the session quicker.
    pub fn idle(&mut self) {
        let crates = self.crates().clone();
        self.analyzer.warm_up(&crates);
    }

    /// `:doc NAME`.
    pub(super) fn show_documentation(&mut self, name: &str) -> Result<(), Failure> {
        if name.is_empty() {
            return Err(Failure::new("CommandError", "`:doc` needs a name: `:doc Tensor`"));
        }
        match self.inspect(name, name.len()) {
            Some(bundle) => {
                self.console.show(Event::Page(bundle));
                Ok(())
            }
            None => Err(Failure::new("CommandError", format!("nothing is known about `{name}`"))),
        }
    }

    fn document(&mut self, code: &str) -> Document {
        let variable = |(name, variable): (&String, &super::variables::Variable)| Variable {
            name: name.clone(),
            type_name: match &variable.how {
                How::Type(_) | How::Renewed(_) => variable.shown(),
                How::Replay(_) => String::new(),
            },
            mutable: variable.mutable,
        };
        Document {
            prelude: self.build.libraries().prelude.clone(),
            uses: self.imports.lines(&std::collections::BTreeSet::new()),
            items: self.items.entries().iter().map(|entry| entry.text().to_owned()).collect(),
            variables: self.variables.iter().map(variable).collect(),
            crates: self.crates().clone(),
            cell: code.to_owned(),
        }
    }

    /// The crates that cells can name, as cargo describes them.
    fn crates(&mut self) -> &Crates {
        let packages = self.dependencies.packages();
        let toolchain = &self.toolchain;
        self.crates.get_or_insert_with(|| described(toolchain, &packages))
    }
}

/// What cargo says of the crates that packages depend on. Those that only other systems need may never have been
/// downloaded.
pub(super) fn described(toolchain: &Toolchain, packages: &[PathBuf]) -> Crates {
    let mut crates = Crates::default();
    for package in packages {
        let mut command = Command::new(&toolchain.cargo);
        command.args(["metadata", "--offline", "--format-version=1", "--filter-platform", toolchain.target()]);
        let metadata = command.current_dir(package).output().map_err(|error| error.to_string()).and_then(|output| {
            match output.status.success() {
                true => serde_json::from_slice(&output.stdout).map_err(|error| error.to_string()),
                false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            }
        });
        match metadata {
            Ok(metadata) => crates.add(&Crates::from_metadata(&metadata)),
            Err(why) => log::warn!("completion knows nothing of the crates of {}: {why}", package.display()),
        }
    }
    crates
}
