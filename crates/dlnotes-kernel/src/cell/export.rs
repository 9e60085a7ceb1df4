//! `:export`: the session as a Cargo project.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use ra_ap_syntax::AstNode as _;
use ra_ap_syntax::ast::{self, HasName as _};

use super::source::body;
use crate::{Error, Result};

/// Writes the cells that ran as a program into `folder`, with the dependencies of `manifest`, evcxr's own.
pub fn export_project(folder: &Path, manifest: &Path, cells: &[String]) -> Result<()> {
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
    let file = source.join("main.rs");
    fs::write(&file, program(cells)).map_err(Error::file(&file))
}

/// One `main` with everything in it: statements in the order in which they ran, of an item that was defined again only
/// the last version.
fn program(cells: &[String]) -> String {
    let mut taken = HashSet::new();
    let mut kept = Vec::new();
    for cell in cells.iter().rev() {
        let Some(list) = body(cell) else { continue };
        let mut parts: Vec<String> = Vec::new();
        for statement in list.statements() {
            if name(&statement).is_none_or(|name| taken.insert(name)) {
                parts.push(statement.syntax().text().to_string());
            }
        }
        if let Some(value) = list.tail_expr() {
            parts.push(format!("let _ = {};", value.syntax().text()));
        }
        kept.push(parts.join("\n"));
    }
    kept.reverse();
    format!(
        "#![allow(unused)]\n\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{}\nOk(())\n}}\n",
        kept.join("\n\n")
    )
}

fn name(statement: &ast::Stmt) -> Option<String> {
    let ast::Stmt::Item(item) = statement else { return None };
    let name = match item {
        ast::Item::Const(i) => i.name(),
        ast::Item::Enum(i) => i.name(),
        ast::Item::Fn(i) => i.name(),
        ast::Item::MacroRules(i) => i.name(),
        ast::Item::Module(i) => i.name(),
        ast::Item::Static(i) => i.name(),
        ast::Item::Struct(i) => i.name(),
        ast::Item::Trait(i) => i.name(),
        ast::Item::TypeAlias(i) => i.name(),
        ast::Item::Union(i) => i.name(),
        // The same header twice is the same implementation, edited.
        ast::Item::Impl(i) => {
            let text = i.syntax().text().to_string();
            return Some(text.split('{').next().unwrap_or_default().split_whitespace().collect());
        }
        ast::Item::Use(i) => return Some(i.syntax().text().to_string()),
        _ => None,
    };
    name.map(|name| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn statements_stay_in_order_and_items_that_were_defined_again_appear_once() {
        let cells =
            ["fn f() -> i32 { 1 }\nlet a = f();", "fn f() -> i32 { 2 }\nlet b = f();", "a + b"].map(str::to_owned);
        let program = program(&cells);
        assert_eq!(program.matches("fn f()").count(), 1);
        assert!(program.contains("{ 2 }"));
        assert!(program.find("let a").unwrap() < program.find("let b").unwrap());
        assert!(program.contains("let _ = a + b;"));
    }
}
