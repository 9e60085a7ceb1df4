//! `:export`: the session as a Cargo project.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use ra_ap_syntax::AstNode as _;
use ra_ap_syntax::ast::{self, HasName as _};

use super::redefine::{Definitions, MARKER, mentions};
use super::source::body;
use crate::{Error, Result};

/// Writes the cells that ran as a program into `folder`, with the dependencies of `manifest`, evcxr's own.
pub fn export_project<'a>(folder: &Path, manifest: &Path, cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let source = folder.join("src");
    fs::create_dir_all(&source).map_err(Error::file(&source))?;
    let text = fs::read_to_string(manifest).map_err(Error::file(manifest))?;
    let dependencies = text.split("[dependencies]").nth(1).unwrap_or_default().trim();
    let cargo = format!(
        "[package]\nname = \"exported-notebook\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{dependencies}\n"
    );
    let file = folder.join("Cargo.toml");
    fs::write(&file, cargo).map_err(Error::file(&file))?;
    // The versions that the session had: cargo puts the program in the cells' place.
    let lock = manifest.with_file_name("Cargo.lock");
    if lock.is_file() {
        fs::copy(&lock, folder.join("Cargo.lock")).map_err(Error::file(&lock))?;
    }
    let file = source.join("main.rs");
    fs::write(&file, program(cells)).map_err(Error::file(&file))?;
    // A toolchain without rustfmt leaves the program as it is.
    let _ =
        Command::new("rustfmt").arg("--edition=2024").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(())
}

/// One `main` with everything in it: statements in the order in which they ran, and of an item that was defined again
/// only the last version. Where a cell changes a type, the rest stands in a block of its own: what ran before keeps the
/// old one.
fn program<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut definitions = Definitions::default();
    let mut blocks = vec![Block::default()];
    for cell in cells {
        let rewritten = definitions.rewrite(cell);
        if !rewritten.changed.is_empty() {
            blocks.push(Block::after(&blocks, &rewritten.changed));
        }
        definitions = rewritten.definitions;
        if let (Some(block), Some(list)) = (blocks.last_mut(), body(&rewritten.code)) {
            block.add(&list);
        }
    }
    let text: Vec<String> = blocks.iter().map(Block::text).collect();
    format!(
        "#![allow(unused)]\n\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{}\n{}Ok(())\n}}\n",
        text.join("\n{\n"),
        "}\n".repeat(blocks.len() - 1)
    )
}

/// What stands between two braces.
#[derive(Default)]
struct Block {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    /// What a later item of the same key takes the place of; statements have none.
    key: Option<String>,
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Statement,
    Type,
    Implementation,
    /// A function, a constant, a macro.
    Code,
    Import,
}

impl Block {
    /// Begins with those items of the blocks before it that mean something else now.
    fn after(before: &[Self], changed: &BTreeSet<String>) -> Self {
        let mut all = Self::default();
        for part in before.iter().flat_map(|block| &block.parts).filter(|part| part.kind != Kind::Statement) {
            all.put(part.clone());
        }
        let mut names = changed.clone();
        let mut parts = Vec::new();
        loop {
            let (again, rest) = all.parts.into_iter().partition::<Vec<_>, _>(|part| part.follows(changed, &names));
            all.parts = rest;
            if again.is_empty() {
                return Self { parts };
            }
            let code = again.iter().filter(|part| part.kind == Kind::Code);
            names.extend(code.filter_map(|part| part.key.clone()));
            parts.extend(again);
        }
    }

    fn add(&mut self, list: &ast::StmtList) {
        // The names that `Definitions::rewrite` has put in front of an implementation.
        let mut names = Vec::new();
        for statement in list.statements() {
            let text = statement.syntax().text().to_string();
            match &statement {
                ast::Stmt::Item(ast::Item::Const(item)) if name_of(item).starts_with(MARKER) => {
                    names.push(name_of(item))
                }
                ast::Stmt::Item(ast::Item::Impl(_)) => {
                    let name = names.pop();
                    self.parts.retain(|part| !part.key.as_ref().is_some_and(|key| names.contains(key)));
                    names.clear();
                    self.put(Part { key: name, kind: Kind::Implementation, text });
                }
                ast::Stmt::Item(ast::Item::Use(item)) => {
                    item.use_tree().iter().for_each(|tree| self.import(tree, String::new()));
                }
                ast::Stmt::Item(item) => {
                    let (kind, key) = item_name(item);
                    self.put(Part { key, kind, text });
                }
                _ => self.put(Part { key: None, kind: Kind::Statement, text }),
            }
        }
        if let Some(value) = list.tail_expr() {
            let text = format!("let _ = {};", value.syntax().text());
            self.put(Part { key: None, kind: Kind::Statement, text });
        }
    }

    /// Each name for itself: two cells may import the same one.
    fn import(&mut self, tree: &ast::UseTree, mut path: String) {
        if let Some(own) = tree.path() {
            path += if path.is_empty() { "" } else { "::" };
            path += &own.syntax().text().to_string();
        }
        if let Some(list) = tree.use_tree_list() {
            return list.use_trees().for_each(|tree| self.import(&tree, path.clone()));
        }
        let path = path.strip_suffix("::self").unwrap_or(&path);
        let (key, text) = if tree.star_token().is_some() {
            (format!("{path}::*"), format!("use {path}::*;"))
        } else if let Some(rename) = tree.rename() {
            let text = format!("use {path} {};", rename.syntax().text());
            // `as _` is no name.
            (rename.name().map_or_else(|| text.clone(), |name| name.to_string()), text)
        } else {
            (path.rsplit("::").next().unwrap_or(path).to_owned(), format!("use {path};"))
        };
        self.put(Part { key: Some(key), kind: Kind::Import, text });
    }

    /// In the place of what it replaces, if there is any: a macro has to stand before its uses.
    fn put(&mut self, part: Part) {
        let old = self.parts.iter().position(|old| part.key.is_some() && old.key == part.key);
        match old {
            Some(index) => self.parts[index] = part,
            None => self.parts.push(part),
        }
    }

    fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    /// Whether it means something else once the types `changed`, and with them the code called `names`, do.
    fn follows(&self, changed: &BTreeSet<String>, names: &BTreeSet<String>) -> bool {
        match self.kind {
            // Values of other types live on.
            Kind::Type => self.key.as_ref().is_some_and(|key| changed.contains(key)),
            // There is one for each type, in whatever block it stands.
            Kind::Implementation => mentions(self.text.split('{').next().unwrap_or_default(), changed),
            Kind::Code => mentions(&self.text, names),
            Kind::Statement | Kind::Import => false,
        }
    }
}

fn name_of(item: &impl ast::HasName) -> String {
    item.name().map(|name| name.to_string()).unwrap_or_default()
}

fn item_name(item: &ast::Item) -> (Kind, Option<String>) {
    let (kind, name) = match item {
        ast::Item::Enum(i) => (Kind::Type, i.name()),
        ast::Item::Struct(i) => (Kind::Type, i.name()),
        ast::Item::Trait(i) => (Kind::Type, i.name()),
        ast::Item::TypeAlias(i) => (Kind::Type, i.name()),
        ast::Item::Union(i) => (Kind::Type, i.name()),
        ast::Item::Const(i) => (Kind::Code, i.name()),
        ast::Item::Fn(i) => (Kind::Code, i.name()),
        ast::Item::MacroRules(i) => (Kind::Code, i.name()),
        ast::Item::Module(i) => (Kind::Code, i.name()),
        ast::Item::Static(i) => (Kind::Code, i.name()),
        _ => (Kind::Code, None),
    };
    (kind, name.map(|name| name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn statements_stay_in_order_and_items_that_were_defined_again_appear_once() {
        let program = program(["fn f() -> i32 { 1 }\nlet a = f();", "fn f() -> i32 { 2 }\nlet b = f();", "a + b"]);
        assert_eq!(program.matches("fn f()").count(), 1);
        assert!(program.contains("{ 2 }"));
        assert!(program.find("let a").unwrap() < program.find("let b").unwrap());
        assert!(program.contains("let _ = a + b;"));
    }

    #[test]
    fn implementations_stay_side_by_side_or_replace_each_other_as_in_the_session() {
        let cells = ["struct A;", "impl A { fn a(&self) -> i32 { 1 } }", "impl A { fn b(&self) {} }"];
        let side_by_side = program(cells);
        assert_eq!(side_by_side.matches("impl A").count(), 2);
        assert!(!side_by_side.contains(super::MARKER));
        let merged = program(cells.into_iter().chain(["impl A { fn a(&self) -> i32 { 2 } fn b(&self) {} }"]));
        assert_eq!(merged.matches("impl A").count(), 1);
        assert!(merged.contains("{ 2 }"));
    }

    #[test]
    fn each_name_is_imported_once() {
        let program = program([
            "use std::collections::{HashMap, self};",
            "use std::{collections::{BTreeMap as Map, HashMap}, fmt::Write as _};\nuse std::io::*;",
        ]);
        let imports: Vec<&str> = program.lines().filter(|line| line.starts_with("use ")).collect();
        assert_eq!(
            imports,
            [
                "use std::collections::HashMap;",
                "use std::collections;",
                "use std::collections::BTreeMap as Map;",
                "use std::fmt::Write as _;",
                "use std::io::*;"
            ]
        );
    }

    #[test]
    fn what_ran_before_a_type_was_changed_keeps_the_old_one() {
        let program = program([
            "struct P { x: f64 }\nstruct Other;\nimpl P { fn new(x: f64) -> P { P { x } } }",
            "fn show(p: &P) -> f64 { p.x }\nfn twice(p: &P) -> f64 { 2.0 * show(p) }\nfn alone() {}",
            "let p = P::new(1.0);\nlet other = Other;\nshow(&p)",
            "struct P { x: f64, y: f64 }\nimpl P { fn new(x: f64) -> P { P { x, y: 0.0 } } }",
            "let p = P::new(2.0);\ntwice(&p) + p.y",
        ]);
        let (old, new) = program.split_once("\n{\n").unwrap();
        assert!(old.contains("struct P { x: f64 }") && old.contains("let _ = show(&p);"));
        assert!(new.contains("struct P { x: f64, y: f64 }") && !new.contains("struct P { x: f64 }"));
        for (text, count) in [("fn show", 1), ("fn twice", 1), ("impl P", 1), ("fn alone", 0), ("struct Other", 0)] {
            assert_eq!((old.matches(text).count(), new.matches(text).count()), (1, count), "{text}");
        }
        assert_eq!(program.matches('{').count(), program.matches('}').count());
    }
}
