//! Lines of a cell, with marks under what is meant.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::place::line_and_column;
use super::{BLUE, CYAN, RED, RESET};

/// Lines of the cell above the one that is meant.
const CONTEXT: usize = 2;
/// Characters of a line that are shown.
const LENGTH: usize = 160;
/// Of these, before the mark.
const BEFORE: usize = 60;

/// Something to point to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes of the cell.
    pub range: Range<usize>,
    /// What is said about them.
    pub text: String,
    /// Whether this is where the error is.
    pub primary: bool,
}

/// The lines of cell `[count]` that are marked, with those above the first primary one.
pub(super) fn excerpt(cell: &str, count: usize, marks: &[Mark], column: bool) -> Vec<String> {
    let lines: Vec<&str> = cell.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut rows: Vec<(usize, usize, &Mark)> = marks
        .iter()
        .map(|mark| {
            let (line, column) = line_and_column(cell, mark.range.start);
            (line, column, mark)
        })
        .collect();
    let Some(&(line, start, _)) = rows.iter().find(|row| row.2.primary).or(rows.first()) else { return Vec::new() };
    rows.sort_by_key(|(line, column, mark)| (*line, !mark.primary, *column));
    let mut shown: Vec<usize> =
        rows.iter().map(|row| row.0).chain(line.saturating_sub(CONTEXT).max(1)..=line).collect();
    shown.sort_unstable();
    shown.dedup();
    let width_of_numbers = shown.last().map_or(1, |last| last.to_string().len());
    let at = if column { format!(", column {start}") } else { String::new() };
    let mut out =
        vec![format!("{BLUE}{:>width_of_numbers$}-->{RESET} {CYAN}cell [{count}], line {line}{at}{RESET}", "")];
    let mut last = None;
    for number in shown {
        let text = lines.get(number - 1).copied().unwrap_or_default();
        if last.is_some_and(|last| last + 1 < number) {
            out.push(format!("{BLUE}{:>width_of_numbers$} ...{RESET}", ""));
        }
        last = Some(number);
        let marked: Vec<_> = rows.iter().filter(|row| row.0 == number).collect();
        let first = marked.first().map_or(0, |row| row.1);
        let (text, skipped) = window(text, first);
        out.push(format!("{BLUE}{number:>width_of_numbers$} |{RESET} {text}"));
        if !column {
            continue;
        }
        for (_, start, mark) in marked {
            let marked = cell.get(mark.range.clone()).unwrap_or_default();
            let (space, width) = under(&text, start.saturating_sub(skipped), marked);
            let (sign, colour) = if mark.primary { ("^", RED) } else { ("-", BLUE) };
            let line = format!("{space}{colour}{}{RESET} {}", sign.repeat(width), mark.text);
            out.push(format!("{BLUE}{:>width_of_numbers$} |{RESET} {}", "", line.trim_end()));
        }
    }
    out
}

/// A line that isn't too long, and how many characters of it are left out in front.
fn window(line: &str, column: usize) -> (String, usize) {
    let length = line.chars().count();
    if length <= LENGTH {
        return (line.to_owned(), 0);
    }
    let from = if column > LENGTH { column - BEFORE } else { 0 };
    let part: String = line.chars().skip(from).take(LENGTH).collect();
    let (front, behind) = (if from > 0 { "…" } else { "" }, if from + LENGTH < length { "…" } else { "" });
    (format!("{front}{part}{behind}"), from.saturating_sub(usize::from(from > 0)))
}

/// What stands under a line in front of column `start`, and how wide a mark under `marked` is.
fn under(line: &str, start: usize, marked: &str) -> (String, usize) {
    let before = line.chars().take(start.saturating_sub(1)).flat_map(|c| {
        let (sign, times) = if c == '\t' { ('\t', 1) } else { (' ', c.width().unwrap_or(0)) };
        std::iter::repeat_n(sign, times)
    });
    let text = marked.split('\n').next().unwrap_or_default().trim_end();
    let width: usize = text.chars().map(|c| c.width().unwrap_or(1)).sum();
    (before.collect(), width.clamp(1, LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::without_colours;

    fn check(cell: &str, marks: &[(&str, &str, bool)], expect: &[&str]) {
        let marks: Vec<Mark> = marks
            .iter()
            .map(|(part, text, primary)| {
                let start = cell.find(part).unwrap();
                Mark { range: start..start + part.len(), text: (*text).to_owned(), primary: *primary }
            })
            .collect();
        let lines: Vec<String> = excerpt(cell, 7, &marks, true).iter().map(|line| without_colours(line)).collect();
        assert_eq!(lines, expect);
    }

    #[test]
    fn marks_stand_under_what_is_meant() {
        check(
            "let 损 = 1;\nx + y",
            &[("y", "not found", true)],
            &[" --> cell [7], line 2, column 5", "1 | let 损 = 1;", "2 | x + y", "  |     ^ not found"],
        );
        check(
            "let 损 = 损1;\n\t\tf(\"日本\", x)",
            &[("x", "here", true), ("损1", "there", false), ("\"日本\"", "", false)],
            &[
                " --> cell [7], line 2, column 11",
                "1 | let 损 = 损1;",
                "  |          --- there",
                "2 | \t\tf(\"日本\", x)",
                "  | \t\t          ^ here",
                "  | \t\t  ------",
            ],
        );
    }

    #[test]
    fn lines_in_between_are_left_out_and_several_lines_are_marked_in_the_first() {
        check(
            "let v = 1;\n2;\n3;\n4;\n5;\nf(\n  v,\n)",
            &[("f(\n  v,\n)", "call", true), ("v", "defined", false)],
            &[
                " --> cell [7], line 6, column 1",
                "1 | let v = 1;",
                "  |     - defined",
                "  ...",
                "4 | 4;",
                "5 | 5;",
                "6 | f(",
                "  | ^^ call",
            ],
        );
    }

    #[test]
    fn a_long_line_is_shown_around_its_mark() {
        let cell = format!("{}wrong{}", "a ".repeat(500), " b".repeat(500));
        let lines = excerpt(&cell, 1, &[Mark { range: 1000..1005, text: String::new(), primary: true }], true);
        let (text, mark) = (without_colours(&lines[1]), without_colours(&lines[2]));
        assert_eq!(text.find("wrong").map(|at| text[..at].chars().count()), mark.find('^'), "{text}\n{mark}");
        assert!(text.chars().count() < 180 && lines[0].contains("column 1001"));
    }
}
