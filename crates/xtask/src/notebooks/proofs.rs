//! A notebook's proofs: assertions that run beside its cells and that no reader sees, from `notebooks/proofs/NAME.rs`.
//!
//! Each section of the file names the cell after which it runs. It becomes a code cell of a copy of the notebook, inside
//! a closure: it sees the notebook's variables, and leaves the cells that follow neither variables nor other random
//! numbers. Before each assertion the cell prints the line where it stands, so that what ran is counted, and what failed
//! has a name, on every kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use regex_lite::Regex;
use serde_json::{Value, json};

use super::editions;
use super::file::{code_cells, joined, split};
use crate::project::Project;

/// What begins a section; the id of a cell follows.
const AFTER: &str = "//@ after: ";
/// What a proof's cell prints before an assertion; its line follows.
const AT: &str = "assertion in line ";
/// Where a proof's cell says, in its metadata, that it is one.
const MARK: &str = "proof";

static ASSERTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(debug_)?assert(_eq|_ne)?!").expect("valid"));
static COLOUR: LazyLock<Regex> = LazyLock::new(|| Regex::new("\u{1b}\\[[0-9;]*m").expect("valid"));

/// The proofs of one notebook.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    /// The file that they are from, as messages name it.
    file: String,
    sections: Vec<Section>,
}

/// What runs after one cell.
#[derive(Debug)]
struct Section {
    /// The id of the cell.
    after: String,
    /// The line of the file that its first line is.
    first: usize,
    lines: Vec<String>,
}

/// The file with the proofs of a notebook, whichever its edition; it need not exist.
pub(crate) fn file_of(notebook: &Path) -> PathBuf {
    let english = editions::english_of(notebook);
    let name = english.with_extension("rs");
    english.with_file_name("proofs").join(name.file_name().unwrap_or_default())
}

/// Whether a reader's code asserts something.
pub(crate) fn asserts(code: &str) -> bool {
    ASSERTION.is_match(code)
}

impl Proofs {
    /// The proofs of the notebook `path`; none if it has no file of them.
    pub(crate) fn of(project: &Project, path: &Path) -> Result<Self> {
        let file = file_of(path);
        if !file.is_file() {
            return Ok(Self::default());
        }
        let name = file.strip_prefix(&project.root).unwrap_or(&file).display().to_string();
        Self::parse(name, &fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?)
    }

    fn parse(file: String, text: &str) -> Result<Self> {
        let mut sections: Vec<Section> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            if let Some(after) = line.strip_prefix(AFTER) {
                let after = after.trim().to_owned();
                ensure!(
                    sections.iter().all(|section| section.after != after),
                    "{file}:{number}: a second section for cell {after:?}"
                );
                sections.push(Section { after, first: number + 1, lines: Vec::new() });
                continue;
            }
            ensure!(!line.starts_with("//@"), "{file}:{number}: a section begins with `{AFTER}` and the id of a cell");
            let code = line.trim_start();
            let is_comment = code.starts_with("//");
            ensure!(
                is_comment || !asserts(line) || ASSERTION.find(code).is_some_and(|found| found.start() == 0),
                "{file}:{number}: an assertion begins its line, so that it can be counted"
            );
            match sections.last_mut() {
                Some(section) => section.lines.push(line.to_owned()),
                None => ensure!(code.is_empty() || is_comment, "{file}:{number}: stands before the first section"),
            }
        }
        for section in &sections {
            ensure!(
                section.assertions().next().is_some(),
                "{file}:{}: the section for cell {:?} asserts nothing",
                section.first - 1,
                section.after
            );
        }
        Ok(Self { file, sections })
    }

    /// One line for each section whose cell `notebook` doesn't have.
    pub(crate) fn without_cell(&self, notebook: &Value) -> Vec<String> {
        let has = |id: &str| code_cells(notebook).any(|cell| cell["id"] == id);
        let lost = self.sections.iter().filter(|section| !has(&section.after));
        lost.map(|section| {
            format!("{}:{}: the notebook has no code cell {:?}", self.file, section.first - 1, section.after)
        })
        .collect()
    }

    /// Puts each section into `notebook`, as a cell behind its own.
    pub(super) fn insert(&self, notebook: &mut Value) -> Result<()> {
        let lost = self.without_cell(notebook);
        ensure!(lost.is_empty(), "{}", lost.join("\n"));
        let Some(cells) = notebook["cells"].as_array_mut() else { return Ok(()) };
        for section in &self.sections {
            let at = cells.iter().position(|cell| cell["id"] == section.after.as_str());
            cells.insert(at.context("the cell was there")? + 1, section.cell());
        }
        Ok(())
    }

    /// Takes the proofs out of an executed notebook again. Returns how many assertions ran; fails at one that didn't hold
    /// or didn't run.
    pub(super) fn remove(&self, executed: &mut Value) -> Result<usize> {
        let Some(cells) = executed["cells"].as_array_mut() else { return Ok(0) };
        let mut ran = 0;
        for section in &self.sections {
            let is_it = |cell: &Value| cell["metadata"][MARK] == section.after.as_str();
            let at = cells.iter().position(is_it).context("a proof's cell is gone")?;
            ran += section
                .passed(&cells.remove(at))
                .with_context(|| format!("{}, which runs after cell {:?}", self.file, section.after))?;
        }
        Ok(ran)
    }

    /// Why an execution ended early, if it was a proof that failed; one that held, or wasn't reached, isn't the reason.
    pub(super) fn failure(&self, executed: &Value) -> Option<anyhow::Error> {
        let failed =
            code_cells(executed).find(|cell| !cell["metadata"][MARK].is_null() && complaint(cell).is_some())?;
        let section = self.sections.iter().find(|section| failed["metadata"][MARK] == section.after.as_str())?;
        let error = section.passed(failed).err()?;
        Some(error.context(format!("{}, which runs after cell {:?}", self.file, section.after)))
    }
}

impl Section {
    /// The lines that assertions begin, by their numbers in the file.
    fn assertions(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.lines.iter().enumerate().map(|(index, line)| (self.first + index, line.trim()));
        numbered.filter(|(_, line)| asserts(line) && !line.starts_with("//"))
    }

    /// The cell that runs it: a closure with random numbers of its own, so that cells get from it neither variables nor
    /// other numbers.
    fn cell(&self) -> Value {
        let mut code = String::from("with_stream(0, 0, || {\n");
        for (index, line) in self.lines.iter().enumerate() {
            if self.assertions().any(|(number, _)| number == self.first + index) {
                code.push_str(&format!("println!(\"{AT}{}\"); ", self.first + index));
            }
            code.push_str(line);
            code.push('\n');
        }
        code.push_str("});");
        json!({
            "cell_type": "code", "id": format!("proof-{}", self.after), "metadata": {MARK: self.after},
            "source": split(&code), "outputs": [], "execution_count": null,
        })
    }

    /// How many assertions of its executed cell ran, if all did and held.
    fn passed(&self, cell: &Value) -> Result<usize> {
        let printed: String =
            outputs(cell).filter(|output| output["name"] == "stdout").map(|o| joined(&o["text"])).collect();
        let reached: Vec<usize> =
            printed.lines().filter_map(|line| line.strip_prefix(AT)?.trim().parse().ok()).collect();
        let all: Vec<(usize, &str)> = self.assertions().collect();
        if let Some(complaint) = complaint(cell) {
            match all.iter().find(|(line, _)| Some(line) == reached.last()) {
                Some((line, code)) => bail!("line {line} doesn't hold: {code}\n{complaint}"),
                None => bail!("line {} and the lines below it didn't run:\n{complaint}", self.first),
            }
        }
        match all.iter().find(|(line, _)| !reached.contains(line)) {
            Some((line, code)) => bail!("line {line} wasn't reached: {code}"),
            None => Ok(all.len()),
        }
    }
}

/// What went wrong in a cell, in the kernel's words. (The stock kernel reports a panic as words and the cell as a success.)
fn complaint(cell: &Value) -> Option<String> {
    outputs(cell).find_map(|output| match output["output_type"].as_str()? {
        "error" => Some(traceback(output)),
        "stream" if output["name"] == "stderr" => {
            Some(joined(&output["text"])).filter(|text| text.contains(" panicked at "))
        }
        _ => None,
    })
}

/// An error's traceback, without colours; where it has none, its message.
fn traceback(error: &Value) -> String {
    let lines: Vec<&str> = error["traceback"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if lines.is_empty() { joined(&error["evalue"]) } else { COLOUR.replace_all(&lines.join("\n"), "").into_owned() }
}

fn outputs(cell: &Value) -> impl Iterator<Item = &Value> {
    cell["outputs"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Numbers.\n\n//@ after: sum\n// of both\nlet both = a + b;\nassert_eq!(both, 3);\n\n\
                        //@ after: show\nfor n in [a, b] {\n    assert!(n > 0);\n}\n";

    fn proofs() -> Proofs {
        Proofs::parse("proofs/00.rs".to_owned(), TEXT).unwrap()
    }

    fn notebook() -> Value {
        json!({"cells": [
            {"cell_type": "code", "id": "sum", "source": "a + b", "metadata": {}, "outputs": []},
            {"cell_type": "markdown", "id": "text", "source": "text", "metadata": {}},
            {"cell_type": "code", "id": "show", "source": "a", "metadata": {}, "outputs": []},
        ]})
    }

    fn prints(text: &str) -> Value {
        json!([{"output_type": "stream", "name": "stdout", "text": text}])
    }

    /// A notebook with its proofs, which printed and showed `outputs`.
    fn executed(outputs: [Value; 2]) -> Value {
        let mut with = notebook();
        proofs().insert(&mut with).unwrap();
        for (place, outputs) in [1, 4].into_iter().zip(outputs) {
            with["cells"][place]["outputs"] = outputs;
        }
        with
    }

    #[test]
    fn a_section_is_a_cell_behind_its_own() {
        let with = executed([json!([]), json!([])]);
        let ids: Vec<_> = with["cells"].as_array().unwrap().iter().map(|cell| cell["id"].clone()).collect();
        assert_eq!(ids, ["sum", "proof-sum", "text", "show", "proof-show"]);
        assert_eq!(
            joined(&with["cells"][1]["source"]),
            "with_stream(0, 0, || {\n// of both\nlet both = a + b;\n\
             println!(\"assertion in line 6\"); assert_eq!(both, 3);\n\n});"
        );
    }

    #[test]
    fn what_ran_is_counted_and_leaves_the_notebook_as_it_was() {
        let mut with =
            executed([prints("assertion in line 6\n"), prints("assertion in line 10\nassertion in line 10\n")]);
        assert_eq!(proofs().remove(&mut with).unwrap(), 2);
        assert_eq!(with, notebook());
    }

    #[test]
    fn what_failed_is_named() {
        let panic = json!([
            {"output_type": "stream", "name": "stdout", "text": "assertion in line 6\n"},
            {"output_type": "error", "evalue": "left", "traceback": ["\u{1b}[1;31mPanic\u{1b}[0m: left", "right"]},
        ]);
        let expected = "proofs/00.rs, which runs after cell \"sum\": line 6 doesn't hold: assert_eq!(both, 3);\nPanic: left\nright";
        let with = executed([panic, json!([])]);
        assert_eq!(format!("{:#}", proofs().failure(&with).unwrap()), expected);
        assert_eq!(format!("{:#}", proofs().remove(&mut with.clone()).unwrap_err()), expected);
        assert!(proofs().failure(&executed([json!([]), json!([])])).is_none());
        // The stock kernel's way.
        let words = json!([
            {"output_type": "stream", "name": "stderr", "text": "thread 'x' panicked at src/lib.rs:1:1:\nno"},
        ]);
        let error = proofs().remove(&mut executed([words, json!([])])).unwrap_err();
        assert!(format!("{error:#}").contains("line 4 and the lines below it didn't run"), "{error:#}");
    }

    #[test]
    fn an_assertion_that_never_ran_is_a_failure() {
        let mut with = executed([prints("assertion in line 6\n"), json!([])]);
        let error = proofs().remove(&mut with).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "proofs/00.rs, which runs after cell \"show\": line 10 wasn't reached: assert!(n > 0);"
        );
    }

    #[test]
    fn a_section_without_its_cell_is_an_error() {
        let mut other = notebook();
        other["cells"][0]["id"] = json!("total");
        assert_eq!(proofs().without_cell(&other), ["proofs/00.rs:3: the notebook has no code cell \"sum\""]);
        assert!(proofs().insert(&mut other).is_err());
        other["cells"][2]["cell_type"] = json!("markdown");
        assert_eq!(proofs().without_cell(&other).len(), 2);
    }

    #[test]
    fn a_file_that_could_lose_an_assertion_is_refused() {
        let refused = |text: &str| Proofs::parse("f".to_owned(), text).unwrap_err().to_string();
        assert_eq!(refused("assert!(true);"), "f:1: stands before the first section");
        assert_eq!(refused("//@ behind: a"), "f:1: a section begins with `//@ after: ` and the id of a cell");
        assert_eq!(refused("//@ after: a\n// assert!(x);"), "f:1: the section for cell \"a\" asserts nothing");
        assert_eq!(refused("//@ after: a\nassert!(x);\n//@ after: a"), "f:3: a second section for cell \"a\"");
        assert_eq!(
            refused("//@ after: a\nlet x = 1; assert!(x);"),
            "f:2: an assertion begins its line, so that it can be counted"
        );
    }
}
