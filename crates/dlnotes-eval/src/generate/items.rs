//! Items of cells, as a crate that later cells use: a module for each cell, a file for each module.

use std::path::PathBuf;

use super::HEAD;
use super::map::{Origin, Source};
use super::text::Text;
use crate::cell::Item;

/// The items of one cell.
#[derive(Clone, Debug)]
pub struct Part {
    /// The module's name.
    pub module: String,
    /// `use` declarations, each on a line.
    pub uses: Vec<String>,
    /// Where its file is.
    pub file: PathBuf,
    /// The file's text.
    pub source: Source,
}

/// The root of the crate: its modules.
pub fn items_root(parts: &[Part]) -> String {
    let mut text = HEAD.to_owned();
    for Part { module, uses, file, .. } in parts {
        text += &format!("pub mod {module} {{\n{}\n::std::include!({file:?});\n}}\n", uses.join("\n"));
    }
    text
}

/// The text of a part: the cell's `items`, made public, each on its own lines; and its own `use` declarations, at `uses`.
pub fn part(cell: &str, code: &str, count: usize, items: &[Item], uses: &[std::ops::Range<usize>]) -> Source {
    let mut pieces: Vec<(std::ops::Range<usize>, &[(std::ops::Range<usize>, &'static str)])> =
        items.iter().map(|item| (item.range.clone(), item.edits.as_slice())).collect();
    pieces.extend(uses.iter().map(|range| (range.clone(), [].as_slice())));
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
    Source { name: format!("cell [{count}]"), count, cell: cell.to_owned(), text: text.text, map: text.map }
}
