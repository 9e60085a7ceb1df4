//! Runs cargo: what it builds, how far it is, and why it failed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Toolchain;
use super::id::{NAME, is_ours, package_name};
use super::workspace::RUSTFLAGS;
use crate::Error;
use crate::compile::message::Message;

/// Who watches a build.
pub trait Watch: Sync {
    /// What is being done, on one line: `compiling tokio, rand (12 of 61)`.
    fn progress(&self, line: &str);

    /// A program has started: a signal to the process group of this number ends it and all that it started. `None`: it
    /// has ended.
    fn process(&self, group: Option<u32>);

    /// Whether the reader has asked to stop.
    fn is_interrupted(&self) -> bool;
}

/// Watches nothing.
pub struct Silent;

impl Watch for Silent {
    fn progress(&self, _: &str) {}

    fn process(&self, _: Option<u32>) {}

    fn is_interrupted(&self) -> bool {
        false
    }
}

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The reader stopped it.
    #[error("the build was interrupted")]
    Interrupted,
    /// What cargo says: there is no such crate or version, no network, a build script that failed, …
    #[error("{0}")]
    Cargo(String),
    /// What stands behind `:dep` isn't what it should be.
    #[error("{0}")]
    Specification(String),
    /// A crate doesn't compile.
    #[error("the crate `{package}` doesn't compile: {}", first_error(.messages))]
    Compile {
        /// The package's name.
        package: String,
        /// Its folder, which the places in the messages are relative to.
        folder: PathBuf,
        /// What rustc says.
        messages: Vec<Message>,
    },
    /// Something else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl BuildError {
    /// Whether cargo reached nobody.
    pub fn is_no_network(&self) -> bool {
        let signs = [
            "failed to download",
            "download of",
            "Could not resolve host",
            "Could not connect",
            "spurious network error",
        ];
        matches!(self, Self::Cargo(message) if signs.iter().any(|sign| message.contains(sign)))
    }

    /// Without the package that only we know of.
    pub(super) fn in_words(self) -> Self {
        let Self::Cargo(mut message) = self else { return self };
        let ours = format!("package `{}", NAME);
        while let Some(start) = message.find(&ours) {
            let end = message[start + ours.len()..].find('`').map_or(message.len(), |end| start + ours.len() + end + 1);
            message.replace_range(start..end, "this notebook");
        }
        Self::Cargo(message)
    }
}

fn first_error(messages: &[Message]) -> &str {
    messages.iter().find(|message| message.level == "error").map_or("", |message| &message.message)
}

/// What cargo has built, or found built.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub(super) struct Artifact {
    /// Cargo's name for the package, with version and source.
    pub(super) package_id: String,
    pub(super) target: Target,
    pub(super) features: Vec<String>,
    pub(super) filenames: Vec<PathBuf>,
    pub(super) fresh: bool,
}

/// What of a package it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) kind: Vec<String>,
}

impl Artifact {
    /// The file with one of these extensions, the first one that there is.
    pub(super) fn file(&self, extensions: &[&str]) -> Option<&Path> {
        let with =
            |extension: &&str| self.filenames.iter().find(|file| file.extension().unwrap_or_default() == *extension);
        extensions.iter().find_map(with).map(PathBuf::as_path)
    }

    /// The file that says what is in it.
    pub(super) fn metadata(&self) -> Option<&Path> {
        self.file(&["rmeta", "rlib", std::env::consts::DLL_EXTENSION])
    }

    /// Whether it is a library for the machine that cells run on, of cargo's name `target`, and not for the compiler.
    pub(super) fn is_library(&self, target: &str) -> bool {
        let is_for = |file: &PathBuf| file.components().any(|part| part.as_os_str() == target);
        let is_library = self.target.kind.iter().any(|kind| matches!(kind.as_str(), "lib" | "rlib" | "dylib"));
        is_library && self.filenames.iter().any(is_for)
    }

    /// Whether it is a library of macros that rustc loads.
    pub(super) fn is_macro(&self) -> bool {
        self.target.kind.iter().any(|kind| kind == "proc-macro")
    }

    /// The name under which code uses it.
    pub(super) fn crate_name(&self) -> String {
        self.target.name.replace('-', "_")
    }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerArtifact(Artifact),
    CompilerMessage {
        package_id: String,
        manifest_path: PathBuf,
        message: Message,
    },
    BuildScriptExecuted(Linked),
    #[serde(other)]
    Other,
}

/// What comes of a build.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// In the order in which they were built.
    pub(super) artifacts: Vec<Artifact>,
    /// What packages link from other languages.
    pub(super) linked: Vec<Linked>,
}

/// What a package's build script says of libraries in other languages.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Linked {
    /// Cargo's name for the package.
    pub(super) package_id: String,
    /// Such as `static=zstd`.
    pub(super) linked_libs: Vec<String>,
    /// Where they are: `native=FOLDER`.
    pub(super) linked_paths: Vec<String>,
}

/// Builds in the workspace `directory`, into `target`.
pub(super) fn build(
    toolchain: &Toolchain,
    directory: &Path,
    target: &Path,
    arguments: &[&str],
    watch: &dyn Watch,
) -> Result<Built, BuildError> {
    let always = ["build", "--release", "--message-format=json", "--target", toolchain.target()];
    let mut command = command(toolchain, directory, &always);
    command.args(arguments).env("CARGO_TARGET_DIR", target).env("CARGO_BUILD_BUILD_DIR", target);
    let mut built = Built::default();
    let mut errors: BTreeMap<String, (PathBuf, Vec<Message>)> = BTreeMap::new();
    let ended = run(command, watch, |line| match serde_json::from_slice(line) {
        Ok(Line::CompilerArtifact(artifact)) => built.artifacts.push(artifact),
        Ok(Line::BuildScriptExecuted(linked)) => built.linked.push(linked),
        Ok(Line::CompilerMessage { package_id, manifest_path, message }) if message.level.starts_with("error") => {
            errors.entry(package_id).or_insert_with(|| (manifest_path, Vec::new())).1.push(message);
        }
        // Other kinds, warnings, and what programs print that rustc calls.
        _ => {}
    });
    match (ended, errors.into_iter().next()) {
        (Err(BuildError::Cargo(_)), Some((id, (manifest, messages)))) => {
            let folder = manifest.parent().unwrap_or(directory).to_owned();
            Err(BuildError::Compile { package: package_name(&id).into(), folder, messages })
        }
        (ended, _) => ended.map(|()| built),
    }
}

/// Cargo, called in a workspace, as all of its calls have to be: what it builds for the one has to fit to what it built
/// for the other.
pub(super) fn command(toolchain: &Toolchain, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(&toolchain.cargo);
    command
        .args(arguments)
        .current_dir(directory)
        .env("RUSTC", &toolchain.rustc)
        // It wins over all other ways to set flags: cells are compiled without those.
        .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "160");
    command
}

/// Runs cargo, hands its output out by lines, and watches what it says meanwhile.
pub(super) fn run(mut command: Command, watch: &dyn Watch, mut line: impl FnMut(&[u8])) -> Result<(), BuildError> {
    let tool = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| Error::Tool {
        tool: tool.clone(),
        reason: error.to_string(),
        advice: "install Rust from https://rustup.rs, and start the kernel from a shell that finds it",
    };
    if watch.is_interrupted() {
        return Err(BuildError::Interrupted);
    }
    // A group of its own, so that an interrupt reaches the compilers that it starts.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    watch.process(Some(child.id()));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let said = std::thread::scope(|scope| {
        let said = scope.spawn(|| err.map(|err| listen(err, watch)).unwrap_or_default());
        if let Some(out) = out {
            let mut out = BufReader::new(out);
            let mut bytes = Vec::new();
            while out.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
                line(&bytes);
                bytes.clear();
            }
        }
        said.join().unwrap_or_default()
    });
    let status = child.wait();
    watch.process(None);
    let status = status.map_err(failed)?;
    match status {
        _ if status.success() => Ok(()),
        _ if watch.is_interrupted() => Err(BuildError::Interrupted),
        _ if status.signal().is_some() => Err(BuildError::Cargo(format!("{tool} was ended ({status})"))),
        _ => Err(BuildError::Cargo(what_failed(&said))),
    }
}

/// Reads what cargo says while it works, and keeps what isn't about its progress.
fn listen(err: impl Read, watch: &dyn Watch) -> Vec<String> {
    let mut said = Vec::new();
    let mut line = Vec::new();
    for byte in BufReader::new(err).bytes().map_while(Result::ok) {
        // Its line of progress is written over and over, each time behind a carriage return.
        if byte != b'\n' && byte != b'\r' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches("\x1b[K").trim_end();
        match progress(text) {
            Some(progress) => watch.progress(&progress),
            None => said.push(text.to_owned()),
        }
        line.clear();
    }
    said
}

/// What a line of cargo's says about its progress.
fn progress(line: &str) -> Option<String> {
    let (verb, rest) = line.trim_start().split_once(' ')?;
    let bar = || {
        let (_, state) = rest.split_once("] ")?;
        let (numbers, what) = state.split_once(": ").unwrap_or((state, ""));
        let (done, all) = numbers.split_once('/')?;
        Some((done.to_owned(), all.to_owned(), what.trim_end_matches('.').to_owned()))
    };
    match verb {
        "Building" => {
            let (done, all, what) = bar()?;
            let is_readers = |name: &&str| !name.is_empty() && !is_ours(name);
            let names = what.split(", ").filter(is_readers).collect::<Vec<_>>().join(", ");
            let what = if names.is_empty() { "looking at what is built".into() } else { format!("compiling {names}") };
            Some(format!("{what} ({done} of {all})"))
        }
        "Updating" => Some("asking the registry for the crate".into()),
        "Downloading" => Some("downloading crates".into()),
        "Blocking" => Some("waiting for another notebook that builds crates".into()),
        _ => None,
    }
}

/// Of what cargo has said, the error.
fn what_failed(said: &[String]) -> String {
    let start = said.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let text = said[start..].join("\n");
    text.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_words() {
        for (line, expect) in [
            ("    Building [=====>      ] 12/61: tokio, rand(build)", Some("compiling tokio, rand(build) (12 of 61)")),
            ("    Updating crates.io index", Some("asking the registry for the crate")),
            ("    Building [====] 3/4: dlnotes-session-pins", Some("looking at what is built (3 of 4)")),
            (
                "    Blocking waiting for file lock on build directory",
                Some("waiting for another notebook that builds crates"),
            ),
            ("   Compiling tokio v1.0.0", None),
            ("error: no matching package named `nothing` found", None),
            ("", None),
        ] {
            assert_eq!(progress(line).as_deref(), expect, "{line}");
        }
    }

    #[test]
    fn the_error_is_what_stands_last() {
        let said = ["   Compiling a v1", "error: failed to select a version", "", "Caused by:", "  no network"];
        let text = what_failed(&said.map(String::from));
        assert_eq!(text, "failed to select a version\n\nCaused by:\n  no network");
    }
}
