//! `:export`: the cells that ran as one program.

mod function;
mod program;
mod sweep;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use self::function::Function;
use self::program::{Piece, body};
use self::sweep::Sweep;
use super::{Cell, Session};
use crate::Stream;
use crate::failure::Failure;

/// What is written.
struct Program {
    text: String,
    /// Whether it is a trial of sweeps.
    is_trial: bool,
}

/// A cell that ran.
#[derive(Clone, Debug, Default)]
pub(super) struct Ran {
    /// Its code, with its head blanked.
    code: String,
    /// Of a cell that sets parameters, the types of the variables that there were then.
    parameters: Option<BTreeMap<String, String>>,
    /// Whether it ended in a number.
    is_number: bool,
}

impl Session {
    /// Keeps a cell that has just run.
    pub(super) fn record(&mut self, cell: &Cell<'_>, code: String) {
        let type_names = || self.variables.iter().map(|(name, variable)| (name.clone(), variable.type_name.clone()));
        let parameters = (cell.is_parameters || is_marked(cell.code)).then(|| type_names().collect());
        let is_number = self.console.last_result().is_some_and(|text| text.trim().parse::<f64>().is_ok());
        self.transcript.push(Ran { code, parameters, is_number });
    }

    /// Writes the cells that ran as a Cargo project.
    pub(super) fn export(&self, folder: &str) -> Result<(), Failure> {
        if folder.is_empty() {
            return Err(Failure::new("CommandError", "`:export` needs a folder: `:export my-notes`"));
        }
        let folder = self.directory.join(folder);
        let prelude = self.build.libraries().prelude.as_str();
        let function = Function::of(&self.transcript).map_err(|message| Failure::new("CommandError", message))?;
        let sweep = if function.is_none() { Sweep::of(&self.transcript) } else { None };
        let (program, how) = match (&function, &sweep) {
            (Some(function), _) => {
                (Program { text: function.program(prelude), is_trial: true }, function.told(&folder))
            }
            (None, Some(sweep)) => (Program { text: sweep.program(prelude), is_trial: true }, sweep.told(&folder)),
            (None, None) => (Program { text: plain(prelude, &self.transcript), is_trial: false }, String::new()),
        };
        self.write(&folder, &program).map_err(|error| {
            let message = format!("{}: {error}; check that you may write there", folder.display());
            Failure::new("CommandError", message)
        })?;
        let message = format!("written: {}; run it with `cargo run --release` in that folder\n{how}", folder.display());
        self.say(Stream::Out, &message);
        Ok(())
    }

    fn write(&self, folder: &Path, program: &Program) -> std::io::Result<()> {
        let source = folder.join("src");
        std::fs::create_dir_all(&source)?;
        let mut dependencies = self.dependencies.manifest(program.is_trial);
        if program.text.contains(RUNTIME) {
            dependencies += &self.dependencies.runtime();
        }
        let manifest = format!(
            "[package]\nname = \"exported-notebook\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{dependencies}"
        );
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that the session had: cargo puts the program in the cells' place.
        if let Some(lock) = self.dependencies.lock(program.is_trial) {
            std::fs::write(folder.join("Cargo.lock"), lock)?;
        }
        let file = source.join("main.rs");
        std::fs::write(&file, &program.text)?;
        // A toolchain without rustfmt leaves the program as it is.
        let mut rustfmt = Command::new("rustfmt");
        let _ = rustfmt.arg("--edition=2024").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(())
    }
}

/// How a function begins that awaits futures.
const RUNTIME: &str = "#[tokio::main]\nasync ";

/// A program that does what the cells did.
fn plain(prelude: &str, cells: &[Ran]) -> String {
    let codes = std::iter::once(prelude).chain(cells.iter().map(|ran| ran.code.as_str()));
    let body = body(codes.map(|code| Piece { code, value: None }));
    let runtime = if body.awaits { RUNTIME } else { "" };
    let all = body.ending_in("Ok(())");
    format!("#![allow(unused)]\n\n{runtime}fn main() -> Result<(), Box<dyn std::error::Error>> {all}")
}

/// Whether a cell says of itself that it sets parameters, in a comment in its first line; papermill's do.
fn is_marked(cell: &str) -> bool {
    let first = cell.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with([':', '#']));
    let comment = first.and_then(|line| line.strip_prefix("//")).unwrap_or_default();
    comment.trim().trim_end_matches([':', '.']).eq_ignore_ascii_case("parameters")
}

#[cfg(test)]
mod tests {
    use super::is_marked;

    #[test]
    fn a_comment_says_that_a_cell_sets_parameters() {
        for cell in ["// parameters\nlet a = 1;", "\n:dep x = \"1\"\n  //  Parameters:\n", "//parameters"] {
            assert!(is_marked(cell), "{cell}");
        }
        for cell in
            ["", "let a = 1; // parameters", "// the parameters", "let a = 1;\n// parameters", "// parameters of b"]
        {
            assert!(!is_marked(cell), "{cell}");
        }
    }
}
