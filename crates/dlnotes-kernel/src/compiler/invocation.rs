//! How cargo called rustc for a cell, kept for the cells that follow.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::diagnostics::for_evcxr;
use super::{CELL, report, store};

/// Names the file in which the wrapper around rustc leaves an [`Invocation`].
const FILE: &str = "DLNOTES_KERNEL_INVOCATION";
/// How cargo shares its job slots with rustc: descriptors that are gone when it has ended.
const JOB_SLOTS: [&str; 3] = ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"];

/// How rustc was called for a cell.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Invocation {
    program: String,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
}

impl Invocation {
    /// Makes the wrapper around rustc, below `cargo`, leave its own invocation in `file`.
    pub(super) fn ask_for(cargo: &mut Command, file: &Path) {
        cargo.env(FILE, file);
    }

    /// Leaves this process's own for the cargo that asked for it.
    ///
    /// One that can't be left is not there afterwards, and cargo is asked again for the next cell.
    pub(super) fn leave(program: &OsStr, arguments: &[OsString]) {
        let Some(file) = std::env::var_os(FILE) else { return };
        let text = |text: &OsStr| text.to_str().map(str::to_owned);
        let is_of_use = |name: &OsString| name != FILE && !JOB_SLOTS.iter().any(|slots| name == slots);
        let variables = std::env::vars_os().filter(|(name, _)| is_of_use(name));
        let invocation = || {
            Some(Self {
                program: text(program)?,
                arguments: arguments.iter().map(|argument| text(argument)).collect::<Option<_>>()?,
                environment: variables
                    .map(|(name, value)| Some((text(&name)?, text(&value)?)))
                    .collect::<Option<_>>()?,
            })
        };
        if let Some(json) = invocation().and_then(|invocation| serde_json::to_vec(&invocation).ok()) {
            let _ = std::fs::write(file, json);
        }
    }

    /// For lld: starting its threads takes longer than a cell gives them to do.
    pub(super) fn link_on_one_thread(&mut self) {
        self.arguments.push("-Clink-arg=-Wl,--threads=1".into());
    }

    /// Compiles the cell's source as it is now, and says on `out` what cargo would have said.
    pub(super) fn run(&self, out: &mut impl io::Write) -> io::Result<ExitStatus> {
        store::lighten(&self.arguments)?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().envs(&self.environment);
        let mut rustc = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        report(CELL, rustc.id(), std::process::id());
        let mut library = None;
        if let Some(stderr) = rustc.stderr.take() {
            for line in BufReader::new(stderr).split(b'\n') {
                let line = line?;
                match Said::read(&line) {
                    Said::Diagnostic(message) => {
                        let Some(message) = for_evcxr(message, None) else { continue };
                        writeln!(out, "{}", json!({ "reason": "compiler-message", "message": message }))?;
                    }
                    Said::Library(path) => library = Some(path),
                    Said::Other => {}
                    Said::Text => {
                        io::stderr().write_all(&line)?;
                        io::stderr().write_all(b"\n")?;
                    }
                }
            }
        }
        let status = rustc.wait()?;
        if let Some(library) = library.filter(|_| status.success()) {
            // Where cargo puts it, beside the folder of what is linked to it.
            let place = library.parent().and_then(Path::parent).zip(library.file_name());
            let place = place.map_or_else(|| library.clone(), |(folder, name)| folder.join(name));
            std::fs::rename(&library, &place)?;
            let artifact = json!({ "reason": "compiler-artifact", "target": { "name": CELL }, "filenames": [place] });
            writeln!(out, "{artifact}")?;
        }
        Ok(status)
    }
}

/// What a line of rustc's is.
#[derive(Debug, PartialEq)]
enum Said {
    Diagnostic(Value),
    Library(PathBuf),
    Other,
    Text,
}

impl Said {
    fn read(line: &[u8]) -> Self {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { return Self::Text };
        match (message["$message_type"].as_str(), message["emit"].as_str(), message["artifact"].as_str()) {
            (Some("diagnostic"), ..) => Self::Diagnostic(message),
            (Some("artifact"), Some("link"), Some(path)) => Self::Library(path.into()),
            _ => Self::Other,
        }
    }
}
