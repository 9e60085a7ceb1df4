//! Cells through rustc as the evaluator has them compiled, but only checked and not run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use dlnotes_eval::Failure;
use dlnotes_eval::compile::message::Message;
use dlnotes_eval::generate::{Map, Origin, Source};
use dlnotes_eval::report::{Facts, Gone, Loss, Why, compile_failure, moved_or_borrowed};
use syn::spanned::Spanned;

const FALLBACK: &str = "mod __k { pub trait Fallback { fn evcxr_display(&self); } \
     impl<T: ::std::fmt::Debug + ?Sized> Fallback for &T { fn evcxr_display(&self) { println!(\"{:?}\", self) } } } \
     use __k::Fallback as _; ";

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
        let status = Command::new(&rustc)
            .args(["--edition=2024", "--crate-type=rlib", "--crate-name=dlnotes_display", "-Awarnings"])
            .arg(source)
            .arg("--out-dir")
            .arg(folder.path())
            .status();
        assert!(status.expect("rustc").success());
        Self { folder, rustc }
    }
}

/// A session: what its cells have defined.
pub struct Session<'a> {
    bench: &'a Bench,
    count: usize,
    items: Vec<String>,
    uses: String,
    variables: Vec<(String, String, bool)>,
    facts: Facts,
}

#[derive(Default)]
struct Split {
    items: Vec<(std::ops::Range<usize>, Vec<usize>)>,
    names: Vec<String>,
    value: Option<std::ops::Range<usize>>,
    lets: Vec<(String, bool)>,
}

impl<'a> Session<'a> {
    pub fn new(bench: &'a Bench) -> Self {
        let facts = Facts::default();
        Self { bench, count: 0, items: Vec::new(), uses: String::new(), variables: Vec::new(), facts }
    }

    /// Checks a cell, and remembers what it defines.
    pub fn run(&mut self, cell: &str) -> Result<(), Failure> {
        self.count += 1;
        let count = self.count;
        if proc_macro2::TokenStream::from_str(cell).is_err() {
            return self.check(&self.source(vec![(cell, Origin::Cell(0))], cell), &format!("cell_{count}")).map(drop);
        }
        let Some(split) = split(cell) else {
            let head = format!("{}pub fn cell() {{ ", self.head());
            let parts = vec![(head.as_str(), Origin::Generated), (cell, Origin::Cell(0)), ("\n}", Origin::Generated)];
            return self.check(&self.source(parts, cell), &format!("cell_{count}")).map(drop);
        };
        let before = (self.items.clone(), self.uses.clone(), self.facts.clone());
        let result = self.items(cell, &split).and_then(|()| self.statements(cell, &split));
        if result.is_err() {
            (self.items, self.uses, self.facts) = before;
        }
        result
    }

    fn head(&self) -> String {
        format!("#![allow(warnings)] extern crate dlnotes_display; {FALLBACK}{}", self.uses)
    }

    fn source(&self, parts: Vec<(&str, Origin)>, cell: &str) -> Source {
        let (mut text, mut map) = (String::new(), Map::default());
        for (part, origin) in parts {
            text += part;
            map.push(part.len(), origin);
        }
        Source { name: format!("cell [{}]", self.count), count: self.count, cell: cell.to_owned(), text, map }
    }

    /// `Ok` with nothing wrong; the messages that say which variables can't be kept otherwise.
    fn check(&self, source: &Source, name: &str) -> Result<(), Failure> {
        let messages = self.rustc(source, name);
        if messages.is_empty() { Ok(()) } else { Err(self.failure(&messages, source)) }
    }

    fn failure(&self, messages: &[Message], source: &Source) -> Failure {
        compile_failure(messages, std::slice::from_ref(source), self.count, &self.facts)
    }

    /// rustc's errors.
    fn rustc(&self, source: &Source, name: &str) -> Vec<Message> {
        let folder = self.bench.folder.path().join("cells");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(&source.name), &source.text).expect("a file");
        let mut command = Command::new(&self.bench.rustc);
        command.arg(folder.join(&source.name)).arg("--crate-name").arg(name).args([
            "--edition=2024",
            "--crate-type=lib",
            "--error-format=json",
            if name == "cell_now" { "--emit=mir" } else { "--emit=link" },
            "--cap-lints=deny",
        ]);
        command.arg("--out-dir").arg(self.bench.folder.path()).arg("-L").arg(self.bench.folder.path());
        command.arg("--remap-path-prefix").arg(format!("{}/=", folder.display()));
        for item in &self.items {
            command.arg("--extern").arg(item);
        }
        let output = command.output().expect("rustc");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let messages = text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
        let errors: Vec<Message> = messages.filter(|message| message.level.starts_with("error")).collect();
        assert!(output.status.success() || !errors.is_empty(), "{text}");
        errors
    }

    fn items(&mut self, cell: &str, split: &Split) -> Result<(), Failure> {
        if split.items.is_empty() {
            return Ok(());
        }
        let count = self.count;
        let head = format!("{}pub mod c{count} {{ use super::*; ", self.head());
        let mut parts = vec![(head.as_str(), Origin::Generated)];
        let blanks: String = cell.chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
        let blank = |range: std::ops::Range<usize>| -> String {
            cell[range]
                .chars()
                .flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8()))
                .collect()
        };
        let _ = blanks;
        let mut texts: Vec<(String, Origin)> = Vec::new();
        let mut at = 0;
        for (range, publish) in &split.items {
            texts.push((blank(at..range.start), Origin::Generated));
            let mut from = range.start;
            for place in publish {
                texts.push((cell[from..*place].to_owned(), Origin::Cell(from)));
                texts.push(("pub ".to_owned(), Origin::Generated));
                from = *place;
            }
            texts.push((cell[from..range.end].to_owned(), Origin::Cell(from)));
            at = range.end;
        }
        parts.extend(texts.iter().map(|(text, origin)| (text.as_str(), origin.clone())));
        parts.push(("\n} ", Origin::Generated));
        let source = self.source(parts, cell);
        let name = format!("it{count}");
        self.check(&source, &name)?;
        self.items.push(name.clone());
        // A new item takes the place of the old one.
        self.uses = self
            .uses
            .split_inclusive(';')
            .filter(|import| !split.names.iter().any(|name| import.contains(&format!("::{name};"))))
            .collect();
        for item in &split.names {
            self.uses += &format!("use {name}::c{count}::{item};");
            self.facts.items.insert(item.clone(), count);
        }
        if split.names.is_empty() {
            self.uses += &format!("use {name}::c{count}::*;");
        }
        Ok(())
    }

    fn statements(&mut self, cell: &str, split: &Split) -> Result<(), Failure> {
        let mut kept: Vec<(String, bool)> = split.lets.clone();
        let mut back: Vec<String> = self.variables.iter().map(|v| v.0.clone()).collect();
        let mut borrows = None;
        loop {
            let source = self.body(cell, split, &kept, &back, false);
            let messages = self.rustc(&source, "cell_now");
            if messages.is_empty() {
                if let Some(failure) = borrows {
                    return Err(failure);
                }
                break;
            }
            let without = moved_or_borrowed(&messages, std::slice::from_ref(&source));
            let put_back: Vec<String> = messages
                .iter()
                .flat_map(|message| message.spans.iter().filter(|span| span.is_primary))
                .filter_map(|span| match source.map.at(span.byte_start) {
                    Some((_, Origin::Take(name))) => Some(name.clone()),
                    _ => None,
                })
                .collect();
            if without.is_empty() && put_back.is_empty() || without.iter().any(|(_, why)| *why == Why::TypeUnknown) {
                return Err(self.failure(&messages, &source));
            }
            // Without what borrows, rustc says what it would in a program.
            if without.iter().any(|(_, why)| matches!(why, Why::Borrows(_))) && borrows.is_none() {
                borrows = Some(self.failure(&messages, &source));
            }
            back.retain(|name| !put_back.contains(name));
            for name in &put_back {
                self.facts.gone.insert(name.clone(), Gone { cell: self.count, why: Loss::Moved });
            }
            for (name, _) in &without {
                if back.contains(name) || kept.iter().any(|(kept, _)| kept == name) {
                    self.facts.gone.insert(name.clone(), Gone { cell: self.count, why: Loss::Moved });
                }
                back.retain(|back| back != name);
                kept.retain(|(kept, _)| kept != name);
            }
        }
        self.variables.retain(|(name, ..)| back.contains(name) && !kept.iter().any(|(kept, _)| kept == name));
        if !kept.is_empty() {
            let types = self.types(cell, split, &kept, &back);
            for (name, mutable) in kept {
                if let Some(of) = types.get(&name) {
                    self.variables.push((name, of.clone(), mutable));
                }
            }
        }
        self.facts.variables = self.variables.iter().map(|(name, of, _)| (name.clone(), of.clone())).collect();
        let there: Vec<&String> = self.facts.variables.keys().collect();
        self.facts.gone.retain(|name, _| !there.contains(&name));
        Ok(())
    }

    fn body(&self, cell: &str, split: &Split, kept: &[(String, bool)], back: &[String], types: bool) -> Source {
        let head = format!(
            "{}#[unsafe(no_mangle)] pub fn cell(__frame: &mut ::dlnotes_display::cell::Frame<'_>) {{ ",
            self.head()
        );
        let mut texts: Vec<(String, Origin)> = vec![(head, Origin::Generated)];
        for (index, (name, of, mutable)) in self.variables.iter().enumerate() {
            let mutable = if *mutable { "mut " } else { "" };
            let text = format!("let {mutable}{name}: {of} = __frame.take::<{of}>({index}); ");
            texts.push((text, Origin::Take(name.clone())));
        }
        let run = "__frame.run(|__keeper| -> ::std::result::Result<(), ::dlnotes_display::cell::Left> { ";
        texts.push((run.to_owned(), Origin::Generated));
        let hidden = split.items.iter().map(|(range, _)| range).chain(&split.value);
        let mut at = 0;
        for range in hidden {
            texts.push((cell[at..range.start].to_owned(), Origin::Cell(at)));
            let blank = cell[range.clone()].chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
            texts.push((blank, Origin::Generated));
            at = range.end;
        }
        texts.push((cell[at..].to_owned(), Origin::Cell(at)));
        texts.push(("\n".to_owned(), Origin::Generated));
        if let Some(value) = &split.value {
            texts.push(("(&(".to_owned(), Origin::Value(value.clone())));
            texts.push((cell[value.clone()].to_owned(), Origin::Cell(value.start)));
            texts.push((")).evcxr_display(); ".to_owned(), Origin::Value(value.clone())));
        }
        for (name, _) in kept {
            let text = if types {
                format!("{{ let _: __T = {name}; }}")
            } else {
                format!("__keeper.keep(\"{name}\", {name}); ")
            };
            texts.push((text, Origin::Keep(name.clone())));
        }
        texts.push(("Ok(()) }); ".to_owned(), Origin::Generated));
        for (index, (name, ..)) in self.variables.iter().enumerate().filter(|(_, variable)| back.contains(&variable.0))
        {
            texts.push((format!("__frame.put_back({index}, {name}); "), Origin::Take(name.clone())));
        }
        texts.push(((if types { "} struct __T;" } else { "}" }).to_owned(), Origin::Generated));
        self.source(texts.iter().map(|(text, origin)| (text.as_str(), origin.clone())).collect(), cell)
    }

    /// The types of variables, which rustc tells when another one is expected.
    fn types(&self, cell: &str, split: &Split, kept: &[(String, bool)], back: &[String]) -> BTreeMap<String, String> {
        let source = self.body(cell, split, kept, back, true);
        let messages = self.rustc(&source, "cell_now");
        let mut types = BTreeMap::new();
        for message in messages.iter().filter(|message| message.message == "mismatched types") {
            let Some(span) = message.spans.iter().find(|span| span.is_primary) else { continue };
            let Some((_, Origin::Keep(name))) = source.map.at(span.byte_start) else { continue };
            let found = message.children.iter().find_map(|note| note.message.split("found ").nth(1));
            let found = found.or_else(|| span.label.as_ref().and_then(|label| label.split("found ").nth(1)));
            let of = match found.map(|found| found.split('`').nth(1).unwrap_or(found)) {
                Some("integer" | "{integer}") => "i32",
                Some("floating-point number" | "{float}") => "f64",
                Some(of) if !of.contains("closure") && !of.contains('@') => of,
                _ => continue,
            };
            types.insert(name.clone(), of.replace("{integer}", "i32").replace("{float}", "f64"));
        }
        types
    }
}

fn split(cell: &str) -> Option<Split> {
    let text = format!("{{\n{cell}\n}}");
    let block: syn::Block = syn::parse_str(&text).ok()?;
    let mut out = Split::default();
    let count = block.stmts.len();
    for (index, statement) in block.stmts.iter().enumerate() {
        let range = statement.span().byte_range();
        let range = range.start - 2..range.end - 2;
        match statement {
            syn::Stmt::Item(item) => {
                let mut places = Vec::new();
                publish(item, &mut places, &mut out.names);
                out.items.push((range, places));
            }
            syn::Stmt::Local(local) => names(&local.pat, &mut out.lets),
            syn::Stmt::Expr(_, None) if index + 1 == count => out.value = Some(range),
            syn::Stmt::Macro(mac) if index + 1 == count && mac.semi_token.is_none() => out.value = Some(range),
            _ => {}
        }
    }
    Some(out)
}

/// Where `pub ` is to be written.
fn publish(item: &syn::Item, places: &mut Vec<usize>, items: &mut Vec<String>) {
    let mut at = |vis: &syn::Visibility, span: proc_macro2::Span| {
        if matches!(vis, syn::Visibility::Inherited) {
            places.push(span.byte_range().start - 2);
        }
    };
    match item {
        syn::Item::Fn(item) => {
            at(&item.vis, item.sig.span());
            items.push(item.sig.ident.to_string());
        }
        syn::Item::Struct(item) => {
            at(&item.vis, item.struct_token.span);
            items.push(item.ident.to_string());
            for field in &item.fields {
                at(&field.vis, field.ident.as_ref().map_or(field.ty.span(), |ident| ident.span()));
            }
        }
        syn::Item::Enum(item) => {
            at(&item.vis, item.enum_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Const(item) => {
            at(&item.vis, item.const_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Static(item) => {
            at(&item.vis, item.static_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Trait(item) => {
            at(&item.vis, item.trait_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Type(item) => {
            at(&item.vis, item.type_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Mod(item) => {
            at(&item.vis, item.mod_token.span);
            items.push(item.ident.to_string());
        }
        syn::Item::Use(item) => at(&item.vis, item.use_token.span),
        _ => {}
    }
}

fn names(pattern: &syn::Pat, out: &mut Vec<(String, bool)>) {
    struct Names<'a>(&'a mut Vec<(String, bool)>);
    impl<'ast> syn::visit::Visit<'ast> for Names<'_> {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            let name = pattern.ident.to_string();
            self.0.retain(|(known, _)| *known != name);
            if name.starts_with(|c: char| c.is_lowercase() || c == '_') {
                self.0.push((name, pattern.mutability.is_some()));
            }
        }
    }
    syn::visit::Visit::visit_pat(&mut Names(out), pattern);
}
