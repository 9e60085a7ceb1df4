//! A rust-analyzer that runs: what it was told, and whether it is ready to answer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Program;
use super::answer;
use super::client::{Client, Gone};
use super::file::{Columns, File};
use crate::analyzer::Completions;
use crate::analyzer::crates::Crates;
use crate::analyzer::document::Document;

/// Who says nothing at all for so long hangs.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// What a request is answered with when the text has changed meanwhile.
const CHANGED: [i64; 2] = [-32801, -32802];

/// The edition of cells.
const EDITION: &str = "2024";

/// Why it can't be used any more.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// Nobody asked for long.
    #[error("was not needed")]
    Idle,
    /// It ended by itself.
    #[error("ended")]
    Ended,
    /// It doesn't answer.
    #[error("doesn't answer")]
    Hangs,
    /// The files for it could not be written.
    #[error("can't be given its files: {0}")]
    File(#[from] std::io::Error),
}

impl From<Gone> for Trouble {
    fn from(gone: Gone) -> Self {
        if gone.was_idle { Self::Idle } else { Self::Ended }
    }
}

pub(super) struct Server {
    client: Client,
    folder: PathBuf,
    sysroot: Option<PathBuf>,
    library: Option<PathBuf>,
    crates: Crates,
    /// Set with the answer to the first request.
    columns: Option<Columns>,
    /// The number of the first request.
    initialize: i64,
    is_quiet: bool,
    version: i64,
    text: String,
    /// A first question, whose answer takes seconds: nobody waits for it.
    warming: Option<i64>,
    is_warm: bool,
    /// Since when there is a question to which nothing was said.
    silent: Option<Instant>,
}

impl Server {
    /// Starts `file`; it reads the crates by itself from there on.
    pub(super) fn start(
        file: &Path,
        program: &Program,
        library: Option<&Path>,
        document: &Document,
        idle: Duration,
    ) -> std::io::Result<Self> {
        // It reads every source file of the folder.
        let folder = program.folder.join("analyzer");
        std::fs::create_dir_all(&folder)?;
        let client = Client::start(file, &folder, idle)?;
        let mut server = Self {
            client,
            folder,
            sysroot: program.sysroot.clone(),
            library: library.map(Path::to_owned),
            crates: document.crates.clone(),
            columns: None,
            initialize: 0,
            is_quiet: false,
            version: 0,
            text: String::new(),
            warming: None,
            is_warm: false,
            silent: None,
        };
        std::fs::write(server.file(), "")?;
        server.write_project()?;
        server.initialize = server.client.request("initialize", &server.settings());
        Ok(server)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("notebook.rs")
    }

    fn project(&self) -> PathBuf {
        self.folder.join("rust-project.json")
    }

    fn write_project(&self) -> std::io::Result<()> {
        let project = self.crates.project(&self.file(), EDITION, self.sysroot.as_deref(), self.library.as_deref());
        std::fs::write(self.project(), project.to_string())
    }

    /// What it can expect of us, and how much it is to do: nothing but answer.
    fn settings(&self) -> Value {
        json!({
            "processId": std::process::id(),
            "rootUri": uri(&self.folder),
            "capabilities": {
                "general": { "positionEncodings": ["utf-8", "utf-16"] },
                "textDocument": {
                    "completion": { "completionItem": { "snippetSupport": false } },
                    "hover": { "contentFormat": ["markdown", "plaintext"] },
                },
                "experimental": { "serverStatusNotification": true },
            },
            "initializationOptions": {
                "linkedProjects": [self.project()],
                "cachePriming": { "enable": false },
                "cargo": { "buildScripts": { "enable": false } },
                "checkOnSave": false,
                "completion": {
                    "addSemicolonToUnit": false,
                    "autoimport": { "enable": false },
                    "callable": { "snippets": "none" },
                    "fullFunctionSignatures": { "enable": true },
                    "postfix": { "enable": false },
                },
                "diagnostics": { "enable": false },
                "files": { "watcher": "client" },
                "hover": { "actions": { "enable": false }, "links": { "enable": false }, "memoryLayout": { "enable": false } },
                "lru": { "capacity": 64 },
                "numThreads": 1,
                "procMacro": { "enable": false },
            },
        })
    }

    /// The completions at a byte of the cell, if it is ready and answers in time.
    pub(super) fn complete(
        &mut self,
        document: &Document,
        at: usize,
        deadline: Instant,
    ) -> Result<Option<Completions>, Trouble> {
        let Some((file, columns)) = self.synchronize(document, at)? else { return Ok(None) };
        let answer = self.ask("textDocument/completion", &self.at(&file, at, columns), deadline)?;
        Ok(answer.map(|answer| answer::completions(&answer, &file, &document.cell, at, columns)))
    }

    /// What it says about the name at a byte of the cell.
    pub(super) fn hover(
        &mut self,
        document: &Document,
        at: usize,
        deadline: Instant,
    ) -> Result<Option<Option<String>>, Trouble> {
        let Some((file, columns)) = self.synchronize(document, at)? else { return Ok(None) };
        let answer = self.ask("textDocument/hover", &self.at(&file, at, columns), deadline)?;
        Ok(answer.map(|answer| answer::hover(&answer)))
    }

    fn at(&self, file: &File, at: usize, columns: Columns) -> Value {
        let (line, character) = file.position(at, columns);
        json!({ "textDocument": { "uri": uri(&self.file()) }, "position": { "line": line, "character": character } })
    }

    /// Tells it what has changed; the file as it knows it then, if it is ready to be asked about it.
    fn synchronize(&mut self, document: &Document, at: usize) -> Result<Option<(File, Columns)>, Trouble> {
        while let Some(message) = self.client.receive(Instant::now())? {
            self.note(&message);
        }
        if self.silent.is_some_and(|since| since.elapsed() > LONGEST_SILENCE) {
            return Err(Trouble::Hangs);
        }
        let Some(columns) = self.columns else { return Ok(None) };
        if document.crates != self.crates {
            self.crates = document.crates.clone();
            self.write_project()?;
            (self.is_quiet, self.is_warm, self.warming) = (false, false, None);
            self.client.request("rust-analyzer/reloadWorkspace", &Value::Null);
        }
        // A change would cut the first answer short.
        if self.warming.is_some() {
            return Ok(None);
        }
        let file = File::new(document);
        self.tell(&file);
        if !self.is_quiet {
            return Ok(None);
        }
        if !self.is_warm {
            self.warming = Some(self.client.request("textDocument/completion", &self.at(&file, at, columns)));
            self.silent.get_or_insert_with(Instant::now);
            return Ok(None);
        }
        Ok(Some((file, columns)))
    }

    fn tell(&mut self, file: &File) {
        if file.text == self.text && self.version > 0 {
            return;
        }
        self.text.clone_from(&file.text);
        self.version += 1;
        let uri = uri(&self.file());
        if self.version == 1 {
            let document = json!({ "uri": uri, "languageId": "rust", "version": 1, "text": file.text });
            self.client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        } else {
            let document = json!({ "uri": uri, "version": self.version });
            let changes = json!({ "textDocument": document, "contentChanges": [{ "text": file.text }] });
            self.client.notify("textDocument/didChange", &changes);
        }
    }

    /// Asks and waits for the answer until `deadline`.
    fn ask(&mut self, method: &str, params: &Value, deadline: Instant) -> Result<Option<Value>, Trouble> {
        let mut id = self.client.request(method, params);
        self.silent.get_or_insert_with(Instant::now);
        while let Some(message) = self.client.receive(deadline)? {
            if message["id"] != id {
                self.note(&message);
                continue;
            }
            self.silent = None;
            match message.get("error") {
                Some(error) if CHANGED.iter().any(|code| error["code"] == *code) => {
                    id = self.client.request(method, params)
                }
                Some(error) => {
                    log::info!("completion: rust-analyzer: {error}");
                    return Ok(None);
                }
                None => return Ok(message.get("result").cloned()),
            }
        }
        self.client.notify("$/cancelRequest", &json!({ "id": id }));
        Ok(None)
    }

    /// What it says without being asked, or later than it was waited for.
    fn note(&mut self, message: &Value) {
        self.silent = None;
        if message["method"] == "experimental/serverStatus" {
            self.is_quiet = message["params"]["quiescent"] == true;
        } else if self.warming.is_some_and(|id| message["id"] == id) {
            // An error means that it was disturbed: the next question is the first one again.
            self.is_warm = message.get("error").is_none();
            self.warming = None;
        } else if message["id"] == self.initialize && self.columns.is_none() {
            let encoding = &message["result"]["capabilities"]["positionEncoding"];
            self.columns = Some(if encoding == "utf-8" { Columns::Utf8 } else { Columns::Utf16 });
            self.client.notify("initialized", &json!({}));
        }
    }

    #[cfg(test)]
    pub(super) fn process(&self) -> u32 {
        self.client.process()
    }

    #[cfg(test)]
    pub(super) fn is_ready(&self) -> bool {
        self.is_quiet && self.is_warm
    }
}

/// A path as `file:` URI.
fn uri(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut uri = String::from("file://");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(*byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_anything_in_it_is_a_uri() {
        assert_eq!(uri(Path::new("/a b/损#.rs")), "file:///a%20b/%E6%8D%9F%23.rs");
    }
}
