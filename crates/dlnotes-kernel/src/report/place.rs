//! Where in the reader's cell something happened.

use super::{BLUE, CYAN, RED, RESET};

/// Lines of the cell above the one that is shown.
const CONTEXT: usize = 2;

/// The line of `cell` from which line `line` of the compiled `source` comes; both from 1.
///
/// evcxr copies the cell's statements into its source, between code of its own, so that the text decides; where the
/// same text stands several times, its order does.
pub(crate) fn cell_line(cell: &str, source: &str, line: usize) -> Option<usize> {
    let text = source.lines().nth(line.checked_sub(1)?)?.trim();
    // Brackets alone are everywhere.
    if !text.contains(char::is_alphanumeric) {
        return None;
    }
    let candidates: Vec<usize> =
        cell.lines().enumerate().filter(|(_, l)| l.contains(text)).map(|(number, _)| number + 1).collect();
    let before = source.lines().take(line - 1).filter(|l| l.trim() == text).count();
    candidates.get(before).or(candidates.last()).copied()
}

/// The cell's lines around `line`, with an arrow and a caret under `columns` (from 1, the end not included).
pub(super) fn excerpt(
    cell: &str,
    count: usize,
    line: usize,
    columns: Option<(usize, usize)>,
    label: &str,
) -> Vec<String> {
    let width = line.to_string().len();
    let column = columns.map(|(start, _)| format!(", column {start}")).unwrap_or_default();
    let mut out = vec![format!("{BLUE}{:>width$}-->{RESET} {CYAN}cell [{count}], line {line}{column}{RESET}", "")];
    let first = line.saturating_sub(CONTEXT).max(1);
    for (number, text) in cell.lines().enumerate().map(|(i, t)| (i + 1, t)).skip(first - 1).take(line + 1 - first) {
        out.push(format!("{BLUE}{number:>width$} |{RESET} {text}"));
    }
    if let Some((start, end)) = columns {
        let caret = "^".repeat(end.saturating_sub(start).max(1));
        let space = " ".repeat(start.saturating_sub(1));
        out.push(format!("{BLUE}{:>width$} |{RESET} {space}{RED}{caret}{RESET} {label}", "").trim_end().to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_by_its_text_and_repeated_lines_by_their_order() {
        let cell = "let a = 1;\nf(a);\nlet b = 2; g(b);\nf(a);";
        let source = "generated\nlet a = 1;\nf(a);\nlet b = 2;\ng(b);\nf(a);\ngenerated";
        assert_eq!(cell_line(cell, source, 3), Some(2));
        assert_eq!(cell_line(cell, source, 5), Some(3));
        assert_eq!(cell_line(cell, source, 6), Some(4));
        assert_eq!(cell_line(cell, source, 1), None);
        assert_eq!(cell_line(cell, source, 99), None);
    }

    #[test]
    fn the_caret_stands_under_the_columns() {
        let lines = excerpt("let 损 = 1;\nx + y", 7, 2, Some((5, 6)), "not found");
        let plain: Vec<String> = lines.iter().map(|line| super::super::without_colours(line)).collect();
        assert_eq!(plain, [" --> cell [7], line 2, column 5", "1 | let 损 = 1;", "2 | x + y", "  |     ^ not found"]);
    }
}
