//! Cells that work, from what the project has: notebooks, the examples in the documentation, and the cells of other tests.

use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};

/// Cells of one session, in their order.
pub(crate) struct Script {
    /// Where it is from.
    pub(crate) name: String,
    /// The cells; each of them works behind those before it.
    pub(crate) cells: Vec<String>,
}

/// What to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What runs quickly.
    Quick,
    /// All of it, with notebooks that train for a while.
    All,
}

/// All scripts; the helper crate's prelude is there in each.
pub(crate) fn scripts(extent: Extent) -> Vec<Script> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut scripts = tested(&project);
    scripts.extend(files(&project.join("crates/dlnotes/src"), "rs").iter().flat_map(|file| examples(file)));
    if extent == Extent::All {
        scripts.extend(files(&project.join("notebooks"), "ipynb").iter().filter_map(|file| notebook(file)));
    }
    scripts
}

/// The files below a folder, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry, extension));
        } else if entry.extension().is_some_and(|other| other == extension) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The examples in a file's documentation, without what they hide and check for a reader.
fn examples(file: &Path) -> Vec<Script> {
    let text = read(file);
    let mut scripts = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let Some(line) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            open = None;
            continue;
        };
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((number + 1, matches!(info, "" | "rust"), String::new())),
            (Some(_), Some(_)) => {
                if let Some((number, true, code)) = open.take() {
                    let name = format!("{}:{number}", file.file_name().expect("a name").display());
                    scripts.push(Script { name, cells: vec![code] });
                }
            }
            (None, Some((_, _, code))) => {
                let shown = match line.strip_prefix('#') {
                    Some("") => "",
                    Some(hidden) if hidden.starts_with(' ') => &hidden[1..],
                    _ => line,
                };
                // It is the notebook's already.
                if shown != "use dlnotes::prelude::*;" {
                    *code += shown;
                    *code += "\n";
                }
            }
            (None, None) => {}
        }
    }
    // A crate that the examples have is none of a cell's.
    scripts.retain(|script| !script.cells.iter().any(|cell| cell.contains("use ndarray")));
    scripts
}

/// The code cells of a notebook, if all of them are meant to work.
fn notebook(file: &Path) -> Option<Script> {
    let parsed: serde_json::Value = serde_json::from_str(&read(file)).expect("a notebook is JSON");
    let code = |cell: &serde_json::Value| -> Option<String> {
        (cell["cell_type"] == "code").then(|| cell["source"].as_array()?.iter().map(|line| line.as_str()).collect())?
    };
    let cells = parsed["cells"].as_array()?;
    let fails = |cell: &serde_json::Value| cell["metadata"]["tags"].to_string().contains("raises-exception");
    let cells = cells.iter().take_while(|cell| !fails(cell)).filter_map(code).collect();
    Some(Script { name: file.file_name()?.display().to_string(), cells })
}

/// What the tests of sessions run and expect to work, a script for each test.
fn tested(project: &Path) -> Vec<Script> {
    let folder = project.join("crates/dlnotes-eval/tests/session");
    let mut scripts = Vec::new();
    for name in ["items.rs", "variables.rs", "kinds.rs"] {
        let file = syn::parse_file(&read(&folder.join(name))).expect("a test parses");
        for item in file.items {
            match item {
                syn::Item::Fn(test) if !test.attrs.is_empty() => {
                    let mut calls = Calls::default();
                    calls.visit_item_fn(&test);
                    scripts.push(Script { name: format!("{name}, {}", test.sig.ident), cells: calls.cells });
                }
                // A table of cells: in each row a definition and what uses it, and before them the items.
                syn::Item::Const(table) => {
                    let mut rows = Rows { rows: Vec::new(), is_table: false };
                    rows.visit_expr(&table.expr);
                    for mut row in rows.rows {
                        let has_items = row.len() > 2;
                        row.rotate_right(usize::from(has_items));
                        scripts.push(Script { name: format!("{name}, {}", table.ident), cells: row });
                    }
                }
                _ => {}
            }
        }
    }
    scripts.retain(|script| !script.cells.is_empty());
    scripts
}

/// The texts that `notebook.ok` and `notebook.shows` are given, until one that is made up at run time.
#[derive(Default)]
struct Calls {
    cells: Vec<String>,
    ended: bool,
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        if call.method == "ok" || call.method == "shows" {
            let code = call.args.first().and_then(text);
            self.ended |= code.is_none();
            self.cells.extend(code.filter(|_| !self.ended));
        }
    }

    /// `assert!(notebook.ok(…).contains(…))`.
    fn visit_macro(&mut self, used: &'ast syn::Macro) {
        let arguments = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        for argument in used.parse_body_with(arguments).into_iter().flatten() {
            let mut inside = Calls { ended: self.ended, ..Calls::default() };
            inside.visit_expr(&argument);
            self.cells.append(&mut inside.cells);
            self.ended = inside.ended;
        }
    }
}

/// Arrays of nothing but texts, within another array.
struct Rows {
    rows: Vec<Vec<String>>,
    is_table: bool,
}

impl<'ast> Visit<'ast> for Rows {
    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        let is_row = std::mem::replace(&mut self.is_table, true);
        match array.elems.iter().map(text).collect::<Option<Vec<String>>>() {
            Some(row) if is_row && row.len() > 1 => self.rows.push(row),
            _ => visit::visit_expr_array(self, array),
        }
    }
}

fn text(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
