//! `docs/notes-map.md` says how long the notes' code blocks are beside the cells that hold them now: the cells' lines are
//! counted.

use serde_json::Value;

use crate::notebooks;

/// A row of that table.
#[derive(Debug, PartialEq)]
pub(super) struct Length {
    /// The line of the notes on which the block begins.
    pub(super) line: usize,
    python: usize,
    rust: usize,
}

/// All rows: those of three columns that are numbers.
pub(super) fn lengths(map: &str) -> Vec<Length> {
    let row = |line: &str| {
        let columns: Vec<_> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        let [line, python, rust, _] = columns[..] else { return None };
        Some(Length { line: line.parse().ok()?, python: python.parse().ok()?, rust: rust.parse().ok()? })
    };
    map.lines().filter_map(row).collect()
}

impl Length {
    /// What is wrong with the row, whose block is held by the cells `ids` of `notebook`.
    pub(super) fn wrong(&self, ids: &[String], notebook: &Value) -> Option<String> {
        let cells = notebook["cells"].as_array().into_iter().flatten();
        let held = cells.filter(|cell| cell["cell_type"] == "code" && ids.iter().any(|id| cell["id"] == **id));
        let rust: usize = held.map(|cell| code_lines(&notebooks::joined(&cell["source"]))).sum();
        if rust != self.rust {
            return Some(format!("its cells have {rust} lines of code, and the table says {}", self.rust));
        }
        (rust > self.python).then(|| format!("{rust} lines of Rust for {} of Python: shorten the cells", self.python))
    }
}

/// Lines that hold more than a comment or closing brackets.
fn code_lines(source: &str) -> usize {
    let closes = |line: &str| line.chars().all(|c| ")]},;?".contains(c));
    source.lines().map(str::trim).filter(|line| !line.starts_with("//") && !closes(line)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_counted_and_compared() {
        let source = "// what for\nlet net = sequential![\n    Linear::new(2, 1),\n];\n\nnet.forward(&x)   // a number";
        assert_eq!(code_lines(source), 3);
        let notebook = json!({"cells": [
            {"id": "net", "cell_type": "code", "source": source},
            {"id": "words", "cell_type": "markdown", "source": "a\nb"},
        ]});
        let ids = ["net".to_owned(), "words".to_owned()];
        let table = "| 61 | section | ReLU函数 | 02 | `relu` |\n| 3 | 4 | 3 |\n| 4 | 2 | 3 |\n| 6 | 9 | 2 |\n";
        let wrong: Vec<_> = lengths(table).iter().map(|length| length.wrong(&ids, &notebook)).collect();
        assert_eq!(
            wrong,
            [
                None,
                Some("3 lines of Rust for 2 of Python: shorten the cells".to_owned()),
                Some("its cells have 3 lines of code, and the table says 2".to_owned()),
            ]
        );
    }
}
