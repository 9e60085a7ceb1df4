//! Items of cells, as a crate that later cells use: a module for each cell, a file for each module.

use std::ops::Range;
use std::path::PathBuf;

use super::HEAD;
use super::map::{Origin, Source};
use super::text::Text;
use crate::cell::{Edit, Item};

/// The items of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The module's name.
    pub module: String,
    /// Where its file is, in the crate's folder.
    pub file: PathBuf,
    /// The file's text.
    pub source: Source,
}

/// The root of the crate: its modules, and what `crate::` in them leads to.
pub fn items_root(parts: &[Part], uses: &[String]) -> String {
    let mut text = HEAD.to_owned();
    for Part { module, file, .. } in parts {
        text += &format!("#[path = {file:?}]\npub mod {module};\n");
    }
    text + &uses.join("\n") + "\n"
}

/// A cell some of whose items are in a crate.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a> {
    /// The cell.
    pub cell: &'a str,
    /// Its code: the cell with its head blanked.
    pub code: &'a str,
    /// Its number.
    pub count: usize,
    /// The items.
    pub items: &'a [Item],
    /// Where its own `use` declarations are.
    pub imports: &'a [Range<usize>],
    /// Other `use` declarations, each on a line.
    pub uses: &'a [String],
}

/// The text of a part: the cell's items, made public, each on its own lines, with its own `use` declarations; behind them,
/// where they move nothing, the others.
pub fn part(part: &Items<'_>) -> Source {
    let Items { cell, code, count, items, imports, uses } = *part;
    let mut pieces: Vec<(Range<usize>, &[Edit])> =
        items.iter().map(|item| (item.range.clone(), item.edits.as_slice())).collect();
    pieces.extend(imports.iter().map(|range| (range.clone(), [].as_slice())));
    pieces.sort_by_key(|(range, _)| range.start);
    let mut text = Text::default();
    let mut at = 0;
    for (range, edits) in pieces {
        text.blank(&code[at..range.start], at);
        at = range.start;
        for (place, with) in edits {
            text.push(&code[at..place.start], Origin::Cell(at));
            text.generated(with);
            at = place.end;
        }
        text.push(&code[at..range.end], Origin::Cell(at));
        at = range.end;
    }
    text.blank(&code[at..], at);
    text.generated("\n");
    for line in uses {
        text.push(&format!("{line}\n"), Origin::Use(line.clone()));
    }
    Source { name: format!("cell [{count}]"), count, cell: cell.to_owned(), text: text.text, map: text.map }
}
