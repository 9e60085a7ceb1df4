//! Cells, right and wrong: those of the project, and each with one change somewhere. The right ones work; what is wrong with
//! the others is said in the cell's own lines, without a word of the generated code.
//!
//! A hundred of them run with the other tests; two thousand, among them the notebooks' cells, in ten minutes or so:
//! `cargo test --release -p dlnotes-eval --test corpus -- --ignored --nocapture`. `DLNOTES_SEED=7` changes other places.

mod material;
mod mutate;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dlnotes_eval::Failure;
use dlnotes_eval::report::without_colours;
use material::{Extent, Script};
use mutate::{Numbers, mutant};
use support::Notebook;
use support::told::internals;

/// Changed cells for each right one.
const MUTANTS: usize = 2;

/// In front of a changed cell that must not run, because those behind it need the variables as they are: an error that
/// rustc finds when it has found all others.
const GUARD: &str = "{ let guard = String::new(); drop(guard); drop(guard); } ";

#[test]
fn a_hundred_cells_right_and_wrong() {
    Corpus::new(Extent::Quick, 100).run();
}

#[test]
#[ignore = "ten minutes"]
fn two_thousand_cells_right_and_wrong() {
    Corpus::new(Extent::All, 2000).run();
}

struct Corpus {
    extent: Extent,
    numbers: Numbers,
    /// How many cells are to be tried, and what came of those that were.
    wanted: usize,
    tried: BTreeMap<String, usize>,
    /// What is wrong, in words.
    found: String,
}

impl Corpus {
    fn new(extent: Extent, wanted: usize) -> Self {
        let seed = std::env::var("DLNOTES_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        let (numbers, tried, found) = (Numbers(seed), BTreeMap::new(), String::new());
        Self { extent, numbers, wanted, tried, found }
    }

    fn run(mut self) {
        let mut scripts = material::scripts(self.extent);
        while self.tried.values().sum::<usize>() < self.wanted {
            assert!(!scripts.is_empty(), "there are too few cells");
            let script = scripts.swap_remove(self.numbers.below(scripts.len()));
            self.script(&script);
        }
        let counts: Vec<String> = self.tried.iter().map(|(what, number)| format!("{number} {what}")).collect();
        println!("cells: {}", counts.join(", "));
        assert!(self.found.is_empty(), "{}", self.found);
    }

    /// All cells of a script, and before each what is made of it.
    fn script(&mut self, script: &Script) {
        let mut notebook = Notebook::with_helper();
        for cell in &script.cells {
            for _ in 0..MUTANTS {
                if let Some((what, changed)) = mutant(cell, &mut self.numbers) {
                    let told = notebook.evaluate(&format!("{GUARD}{changed}"));
                    self.wrong(script, &notebook, what, &format!("{GUARD}{changed}"), told);
                }
            }
            *self.tried.entry("right".to_owned()).or_default() += 1;
            if let Err(failure) = notebook.evaluate(cell) {
                let text = without_colours(&failure.traceback.join("\n"));
                let _ = writeln!(self.found, "--- {}, a right cell:\n{cell}\nfails:\n{text}\n", script.name);
                return;
            }
        }
    }

    /// Looks at what is said of a changed cell, which may be right, too.
    fn wrong(&mut self, script: &Script, notebook: &Notebook, what: &str, cell: &str, told: Result<(), Failure>) {
        let Err(failure) = told else {
            *self.tried.entry("run".to_owned()).or_default() += 1;
            let _ = writeln!(self.found, "--- {}: the guard lets through:\n{cell}\n", script.name);
            return;
        };
        let text = without_colours(&failure.traceback.join("\n"));
        let only_guard = text.matches("error").count() == 1 && text.contains("`guard`");
        *self.tried.entry(if only_guard { "changed and still right" } else { "wrong" }.to_owned()).or_default() += 1;
        let mut complaints: Vec<String> = Vec::new();
        if !failure.ename.starts_with("CompileError") {
            complaints.push(format!("it is called {}", failure.ename));
        }
        complaints.extend(internals(&text, cell).into_iter().map(|word| format!("it says {word}")));
        complaints.extend(misplaced(&text, notebook));
        if !complaints.is_empty() {
            let complaints = complaints.join("; ");
            let _ = writeln!(self.found, "--- {}, {what}: {complaints}\n{cell}\nis told:\n{text}\n", script.name);
        }
    }
}

/// What is wrong with the places in `text`, which is said of the notebook's last cell.
fn misplaced(text: &str, notebook: &Notebook) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut shown: Option<&str> = None;
    let errors = text.lines().filter(|line| line.starts_with("error")).count();
    let places = text.lines().filter(|line| line.trim_start().starts_with("--> cell [")).count();
    if places < errors.max(1) {
        wrong.push(format!("{errors} errors have {places} places"));
    }
    for line in text.lines() {
        if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut numbers = place.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
            let (number, row, column) = (numbers.next(), numbers.next(), numbers.next());
            shown = number.and_then(|number| notebook.cell(number));
            let line = shown.zip(row).and_then(|(cell, row): (_, usize)| cell.split('\n').nth(row.checked_sub(1)?));
            if !line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&column.unwrap_or(1))) {
                wrong.push(format!("{place} isn't in the cell"));
            }
        } else if let Some((number, quoted)) = line.split_once(" | ")
            && let Ok(number) = number.trim().parse::<usize>()
        {
            let line = shown.and_then(|cell| cell.split('\n').nth(number.checked_sub(1)?));
            // What is long is shown in part.
            if !line.is_some_and(|line| line.contains(quoted.trim_matches('…').trim_end())) {
                wrong.push(format!("line {number} isn't `{quoted}`"));
            }
        }
    }
    wrong
}
