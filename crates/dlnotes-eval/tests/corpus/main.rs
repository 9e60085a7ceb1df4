//! Cells, right and wrong: those of the project, and each with one change somewhere. The right ones work; what is wrong with
//! the others is said in the cell's own lines, without a word of the generated code.
//!
//! A hundred of them run with the other tests; two thousand, among them the notebooks' cells, in ten minutes or so:
//! `cargo test --release -p dlnotes-eval --test corpus -- --ignored --nocapture`. `DLNOTES_SEED=7` changes other places.

mod material;
mod mutate;
#[path = "../support/numbers.rs"]
mod numbers;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;

use dlnotes_eval::Failure;
use dlnotes_eval::failure::without_colours;
use material::{Extent, Script};
use mutate::mutant;
use numbers::Numbers;
use support::Notebook;
use support::told::internals;

/// Changed cells for each right one.
const MUTANTS: usize = 3;

/// In front of a changed cell, which must not run, because those behind it need the variables as they are: an error that
/// rustc finds when it has found all others.
const GUARD: &str = "{ let guard = String::new(); drop(guard); drop(guard); } ";

#[test]
fn a_hundred_cells_right_and_wrong() {
    run(Extent::Quick, 100);
}

#[test]
#[ignore = "ten minutes"]
fn two_thousand_cells_right_and_wrong() {
    run(Extent::All, 2000);
}

/// Tries so many cells, on all processors, and prints each finding at once.
fn run(extent: Extent, wanted: usize) {
    let seed = std::env::var("DLNOTES_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let scripts = Mutex::new(chosen(extent, wanted, &mut Numbers(seed)));
    let next = || scripts.lock().unwrap().pop();
    let work = || {
        let mut tries = Tries::default();
        while let Some((script, seed)) = next() {
            tries.script(&script, Notebook::with_helper(), Numbers(seed));
        }
        tries
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let tries: Vec<Tries> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let sum = |of: fn(&Tries) -> usize| tries.iter().map(of).sum::<usize>();
    let (right, wrong, harmless) = (sum(|t| t.right), sum(|t| t.wrong), sum(|t| t.harmless));
    println!("{right} right cells, {wrong} wrong ones, {harmless} whose change did no harm");
    assert!(right + wrong + harmless > wanted / 2, "too little was tried");
    assert_eq!(sum(|t| t.found), 0, "findings, see above");
}

/// Scripts with about so many cells in all, each with the beginning of its numbers.
fn chosen(extent: Extent, wanted: usize, numbers: &mut Numbers) -> Vec<(Script, u64)> {
    let mut all = material::scripts(extent);
    let (mut chosen, mut cells) = (Vec::new(), 0);
    while cells < wanted {
        assert!(!all.is_empty(), "there are too few cells");
        let script = all.swap_remove(numbers.below(all.len()));
        cells += script.cells.len() * (1 + MUTANTS);
        chosen.push((script, numbers.below(usize::MAX) as u64));
    }
    chosen
}

fn told_of_a_borrow(failure: &Failure) -> bool {
    failure.traceback.iter().any(|line| line.contains("a borrow can't be kept from cell to cell"))
}

/// What was tried.
#[derive(Default)]
struct Tries {
    right: usize,
    /// Changed, and wrong.
    wrong: usize,
    /// Changed, and still right.
    harmless: usize,
    found: usize,
}

impl Tries {
    /// All cells of a script, and before each what is made of it.
    fn script(&mut self, script: &Script, mut notebook: Notebook, mut numbers: Numbers) {
        for cell in &script.cells {
            for _ in 0..MUTANTS {
                if let Some((what, changed)) = mutant(cell, &mut numbers) {
                    let told = notebook.evaluate(&format!("{GUARD}{changed}"));
                    self.changed(&format!("{}, {what}", script.name), &notebook, told);
                }
            }
            self.right += 1;
            let told = match notebook.evaluate(cell) {
                // A borrow can't be kept from cell to cell: its use has to stand in braces with it.
                Err(failure) if told_of_a_borrow(&failure) => notebook.evaluate(&format!("{{\n{cell}\n}}")),
                told => told,
            };
            if let Err(failure) = told {
                let text = without_colours(&failure.traceback.join("\n"));
                return self.finding(&format!("{}, a right cell fails", script.name), cell, &text);
            }
        }
    }

    /// Looks at what is said of a changed cell.
    fn changed(&mut self, name: &str, notebook: &Notebook, told: Result<(), Failure>) {
        let cell = notebook.cell(notebook.count()).unwrap_or_default();
        let Err(failure) = told else { return self.finding(&format!("{name}: it ran"), cell, "") };
        let text = without_colours(&failure.traceback.join("\n"));
        match text.matches("error").count() == 1 && text.contains("`guard`") {
            true => self.harmless += 1,
            false => self.wrong += 1,
        }
        let mut complaints = misplaced(&text, notebook);
        if !failure.ename.starts_with("CompileError") {
            complaints.push(format!("it is called {}", failure.ename));
        }
        complaints.extend(internals(&text, cell).into_iter().map(|word| format!("it says {word}")));
        if !complaints.is_empty() {
            self.finding(&format!("{name}: {}", complaints.join("; ")), cell, &text);
        }
    }

    fn finding(&mut self, what: &str, cell: &str, text: &str) {
        self.found += 1;
        println!("--- {what}\n{cell}\nis told:\n{text}\n");
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
