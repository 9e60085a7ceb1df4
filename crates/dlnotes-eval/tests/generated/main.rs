//! Cells as nobody would write them: the code that is made of what parses parses.

mod check;
#[path = "../support/numbers.rs"]
mod numbers;

use std::path::Path;

use numbers::Numbers;

/// How many cells are made of each seed.
const TRIES: usize = 60;

/// A part of `text`, between two characters.
fn piece<'a>(text: &'a str, numbers: &mut Numbers) -> &'a str {
    let from = text.floor_char_boundary(numbers.below(text.len() + 1));
    let to = text.floor_char_boundary((from + numbers.below(40)).min(text.len()));
    &text[from..to.max(from)]
}

#[test]
fn seeds_and_what_becomes_of_them_are_turned_into_code_that_parses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/cell");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut seeds: Vec<String> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "{}", folder.display());
    let all = seeds.concat();
    let mut numbers = Numbers(7);
    for seed in &seeds {
        check::check(seed);
        for statement in seed.split_inclusive('\n') {
            check::check(statement);
        }
        let mut cell = seed.clone();
        for _ in 0..TRIES {
            let (old, new) = (piece(&cell, &mut numbers).to_owned(), piece(&all, &mut numbers));
            cell = if old.is_empty() { cell + new } else { cell.replacen(&old, new, 1) };
            if cell.len() > 4000 || cell.is_empty() {
                cell.clone_from(seed);
            }
            check::check(&cell);
        }
    }
}
