//! Cells through rustc as the evaluator has them compiled, but only checked, and neither linked nor run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use dlnotes_eval::Failure;
use dlnotes_eval::cell::{Kind, Split, Unparsed, parse, words};
use dlnotes_eval::compile::message::Message;
use dlnotes_eval::generate::{BODY_HEAD, Body, HEAD, How, Map, Origin, Part, Source, Taken, body, items_root, part};
use dlnotes_eval::report::{Facts, Gone, Loss, Why, compile_failure, moved_or_borrowed};

/// The crate that cells call, compiled once.
pub struct Bench {
    folder: tempfile::TempDir,
    rustc: PathBuf,
}

impl Bench {
    /// Compiles it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc");
        let rustc = PathBuf::from(String::from_utf8(sysroot.stdout).expect("a path").trim()).join("bin/rustc");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlnotes-display/src/lib.rs");
        let mut command = Command::new(&rustc);
        command.args(["--edition=2024", "--crate-type=rlib", "--crate-name=dlnotes_display", "-Awarnings"]);
        let status = command.arg(source).arg("--out-dir").arg(folder.path()).status();
        assert!(status.expect("rustc").success());
        Self { folder, rustc }
    }

    /// rustc's errors about the crate `name` in the folder of cells; `root` is its first file.
    fn rustc(&self, name: &str, root: &str, emit: &str, items: &[String]) -> Vec<Message> {
        let folder = self.cells();
        let mut command = Command::new(&self.rustc);
        command.arg(folder.join(root)).args(["--crate-name", name, "--edition=2024", "--crate-type=lib"]);
        command.args(["--error-format=json", "-Awarnings"]).arg(format!("--emit={emit}"));
        command.arg("--out-dir").arg(self.folder.path()).arg("-L").arg(self.folder.path());
        command.args(["--extern", "dlnotes_display"]);
        for item in items {
            command.args(["--extern", item]);
        }
        command.arg("--remap-path-prefix").arg(format!("{}/=", folder.display()));
        let output = command.output().expect("rustc");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let messages = text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
        let errors: Vec<Message> = messages.filter(|message| message.level.starts_with("error")).collect();
        assert!(output.status.success() || !errors.is_empty(), "{text}");
        errors
    }

    /// Where cells are written.
    fn cells(&self) -> PathBuf {
        let folder = self.folder.path().join("cells");
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.cells().join(name), text).expect("a file");
    }
}

/// A session: what its cells have defined.
pub struct Session<'a> {
    bench: &'a Bench,
    count: usize,
    /// The crates of items.
    crates: Vec<String>,
    /// How each name is imported.
    uses: BTreeMap<String, String>,
    variables: Vec<Taken>,
    facts: Facts,
    /// The files of items.
    sources: Vec<Source>,
}

impl<'a> Session<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        let (crates, uses, variables, facts) = (Vec::new(), BTreeMap::new(), Vec::new(), Facts::default());
        Self { bench, count: 0, crates, uses, variables, facts, sources: Vec::new() }
    }

    /// Checks a cell, and remembers what it defines.
    pub fn run(&mut self, cell: &str) -> Result<(), Failure> {
        self.count += 1;
        let split = match parse(cell) {
            Ok(split) => split,
            Err(Unparsed::TooLarge(what)) => return Err(Failure::new("CompileError", what)),
            Err(Unparsed::Tokens) => return self.alone(cell),
            Err(Unparsed::Syntax) => Split { has_statements: true, ..Split::default() },
        };
        let before = (self.crates.clone(), self.uses.clone(), self.facts.clone());
        let result = self.items(cell, &split).and_then(|()| match split.has_statements || !split.uses.is_empty() {
            true => self.statements(cell, &split),
            false => Ok(()),
        });
        if result.is_err() {
            (self.crates, self.uses, self.facts) = before;
        }
        result
    }

    fn failure(&self, messages: &[Message], sources: &[Source]) -> Failure {
        let all: Vec<Source> = sources.iter().chain(&self.sources).cloned().collect();
        compile_failure(messages, &all, self.count, &self.facts)
    }

    /// A cell whose brackets or strings aren't closed.
    fn alone(&self, cell: &str) -> Result<(), Failure> {
        let name = format!("cell [{}]", self.count);
        let mut map = Map::default();
        map.push(cell.len(), Origin::Cell(0));
        self.bench.write(&name, cell);
        let source = Source { name: name.clone(), count: self.count, cell: cell.into(), text: cell.into(), map };
        let messages = self.bench.rustc("cell", &name, "metadata", &[]);
        if messages.is_empty() { Ok(()) } else { Err(self.failure(&messages, &[source])) }
    }

    fn items(&mut self, cell: &str, split: &Split) -> Result<(), Failure> {
        if split.items.is_empty() {
            return Ok(());
        }
        let count = self.count;
        let ranges: Vec<_> = split.uses.iter().map(|(range, _)| range.clone()).collect();
        let source = part(cell, cell, count, &split.items, &ranges);
        let own: BTreeSet<&str> = split.items.iter().filter_map(|item| item.name.as_deref()).collect();
        let uses = self.uses.iter().filter(|(name, _)| !own.contains(name.as_str())).map(|(_, line)| line.clone());
        let (name, module) = (format!("it{count}"), format!("c{count}"));
        let file = self.bench.cells().join(&source.name);
        let parts = [Part { module: module.clone(), uses: uses.collect(), file, source: source.clone() }];
        self.bench.write(&source.name, &source.text);
        self.bench.write("lib.rs", &items_root(&parts));
        let messages = self.bench.rustc(&name, "lib.rs", "link", &self.crates);
        if !messages.is_empty() {
            return Err(self.failure(&messages, &[source]));
        }
        self.crates.push(name.clone());
        self.sources.push(source);
        for item in &split.items {
            let Some(item_name) = &item.name else { continue };
            let path = if item.kind == Kind::Macro { name.clone() } else { format!("{name}::{module}") };
            self.uses.insert(item_name.clone(), format!("use {path}::{item_name};"));
            self.facts.items.insert(item_name.clone(), count);
        }
        Ok(())
    }

    fn statements(&mut self, cell: &str, split: &Split) -> Result<(), Failure> {
        let mentioned = words(cell);
        let uses: Vec<String> = self.uses.values().cloned().collect();
        let mut taken: Vec<Taken> =
            self.variables.iter().filter(|taken| mentioned.contains(taken.name.as_str())).cloned().collect();
        let mut kept: Vec<String> =
            split.variables().iter().map(|name| name.name.clone()).filter(|n| n != "_").collect();
        let mut borrows = None;
        let mut gone = Vec::new();
        let sources = loop {
            let body = Body {
                cell,
                code: cell,
                count: self.count,
                split,
                uses: &uses,
                taken: &taken,
                kept: &kept,
                shows: true,
            };
            let (start, inner) = body_of(self.bench, &body);
            let sources = [start, inner];
            let messages = self.bench.rustc("cell", "head.rs", "mir", &self.crates);
            if messages.is_empty() {
                match borrows {
                    Some(failure) => return Err(failure),
                    None => break sources,
                }
            }
            let without = moved_or_borrowed(&messages, &sources);
            let mut again = without.iter().any(|(_, why)| *why != Why::TypeUnknown);
            for taken in taken.iter_mut().filter(|taken| taken.back) {
                if blames(&messages, &sources, &taken.name) {
                    taken.back = false;
                    again = true;
                    gone.push(taken.name.clone());
                }
            }
            if !again {
                return Err(self.failure(&messages, &sources));
            }
            // Without what borrows, rustc says what it would in a program.
            if borrows.is_none() && without.iter().any(|(_, why)| matches!(why, Why::Borrows(_))) {
                borrows = Some(self.failure(&messages, &sources));
            }
            for (name, _) in without {
                kept.retain(|kept| *kept != name);
                gone.push(name);
            }
        };
        let types = self.types(&sources, &kept);
        self.variables.retain(|taken| !gone.contains(&taken.name) && !kept.contains(&taken.name));
        for name in gone {
            self.facts.gone.insert(name, Gone { cell: self.count, why: Loss::Moved });
        }
        for (name, of) in types {
            let mutable = split.variables().iter().any(|known| known.name == name && known.mutable);
            self.facts.gone.remove(&name);
            self.variables.push(Taken { name, mutable, how: How::Type(of), back: true });
        }
        let shown = |taken: &Taken| match &taken.how {
            How::Type(of) => (taken.name.clone(), of.clone()),
            _ => (taken.name.clone(), String::new()),
        };
        self.facts.variables = self.variables.iter().map(shown).collect();
        Ok(())
    }

    /// The types of variables, which rustc tells when another one is expected.
    fn types(&self, sources: &[Source; 2], kept: &[String]) -> BTreeMap<String, String> {
        let mut types = BTreeMap::new();
        if kept.is_empty() {
            return types;
        }
        let mut text = sources[1].text.clone();
        for name in kept {
            text = text.replace(&format!("__keeper.keep({name:?}, {name});"), &format!("{{ let _: __T = {name}; }}"));
        }
        self.bench.write(&sources[1].name, &text.replacen('{', "{ struct __T;", 1));
        let text = text.replacen('{', "{ struct __T;", 1);
        for message in self.bench.rustc("cell", "head.rs", "metadata", &self.crates) {
            let Some(span) = message.spans.iter().find(|span| span.is_primary) else { continue };
            let Some(name) = text.get(span.byte_start..span.byte_end) else { continue };
            let found = message.children.iter().find_map(|note| note.message.split("found ").nth(1));
            let found = found.or_else(|| span.label.as_ref().and_then(|label| label.split("found ").nth(1)));
            let of = match found.map(|found| found.split('`').nth(1).unwrap_or(found)) {
                Some("integer" | "{integer}") => "i32",
                Some("floating-point number" | "{float}") => "f64",
                Some(of) if !of.contains("closure") && !of.contains('@') => of,
                _ => continue,
            };
            types.insert(name.to_owned(), of.replace("{integer}", "i32").replace("{float}", "f64"));
        }
        types
    }
}

/// Writes a cell's files.
fn body_of(bench: &Bench, cell: &Body<'_>) -> (Source, Source) {
    let file = bench.cells().join(format!("cell [{}]", cell.count));
    let (start, inner) = body(cell, &file);
    bench.write(&inner.name, &inner.text);
    bench.write(&start.name, &start.text);
    bench.write("head.rs", &format!("{HEAD}{BODY_HEAD}include!({:?});\n", bench.cells().join("start")));
    (start, inner)
}

/// Whether what puts the variable back did not compile.
fn blames(messages: &[Message], sources: &[Source], name: &str) -> bool {
    let primary = messages.iter().flat_map(|message| message.spans.iter().filter(|span| span.is_primary));
    primary.into_iter().any(|span| {
        let source = sources.iter().find(|source| source.name == span.file_name);
        let origin = source.and_then(|source| source.map.at(span.byte_start));
        matches!(origin, Some((_, Origin::Take(taken))) if taken == name)
    })
}
