//! From a place that rustc names to one in a cell.

use std::ops::Range;

use super::names;
use crate::compile::message::Span;
use crate::generate::{Origin, Source};

/// A place in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Which of the sources.
    pub source: usize,
    /// Bytes of its cell.
    pub range: Range<usize>,
    /// What rustc pointed to.
    pub at: At,
}

/// What rustc pointed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// The cell's own text.
    Text,
    /// What is written around its last expression.
    Value,
    /// Code of ours that takes the variable out.
    Take(String),
    /// Code of ours that keeps the variable.
    Keep(String),
    /// Code of ours behind the cell.
    Behind,
}

/// The place in a cell; of a macro's expansion, the use of the macro.
pub(super) fn place(sources: &[Source], span: &Span) -> Option<Place> {
    outwards(span).find_map(|span| {
        let (source, found) = match source(sources, span) {
            Some(source) => (source, in_source(source, span.byte_start..span.byte_end)),
            None => {
                let source = sources.iter().find(|source| source.name == span.file_name)?;
                (source, by_line(source, span).map(|range| (range, At::Text)))
            }
        };
        let (range, at) = found?;
        // Several files may be made from one cell.
        let index = sources.iter().position(|other| other.count == source.count && other.cell == source.cell)?;
        Some(Place { source: index, range, at })
    })
}

/// The span, and the uses of macros around it.
pub(super) fn outwards(span: &Span) -> impl Iterator<Item = &Span> {
    std::iter::successors(Some(span), |span| span.expansion.as_ref().map(|expansion| &expansion.span))
}

/// The source that a span lies in. The items of a cell and its statements are in files of the same name, so that it takes
/// the text to tell which one is meant.
pub(super) fn source<'a>(sources: &'a [Source], span: &Span) -> Option<&'a Source> {
    sources.iter().filter(|source| source.name == span.file_name).find(|source| {
        let Some(line) = span.text.first() else { return false };
        let Some(before) = source.text.get(..span.byte_start) else { return false };
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        before.matches('\n').count() + 1 == span.line_start
            && source.text[start..].split('\n').next().unwrap_or_default().trim_end_matches('\r') == line.text
    })
}

/// A place in a file of a cell that was compiled before: its lines are the cell's, with `pub` in front of some names.
fn by_line(source: &Source, span: &Span) -> Option<Range<usize>> {
    let line = span.text.first()?;
    let (skip, take) = (line.highlight_start.checked_sub(1)?, line.highlight_end.checked_sub(line.highlight_start)?);
    let marked: String = line.text.chars().skip(skip).take(take).collect();
    let own: usize = source.cell.split_inclusive('\n').take(span.line_start.checked_sub(1)?).map(str::len).sum();
    let text = source.cell.get(own..)?.lines().next()?;
    let marked = if text.contains(&marked) { marked } else { marked.replace("pub ", "") };
    let at = text.find(marked.trim()).filter(|_| !marked.trim().is_empty())?;
    Some(own + at..own + at + marked.trim().len())
}

/// The place in the cell of some bytes of a generated file.
pub(super) fn in_source(source: &Source, bytes: Range<usize>) -> Option<(Range<usize>, At)> {
    let cell = &source.cell;
    let own = own_text(source, &bytes);
    let variable = |name: &str| names::variable(cell, name).unwrap_or(0..0);
    match source.map.at(bytes.start)?.1 {
        Origin::Value(range) if bytes.is_empty() => {
            let is_before = source.map.parts().any(|(part, origin)| {
                part.start >= bytes.start && matches!(origin, Origin::Cell(start) if *start == range.start)
            });
            let edge = if is_before { range.start } else { range.end };
            Some((edge..edge, At::Value))
        }
        Origin::Value(range) if own.as_ref().is_none_or(|own| own.end <= range.end) => {
            Some((own.unwrap_or(range.clone()), At::Value))
        }
        Origin::Keep(name) => Some((variable(name), At::Keep(name.clone()))),
        Origin::Take(name) => Some((variable(name), At::Take(name.clone()))),
        _ => match own {
            // A block of ours around the whole cell.
            Some(own) if own == (0..cell.len()) && bytes.len() > own.len() => None,
            Some(own) => Some((own, At::Text)),
            None if is_behind(source, bytes.start) => {
                let end = names::end(cell);
                Some((end..end, At::Behind))
            }
            None => None,
        },
    }
}

/// The part of the cell's text that lies in these bytes of the generated file.
fn own_text(source: &Source, bytes: &Range<usize>) -> Option<Range<usize>> {
    if bytes.is_empty() {
        return cell_byte(source, bytes.start).map(|at| at..at);
    }
    let mut found: Option<Range<usize>> = None;
    let mut at = bytes.start;
    while at < bytes.end {
        let (part, origin) = source.map.at(at)?;
        if part.end <= at {
            break;
        }
        let end = part.end.min(bytes.end);
        if let Origin::Cell(start) = origin {
            let (from, to) = (start + at - part.start, start + end - part.start);
            found = Some(found.map_or(from..to, |found| found.start.min(from)..found.end.max(to)));
        }
        at = end;
    }
    found.filter(|range| source.cell.get(range.clone()).is_some())
}

/// The byte of the cell at one of the generated file, even where the cell's text just ends.
fn cell_byte(source: &Source, byte: usize) -> Option<usize> {
    let before = || source.map.cell(byte.checked_sub(1)?).map(|at| at + 1);
    let at = source.map.cell(byte).or_else(before)?;
    source.cell.is_char_boundary(at).then_some(at)
}

/// Whether all of the cell's text stands before this byte.
fn is_behind(source: &Source, byte: usize) -> bool {
    let mut at = byte;
    let end = source.text.len();
    while at < end {
        match source.map.at(at) {
            Some((_, Origin::Cell(_))) | None => return false,
            Some((part, _)) if part.end > at => at = part.end,
            Some(_) => break,
        }
    }
    (0..byte).rev().any(|byte| source.map.cell(byte).is_some())
}

/// Line and column, both from 1, in characters.
pub(super) fn line_and_column(cell: &str, byte: usize) -> (usize, usize) {
    let before = cell.get(..byte).unwrap_or(cell);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::message::Line;
    use crate::generate::Map;

    /// `head{cell}` with the last expression in brackets of ours, then what keeps `x`, and an end.
    fn source(cell: &str, value: Range<usize>) -> Source {
        let mut map = Map::default();
        let mut text = String::new();
        for (part, origin) in [
            ("head{", Origin::Generated),
            (&cell[..value.start], Origin::Cell(0)),
            ("(&(", Origin::Value(value.clone())),
            (&cell[value.clone()], Origin::Cell(value.start)),
            (")).show();", Origin::Value(value.clone())),
            ("keep(x);", Origin::Keep("x".into())),
            ("}", Origin::Generated),
        ] {
            map.push(part.len(), origin);
            text += part;
        }
        Source { name: "cell [3]".into(), count: 3, cell: cell.into(), text, map }
    }

    fn lines(text: &str, byte: usize) -> Vec<Line> {
        let start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        vec![Line { text: text[start..].lines().next().unwrap_or_default().to_owned(), ..Line::default() }]
    }

    #[test]
    fn a_file_that_was_compiled_before_has_the_cells_lines() {
        let source = source("struct P { x: f32 }\nP", 20..21);
        let text = "pub struct P { pub x: f32 }".to_owned();
        let line = Line { text, highlight_start: 1, highlight_end: 13 };
        let span = Span { file_name: "cell [3]".into(), line_start: 1, text: vec![line], ..Span::default() };
        assert_eq!(place(&[source], &span).map(|place| place.range), Some(0..8));
    }

    fn at(source: &Source, part: &str) -> Option<(String, At)> {
        let start = source.text.find(part).unwrap();
        let span = Span {
            file_name: "cell [3]".into(),
            byte_start: start,
            byte_end: start + part.len(),
            line_start: source.text[..start].matches('\n').count() + 1,
            text: lines(&source.text, start),
            ..Span::default()
        };
        place(std::slice::from_ref(source), &span).map(|place| (source.cell[place.range].to_owned(), place.at))
    }

    #[test]
    fn every_part_has_its_place() {
        let source = source("let x = 1;\nx + y", 11..16);
        let text = |text: &str, at| Some((text.to_owned(), at));
        assert_eq!(at(&source, "x = 1"), text("x = 1", At::Text));
        assert_eq!(at(&source, "+ y"), text("+ y", At::Text));
        assert_eq!(at(&source, "show"), text("x + y", At::Value));
        assert_eq!(at(&source, "(&(x + y)).show()"), text("x + y", At::Value));
        assert_eq!(at(&source, "keep(x)"), text("x", At::Keep("x".into())));
        assert_eq!(at(&source, "}"), text("", At::Behind));
        assert_eq!(at(&source, "head"), None);
        assert_eq!(at(&source, &source.text.clone()), None);
    }

    #[test]
    fn columns_are_characters() {
        assert_eq!(line_and_column("a\nlet 损 = x", "a\nlet 损 = ".len()), (2, 9));
        assert_eq!(line_and_column("a", 99), (1, 2));
    }
}
