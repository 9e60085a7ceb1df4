//! Runs cargo: what it builds, how far it is, and why it failed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Toolchain;
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

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The reader stopped it.
    #[error("the build was interrupted")]
    Interrupted,
    /// What cargo says: there is no such crate or version, no network, a build script that failed, …
    #[error("{0}")]
    Cargo(String),
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
    #[serde(other)]
    Other,
}

/// Builds in the workspace `directory`, into `target`; what was built, in the order in which it was.
pub(super) fn build(
    toolchain: &Toolchain,
    directory: &Path,
    target: &Path,
    arguments: &[&str],
    watch: &dyn Watch,
) -> Result<Vec<Artifact>, BuildError> {
    let mut command = command(toolchain, directory);
    command.args(["build", "--release", "--message-format=json", "--target", toolchain.target()]).args(arguments);
    command.env("CARGO_TARGET_DIR", target).env("CARGO_BUILD_BUILD_DIR", target);
    let mut artifacts = Vec::new();
    let mut errors: BTreeMap<String, (PathBuf, Vec<Message>)> = BTreeMap::new();
    let ended = run(command, watch, |line| match serde_json::from_slice(line) {
        Ok(Line::CompilerArtifact(artifact)) => artifacts.push(artifact),
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
        (ended, _) => ended.map(|()| artifacts),
    }
}

/// The packages of a workspace, each with those that its library needs, by cargo's names.
pub(super) fn needs(
    toolchain: &Toolchain,
    directory: &Path,
    watch: &dyn Watch,
) -> Result<Vec<(String, Vec<String>)>, BuildError> {
    let mut command = command(toolchain, directory);
    command.args(["metadata", "--format-version=1", "--filter-platform", toolchain.target()]);
    let mut json = Vec::new();
    run(command, watch, |line| json.extend_from_slice(line))?;
    let metadata: Metadata =
        serde_json::from_slice(&json).map_err(|error| BuildError::Cargo(format!("`cargo metadata`: {error}")))?;
    let is_normal = |need: &Need| need.dep_kinds.iter().any(|kind| kind.kind.is_none());
    let nodes = metadata.resolve.nodes.into_iter();
    Ok(nodes.map(|node| (node.id, node.deps.into_iter().filter(is_normal).map(|need| need.pkg).collect())).collect())
}

#[derive(Deserialize)]
struct Metadata {
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Need>,
}

#[derive(Deserialize)]
struct Need {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

/// `None` for what isn't only for build scripts or tests.
#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// The name in cargo's name for a package: `registry+https://…#either@1.13.0`, `path+file:///home/me/mine#0.1.0`.
pub(super) fn package_name(id: &str) -> &str {
    let (place, version) = id.rsplit_once('#').unwrap_or((id, ""));
    match version.split_once('@') {
        Some((name, _)) => name,
        None => place.split('?').next().unwrap_or(place).rsplit('/').next().unwrap_or(place),
    }
}

/// The version in cargo's name for a package.
pub(super) fn package_version(id: &str) -> &str {
    id.rsplit(['#', '@']).next().unwrap_or_default()
}

fn command(toolchain: &Toolchain, directory: &Path) -> Command {
    let mut command = Command::new(&toolchain.cargo);
    command
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
fn run(mut command: Command, watch: &dyn Watch, mut line: impl FnMut(&[u8])) -> Result<(), BuildError> {
    let failed = |error: std::io::Error| Error::Tool {
        tool: "cargo".into(),
        reason: error.to_string(),
        advice: "install Rust from https://rustup.rs, and start the kernel from a shell that finds it",
    };
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
        _ if status.signal().is_some() => Err(BuildError::Cargo(format!("cargo was ended ({status})"))),
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
            Some(format!("compiling {what} ({done} of {all})"))
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
    fn packages_have_names_and_versions() {
        for (id, name, version) in [
            ("registry+https://github.com/rust-lang/crates.io-index#either@1.13.0", "either", "1.13.0"),
            ("path+file:///home/me/mine#0.1.0", "mine", "0.1.0"),
            ("path+file:///home/me/folder#mine@0.1.0", "mine", "0.1.0"),
            ("git+https://host/them/theirs?branch=x#0.2.0", "theirs", "0.2.0"),
        ] {
            assert_eq!((package_name(id), package_version(id)), (name, version));
        }
    }

    #[test]
    fn the_error_is_what_stands_last() {
        let said = ["   Compiling a v1", "error: failed to select a version", "", "Caused by:", "  no network"];
        let text = what_failed(&said.map(String::from));
        assert_eq!(text, "failed to select a version\n\nCaused by:\n  no network");
    }
}
