//! Cells that are wrong, as beginners type them: each error has its name, a place in the cell, and no word of generated code.
//!
//! `wrong-cells.txt` holds them; docs/wrong-cells.md shows what is said. After a change, with a look at what it does:
//! `DLNOTES_BLESS=1 cargo test -p dlnotes-eval --test wrong_cells`.

mod support;

use std::fmt::Write as _;
use std::path::Path;

use dlnotes_eval::Failure;
use dlnotes_eval::failure::without_colours;
use support::Notebook;
use support::told::internals;

/// A cell, what comes before it, and what is to be said.
#[derive(Default)]
struct Entry {
    group: String,
    /// The error's name, and its line.
    expect: String,
    before: Vec<String>,
    cell: String,
}

fn entries(text: &str) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    let mut group = "";
    for line in text.lines() {
        if let Some(expect) = line.strip_prefix("@ ") {
            let (group, expect) = (group.to_owned(), expect.to_owned());
            out.push(Entry { group, expect, ..Entry::default() });
        } else if let Some(name) =
            line.strip_prefix("# ").filter(|_| out.last().is_none_or(|entry| entry.cell.ends_with("\n\n")))
        {
            group = name;
        } else if let Some(entry) = out.last_mut() {
            match line.strip_prefix("> ").filter(|_| entry.cell.is_empty()) {
                Some("---") => entry.before.push(String::new()),
                Some(line) => {
                    if entry.before.is_empty() {
                        entry.before.push(String::new());
                    }
                    if let Some(before) = entry.before.last_mut() {
                        before.push_str(line);
                        before.push('\n');
                    }
                }
                None => {
                    entry.cell.push_str(line);
                    entry.cell.push('\n');
                }
            }
        }
    }
    for entry in &mut out {
        entry.cell.truncate(entry.cell.trim_end().len());
    }
    out
}

/// The failure's name, the line that it names, and its text.
fn told(failure: &Failure, count: usize) -> (String, String) {
    let text = without_colours(&failure.traceback.join("\n"));
    let place = text.split_once("--> cell [").and_then(|(_, rest)| rest.split_once("], line "));
    let place = place.map(|(cell, rest)| (cell.to_owned(), rest.split(',').next().unwrap_or_default().to_owned()));
    let line = match place {
        Some((cell, line)) if cell == count.to_string() => line,
        Some((cell, line)) => format!("[{cell}]:{line}"),
        None => "-".to_owned(),
    };
    (format!("{} {line}", failure.ename), text)
}

#[test]
fn every_wrong_cell_is_told_with_its_name_its_place_and_no_internals() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = folder.join("tests/wrong-cells.txt");
    let text = std::fs::read_to_string(&corpus).expect("the corpus");
    let only = std::env::var("DLNOTES_CELL").ok();
    let mut wrong = String::new();
    let mut blessed = text.clone();
    let mut page = HEAD.to_owned();
    let mut group = String::new();
    for entry in entries(&text) {
        if only.as_ref().is_some_and(|only| !entry.cell.contains(only.as_str())) {
            continue;
        }
        let mut session = Notebook::with_helper();
        for before in &entry.before {
            if let Err(failure) = session.evaluate(before) {
                let _ = writeln!(wrong, "{before:?} must work: {failure:?}");
            }
        }
        let count = entry.before.len() + 1;
        let (name, text) = match session.evaluate(&entry.cell) {
            Ok(()) => ("works 0".to_owned(), String::new()),
            Err(failure) => told(&failure, count),
        };
        if name != entry.expect {
            let _ = writeln!(wrong, "{:?}: {name} instead of {}\n{text}\n", entry.cell, entry.expect);
            let block = |expect: &str| format!("@ {expect}\n{}{}\n", before(&entry), entry.cell);
            blessed = blessed.replacen(&block(&entry.expect), &block(&name), 1);
        }
        // A process that is gone can't say where it was.
        if name.ends_with('-') && !name.starts_with("ChildDied") {
            let _ = writeln!(wrong, "{:?} has no place: {text}", entry.cell);
        }
        for word in internals(&text, &entry.cell) {
            let _ = writeln!(wrong, "{:?} says {word}: {text}", entry.cell);
        }
        if entry.group != group {
            group.clone_from(&entry.group);
            let _ = writeln!(page, "\n## {group}\n");
        }
        page += &section(&entry, &text);
    }
    if only.is_some() {
        println!("{page}");
        return;
    }
    let docs = folder.join("../../docs/wrong-cells.md");
    if std::env::var_os("DLNOTES_BLESS").is_some() {
        std::fs::write(&corpus, blessed).expect("the corpus");
        std::fs::write(&docs, &page).expect("the page");
    } else if std::fs::read_to_string(&docs).ok().as_deref() != Some(&page) {
        wrong += "docs/wrong-cells.md is stale; make it again with DLNOTES_BLESS=1";
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn before(entry: &Entry) -> String {
    let cells: Vec<String> =
        entry.before.iter().map(|cell| cell.lines().map(|line| format!("> {line}\n")).collect::<String>()).collect();
    cells.join("> ---\n")
}

const HEAD: &str = "# Wrong cells and what is said about them\n\nMade by `crates/dlnotes-eval/tests/wrong_cells.rs` from the cells in \
    `wrong-cells.txt` beside it.\n";

/// A cell and its message.
fn section(entry: &Entry, text: &str) -> String {
    let mut out = String::from("```text\n");
    for (index, cell) in entry.before.iter().enumerate() {
        let _ = writeln!(out, "// [{}]\n{}", index + 1, cell.trim_end());
    }
    if !entry.before.is_empty() {
        let _ = writeln!(out, "// [{}]", entry.before.len() + 1);
    }
    let _ = write!(out, "{}\n```\n```text\n{text}\n```\n\n", entry.cell);
    out
}
