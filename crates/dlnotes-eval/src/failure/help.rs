//! Notes and suggestions.

use std::ops::Range;

use super::clean::{clean, is_internal};
use super::excerpt::Mark;
use super::label::Label;
use super::place::{At, place};
use crate::compile::message::{Message, Span};
use crate::generate::Source;

/// Alternatives that are shown of one suggestion.
const ALTERNATIVES: usize = 3;
/// Lines that are shown of one suggestion.
const LINES: usize = 6;

/// A note or a suggestion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Help {
    /// `note: …` or `help: …`.
    pub text: String,
    /// Code to write.
    pub code: Vec<String>,
    /// Places that it speaks of.
    pub labels: Vec<Label>,
}

/// What rustc adds to an error; `None` where it is about code of ours, or about a place that a reader can't see.
pub(super) fn help(child: &Message, sources: &[Source]) -> Option<Help> {
    if !matches!(child.level.as_str(), "help" | "note") || is_internal(&child.message) || is_noise(&child.message) {
        return None;
    }
    let (suggested, places): (Vec<&Span>, Vec<&Span>) =
        child.spans.iter().partition(|span| span.suggested_replacement.is_some());
    let code = suggestion(&suggested, sources);
    if !suggested.is_empty() && (code.is_empty() || code.iter().all(|line| is_noise(line))) {
        return None;
    }
    let labels: Vec<Label> = places.iter().filter_map(|span| label(span, sources)).collect();
    let files: Vec<Help> = places.iter().filter_map(|span| in_other_file(span, sources)).collect();
    // "defined here", "declared here": without the place there is nothing left to say. Of the standard library rustc says
    // "enum defined here, with …" only where its sources are installed.
    let points = child.message.ends_with(" here") || child.message.contains(" defined here, with ");
    if !places.is_empty() && labels.is_empty() && files.is_empty() && points {
        return None;
    }
    let mut text = format!("{}: {}", child.level, clean(&child.message));
    for file in files {
        text += &format!("\n{}", file.text);
    }
    Some(Help { text, code, labels })
}

/// Long lists of what else there is, and paths inside of libraries.
fn is_noise(text: &str) -> bool {
    let is_list = text.starts_with("the following") && text.contains("implement trait");
    (is_list && (text.trim_end().ends_with("others") || !text.contains('\n')))
        || ["compiler_builtins", "::math::", "num_traits::"].iter().any(|path| text.contains(path))
        || text.starts_with("items from traits can only be used")
        || text.starts_with("to create the module `")
        || text.starts_with("required by a bound in `")
        || text == "consider using a semicolon here to finish the statement"
        || (text.starts_with("required for `&") && text.ends_with("to implement `Debug`"))
}

fn label(span: &Span, sources: &[Source]) -> Option<Label> {
    let found = place(sources, span).filter(|found| found.at == At::Text && !found.range.is_empty())?;
    let text = span.label.as_deref().filter(|text| !is_internal(text)).map(clean).unwrap_or_default();
    Some(Label { source: found.source, mark: Mark { range: found.range, text, primary: span.is_primary } })
}

/// A place in one of the user's crates.
pub(super) fn in_other_file(span: &Span, sources: &[Source]) -> Option<Help> {
    let name = &span.file_name;
    let is_library = ["/rustc/", "/.cargo/", "/rustlib/", "/registry/", "/dlnotes/src/", "/dlnotes-display/src/"]
        .iter()
        .any(|part| name.contains(part));
    if !name.starts_with('/') || is_library || place(sources, span).is_some() {
        return None;
    }
    let said = span.label.as_ref().map(|label| format!(": {}", clean(label))).unwrap_or_default();
    let text = format!("in {name}, line {}, column {}{said}", span.line_start, span.column_start);
    Some(Help { text, ..Help::default() })
}

/// The cell's lines as they would be; nothing where the suggestion isn't for the cell.
fn suggestion(spans: &[&Span], sources: &[Source]) -> Vec<String> {
    let mut edits: Vec<(usize, Range<usize>, &str)> = Vec::new();
    for span in spans {
        let new = span.suggested_replacement.as_deref().unwrap_or_default();
        match place(sources, span).filter(|found| matches!(found.at, At::Text | At::Value)) {
            Some(found) if !new.trim_start().starts_with("use ") => edits.push((found.source, found.range, new)),
            // An import may stand anywhere.
            _ if new.trim_start().starts_with("use ") => {
                let uses = spans.iter().filter_map(|span| span.suggested_replacement.as_deref());
                return uses
                    .map(|text| clean(text).trim().to_owned())
                    .filter(|text| !is_ours(text))
                    .take(ALTERNATIVES)
                    .collect();
            }
            _ => return Vec::new(),
        }
    }
    edits.sort_by_key(|(_, range, _)| (range.start, range.end));
    let are_alternatives = edits.windows(2).any(|pair| {
        pair[1].1.start < pair[0].1.end
            || (pair[0].1.start == pair[1].1.start && !pair[0].2.is_empty() && !pair[1].2.is_empty())
    });
    if are_alternatives {
        edits.iter().take(ALTERNATIVES).flat_map(|edit| changed(std::slice::from_ref(edit), sources)).collect()
    } else {
        changed(&edits, sources)
    }
}

fn is_ours(import: &str) -> bool {
    is_internal(import) || import.contains("dlnotes_display")
}

/// The lines of a cell that the edits change.
fn changed(edits: &[(usize, Range<usize>, &str)], sources: &[Source]) -> Vec<String> {
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return Vec::new() };
    let Some(source) = sources.get(first.0).filter(|_| edits.iter().all(|edit| edit.0 == first.0)) else {
        return Vec::new();
    };
    let cell = &source.cell;
    let from = cell[..first.1.start].rfind('\n').map_or(0, |at| at + 1);
    let to = cell[last.1.end..].find('\n').map_or(cell.len(), |at| last.1.end + at);
    let (mut out, mut done) = (String::new(), from);
    for (_, range, new) in edits {
        let Some(before) = cell.get(done..range.start) else { return Vec::new() };
        out += before;
        let line = out.rsplit('\n').next().unwrap_or_default();
        // In an import a path is written in full.
        let is_import = ["use ", "pub use "].contains(&line.trim_start());
        let full = if is_import { clean(&format!(" use {new}")) } else { clean(new) };
        out += full.strip_prefix(" use ").unwrap_or(&full);
        done = range.end;
    }
    out += &cell[done..to];
    let lines: Vec<&str> = out.lines().collect();
    let indent =
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min();
    let shown = lines.iter().map(|line| line.get(indent.unwrap_or(0)..).unwrap_or_default().trim_end());
    shown.filter(|line| !line.is_empty()).take(LINES).map(|line| line.chars().take(200).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::message::Line;
    use crate::generate::{Map, Origin};

    fn source(cell: &str) -> Source {
        let mut map = Map::default();
        map.push(4, Origin::Generated);
        map.push(cell.len(), Origin::Cell(0));
        map.push(1, Origin::Generated);
        Source { name: "cell [1]".into(), count: 1, cell: cell.into(), text: format!("fn({cell})"), map }
    }

    fn line(text: &str, byte: usize) -> String {
        let start = text.get(..byte).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        text[start..].lines().next().unwrap_or_default().to_owned()
    }

    fn suggest(cell: &str, edits: &[(usize, usize, &str)]) -> Vec<String> {
        let spans: Vec<Span> = edits
            .iter()
            .map(|(start, end, new)| Span {
                file_name: "cell [1]".into(),
                byte_start: start + 4,
                byte_end: end + 4,
                line_start: 1 + cell.get(..*start).map_or(0, |before| before.matches('\n').count()),
                text: vec![Line { text: line(&format!("fn({cell})"), start + 4), ..Line::default() }],
                suggested_replacement: Some((*new).into()),
                ..Span::default()
            })
            .collect();
        suggestion(&spans.iter().collect::<Vec<_>>(), &[source(cell)])
    }

    #[test]
    fn suggestions_show_the_changed_lines() {
        assert_eq!(suggest("let a = 1;\n    f(a);", &[(17, 17, "&")]), ["f(&a);"]);
        assert_eq!(suggest("f(a, b)", &[(2, 2, "&"), (5, 5, "&")]), ["f(&a, &b)"]);
        assert_eq!(suggest("x.foo()", &[(2, 5, "bar"), (2, 5, "baz")]), ["x.bar()", "x.baz()"]);
        assert_eq!(suggest("a\n", &[(200, 200, "use std::x::Y;\n\n")]), ["use std::x::Y;"]);
        assert_eq!(suggest("a", &[(200, 200, "mut ")]), [""; 0]);
    }

    #[test]
    fn only_files_of_the_readers_are_named() {
        let file = |name: &str| {
            let span = Span {
                file_name: name.into(),
                line_start: 3,
                column_start: 5,
                label: Some("why".into()),
                ..Span::default()
            };
            in_other_file(&span, &[]).map(|help| help.text)
        };
        assert_eq!(
            file("/home/me/net/src/lib.rs").as_deref(),
            Some("in /home/me/net/src/lib.rs, line 3, column 5: why")
        );
        assert_eq!(file("/rustc/abc/library/core/src/fmt/mod.rs"), None);
        assert_eq!(file("/home/me/.cargo/registry/src/a/lib.rs"), None);
        assert_eq!(file("head"), None);
    }
}
