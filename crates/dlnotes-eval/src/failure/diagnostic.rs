//! One of the compiler's errors, in terms of cells.

use super::clean::{clean, is_internal};
use super::excerpt::Mark;
use super::help::{self, Help};
use super::label::Label;
use super::place::{self, At, place};
use super::{generated, names};
use crate::compile::message::{Message, Span};
use crate::generate::Source;

/// What stands behind the user's last line.
pub(super) const END: &str = "found the end of the cell";

/// Notes and suggestions that are shown of one error.
const MOST_HELP: usize = 5;

/// One of the compiler's errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Diagnostic {
    /// Such as `E0382`, or a lint's name.
    pub code: Option<String>,
    /// What is wrong; mostly one line.
    pub message: String,
    /// Places in cells, the primary ones first.
    pub labels: Vec<Label>,
    /// Notes and suggestions.
    pub help: Vec<Help>,
    /// What to do in a notebook.
    pub advice: Option<String>,
}

impl Diagnostic {
    /// The compiler's error, placed in the cells that the sources were made of; cell `[count]` is the one that failed.
    pub(super) fn new(message: &Message, sources: &[Source], count: usize) -> Self {
        let message = generated::reword(message, sources);
        let mut labels = Vec::new();
        let mut help = Vec::new();
        let mut behind = false;
        for span in &message.spans {
            behind |= label(span, sources, &mut labels, &mut help);
        }
        let elsewhere: Vec<Help> = message.spans.iter().filter_map(|span| help::in_other_file(span, sources)).collect();
        let is_elsewhere = labels.is_empty() && !elsewhere.is_empty();
        help.extend(elsewhere);
        help.extend(message.children.iter().filter_map(|child| help::help(child, sources)));
        help.truncate(MOST_HELP);
        let mut text = clean(&message.message).replace("this file contains", "this cell contains");
        if behind {
            text = found_the_end(&text);
        }
        if labels.iter().all(|label| !label.mark.primary) && !is_elsewhere {
            make_primary(&mut labels, &help, &text, sources, count);
        }
        labels.sort_by_key(|label| !label.mark.primary);
        let code = message.code.map(|code| code.code);
        Self { code, message: text, labels, help, advice: None }
    }

    /// The text that the first place points to, and the source it is in.
    pub(super) fn pointed_to<'a>(&self, sources: &'a [Source]) -> Option<(&'a Source, &'a str)> {
        let label = self.labels.first()?;
        let source = sources.get(label.source)?;
        Some((source, source.cell.get(label.mark.range.clone())?))
    }

    /// Everything that is said, besides the message.
    pub(super) fn says(&self, part: &str) -> bool {
        self.message.contains(part)
            || self.labels.iter().any(|label| label.mark.text.contains(part))
            || self.help.iter().any(|help| help.text.contains(part))
    }
}

/// Adds what is said about a place; `true` if the error is behind the cell.
fn label(span: &Span, sources: &[Source], labels: &mut Vec<Label>, help: &mut Vec<Help>) -> bool {
    let Some(found) = place(sources, span) else { return false };
    let said = span.label.as_deref().map(|text| text.strip_prefix("error: ").unwrap_or(text)).unwrap_or_default();
    let text = if is_internal(&said.replace("dlnotes_display::cell::Left", "")) { String::new() } else { clean(said) };
    let primary = span.is_primary;
    // What comes next, where something is missing.
    if found.at == At::Behind && !primary {
        return said == "unexpected token";
    }
    match found.at {
        // Where a variable comes from isn't in this cell.
        At::Value if !primary && text.starts_with("required by a bound") => return false,
        At::Take(_) if !primary => {
            if text.contains("because") {
                help.push(Help { text: format!("note: {text}"), ..Help::default() });
            }
            return false;
        }
        _ => {}
    }
    let mark = Mark { range: found.range, text, primary };
    add(labels, Label { source: found.source, mark });
    if primary
        && let Some(expansion) = span.expansion.as_deref()
        && !expansion.macro_decl_name.contains(' ')
        && place::source(sources, span).is_some()
        && let Some(used) = place(sources, &expansion.span)
    {
        let mark = Mark { range: used.range, text: "in this macro invocation".into(), primary: false };
        add(labels, Label { source: used.source, mark });
    }
    primary && found.at == At::Behind
}

/// One place is marked once for each thing that is said.
fn add(labels: &mut Vec<Label>, new: Label) {
    let same = |label: &Label| label.source == new.source && label.mark.range == new.mark.range;
    match labels.iter_mut().find(|label| same(label)) {
        Some(old) if new.mark.text.is_empty() || old.mark.text == new.mark.text => old.mark.primary |= new.mark.primary,
        Some(old) if old.mark.text.is_empty() => {
            old.mark.primary |= new.mark.primary;
            old.mark.text = new.mark.text;
        }
        _ => labels.push(new),
    }
}

/// Every error has a place: a label's, a note's, where the cell says what the message quotes, or its first line.
fn make_primary(labels: &mut Vec<Label>, help: &[Help], message: &str, sources: &[Source], count: usize) {
    if let Some(label) = labels.first_mut() {
        label.mark.primary = true;
        return;
    }
    if let Some(mut label) = help.iter().find_map(|help| help.labels.first()).cloned() {
        label.mark.primary = true;
        labels.push(label);
        return;
    }
    let Some((index, source)) = sources.iter().enumerate().find(|(_, source)| source.count == count) else { return };
    let cell = &source.cell;
    let quoted = message.split('`').skip(1).step_by(2).find_map(|name| names::word(cell, name));
    let range = quoted.unwrap_or_else(|| {
        let start = cell.len() - cell.trim_start().len();
        start..start + cell[start..].lines().next().unwrap_or_default().trim_end().len()
    });
    labels.push(Label { source: index, mark: Mark { range, text: String::new(), primary: true } });
}

/// What is behind the cell is ours, so that it is the cell's end.
fn found_the_end(text: &str) -> String {
    let Some(at) = text.find("found ") else { return text.to_owned() };
    let rest = &text[at + 6..];
    let end = match (rest.find('`'), rest.starts_with('<')) {
        (_, true) => rest.find('>').map(|end| end + 1),
        (Some(open), _) => rest[open + 1..].find('`').map(|close| open + close + 2),
        (None, _) => None,
    };
    format!("{}{END}{}", &text[..at], end.map_or("", |end| &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_cell_is_its_end() {
        for (text, expect) in [
            ("expected `;`, found `__keeper`", "expected `;`, found the end of the cell"),
            ("expected expression, found keyword `fn` here", "expected expression, found the end of the cell here"),
            ("expected one of `a` or `b`, found <eof>", "expected one of `a` or `b`, found the end of the cell"),
            ("this file contains an unclosed delimiter", "this file contains an unclosed delimiter"),
        ] {
            assert_eq!(found_the_end(text), expect);
        }
    }
}
