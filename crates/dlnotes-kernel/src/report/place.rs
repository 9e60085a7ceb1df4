//! Where in the reader's cell something happened.

use super::{BLUE, CYAN, RED, RESET};

/// How what is compiled names evcxr's source.
pub(crate) const FILE: &str = "src/lib.rs:";
/// What evcxr writes in front of the last expression of a cell, on a line of its own.
const CALL_BEGINS: [&str; 2] = ["(", "evcxr_send_text_plain(&format!(\"{:?}\",&("];
/// Lines of the cell above the one that is shown.
const CONTEXT: usize = 2;

/// The line of `cell` from which line `line` of the compiled `source` comes; both from 1.
///
/// evcxr copies the cell's statements into its source, between code of its own, so that the text decides; where the
/// same text stands several times, its order does.
pub(crate) fn cell_line(cell: &str, source: &str, line: usize) -> Option<usize> {
    let is_before = source.lines().nth(line.checked_sub(1)?).is_some_and(|text| CALL_BEGINS.contains(&text.trim()));
    let line = line + usize::from(is_before);
    let text = source.lines().nth(line - 1)?.trim();
    // Brackets alone are everywhere.
    if !text.contains(char::is_alphanumeric) {
        return None;
    }
    let lines = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        cell.lines().enumerate().filter(|(_, line)| is_it(line)).map(|(number, _)| number + 1).collect()
    };
    // Statements that share a line of the cell have lines of their own there.
    let (whole, part) = (lines(&|line| line.trim() == text), lines(&|line| line.contains(text)));
    let candidates = if whole.is_empty() { part } else { whole };
    let before = source.lines().take(line - 1).filter(|l| l.trim() == text).count();
    candidates.get(before).or(candidates.last()).copied()
}

/// `text` with the cell's lines in the place of those of `source`, as `dbg!` and panics of other threads name them.
pub(crate) fn with_cell_lines(text: &str, cell: &str, count: usize, source: &str) -> String {
    let mut parts = text.split(FILE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Not of a crate of the reader's, whose path is longer.
        let named = if out.ends_with('/') { None } else { position(part) };
        match named.and_then(|(line, rest)| Some((cell_line(cell, source, line)?, rest))) {
            Some((line, rest)) => out += &format!("cell [{count}], line {line}{rest}"),
            None => out.extend([FILE, part]),
        }
    }
    out
}

/// The line in `LINE:COLUMN`, with which `text` begins, and what comes behind.
fn position(text: &str) -> Option<(usize, &str)> {
    let (line, rest) = text.split_once(':')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((line.parse().ok()?, &rest[end..]))
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
        assert_eq!(cell_line("fn f() {}\nf()", "fn f() {}\n(\nf()\n).evcxr_display();", 2), Some(2));
    }

    #[test]
    fn lines_of_evcxrs_source_are_told_as_the_cells() {
        let (cell, source) = ("let a = 1;\ndbg!(a);", "generated\nlet a = 1;\ndbg!(a);\n}");
        for (text, expect) in [
            ("[src/lib.rs:3:1] a = 1\n", "[cell [7], line 2] a = 1\n"),
            ("thread 'x' panicked at src/lib.rs:2:9:\nno", "thread 'x' panicked at cell [7], line 1:\nno"),
            ("/home/me/net/src/lib.rs:3:1", "/home/me/net/src/lib.rs:3:1"),
            ("src/lib.rs:99:1 and src/lib.rs:3", "src/lib.rs:99:1 and src/lib.rs:3"),
        ] {
            assert_eq!(with_cell_lines(text, cell, 7, source), expect);
        }
    }

    #[test]
    fn the_caret_stands_under_the_columns() {
        let lines = excerpt("let 损 = 1;\nx + y", 7, 2, Some((5, 6)), "not found");
        let plain: Vec<String> = lines.iter().map(|line| super::super::without_colours(line)).collect();
        assert_eq!(plain, [" --> cell [7], line 2, column 5", "1 | let 损 = 1;", "2 | x + y", "  |     ^ not found"]);
    }
}
