//! From evcxr's types to the kernel's.

use std::collections::BTreeMap;

use ::evcxr::{CommandContext, CompilationError, Error, EvalOutputs};
use serde_json::Value;

use crate::cell::{MARKER, Rewritten, Source};
use crate::compiler::PLACES;
use crate::evaluator::{Cell, Completion, Completions};
use crate::output::{Event, MimeBundle};
use crate::report::{Diagnostic, Failure, Label, cell_line, compile_error};

/// `code` with the commands of its head on their lines again.
pub(super) fn with_commands(commands: &str, code: &str) -> String {
    let mut lines: Vec<&str> = code.lines().collect();
    for (number, command) in commands.lines().enumerate().filter(|(_, command)| !command.is_empty()) {
        if number < lines.len() {
            lines[number] = command;
        } else {
            lines.resize(number, "");
            lines.push(command);
        }
    }
    lines.join("\n")
}

/// The failure of code whose lines are the reader's.
pub(super) fn failure(code: &str, count: usize, error: &Error) -> Failure {
    failure_in(&Cell { code, count }, &Rewritten::default(), "", &BTreeMap::new(), error)
}

/// The failure of a cell that evcxr would take for a right one, with its code before the mistake; the head's lines are empty.
pub(super) fn mistake(cell: &Cell<'_>, before: &str, what: &str) -> Failure {
    let line = before.matches('\n').count() + 1;
    let start = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let end = cell.code.lines().nth(line - 1).unwrap_or_default().chars().count() + 1;
    let label = Label { line, start, end, text: String::new(), primary: true };
    let diagnostic = Diagnostic { message: what.to_owned(), labels: vec![label], ..Diagnostic::default() };
    compile_error(cell.code, cell.count, &[diagnostic])
}

/// The failure of a cell that was rewritten before it was compiled, in `source`.
pub(super) fn failure_in(
    cell: &Cell<'_>,
    rewritten: &Rewritten,
    source: &str,
    gone: &BTreeMap<String, usize>,
    error: &Error,
) -> Failure {
    if let Some(line) = full_disk(error) {
        let message = "the disk is full: free some space where the kernel keeps its files (`dlnotes-kernel doctor` says \
                       where), then run the cell again";
        return Failure::new("KernelError", message).with_lines([line]);
    }
    let diagnostics = match error {
        Error::CompilationErrors(errors) => {
            errors.iter().map(|e| diagnostic(e, cell.code, rewritten, source, gone)).collect()
        }
        Error::TypeRedefinedVariablesLost(names) => {
            vec![message(&format!("these variables had another type before and are gone: {}", names.join(", ")))]
        }
        Error::Message(text) | Error::SubprocessTerminated(text) => vec![message(text)],
    };
    compile_error(cell.code, cell.count, &diagnostics)
}

/// The line in which the system says that nothing more can be written; it comes from evcxr, cargo, rustc or the linker.
fn full_disk(error: &Error) -> Option<String> {
    let texts = match error {
        Error::Message(text) | Error::SubprocessTerminated(text) => vec![text.clone()],
        Error::CompilationErrors(errors) => errors.iter().map(|e| e.json.to_string() + &e.message()).collect(),
        Error::TypeRedefinedVariablesLost(_) => Vec::new(),
    };
    let lines = texts.iter().flat_map(|text| text.split(['\n', '"']));
    let mut full = lines.filter(|line| line.contains("No space left on device")).map(|line| line.trim().to_owned());
    full.next()
}

/// What the compiler finds behind the reader's last line.
const BEHIND: &str = "found the end of the cell";

fn message(text: &str) -> Diagnostic {
    Diagnostic { message: advice_first(text), ..Diagnostic::default() }
}

/// evcxr's long messages about variables that can't be kept, in one line, and cargo's without what it was doing; what to do
/// instead is said by `report`.
fn advice_first(text: &str) -> String {
    let name = text.split('`').nth(1).unwrap_or_default();
    if text.contains("closure, which cannot be persisted") {
        format!("the variable `{name}` is a closure, which cannot be persisted from cell to cell")
    } else if text.contains("reference with a non-static lifetime") {
        format!("the variable `{name}` contains a reference with a non-static lifetime: a borrow ends with its cell")
    } else if text.contains("which cannot be persisted") {
        let of_type = text.split('`').nth(3).unwrap_or_default();
        format!(
            "the variable `{name}` has a type without a name, which cannot be persisted from cell to cell: `{of_type}`"
        )
    } else {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("Updating "));
        let text = lines.collect::<Vec<_>>().join("\n");
        text.strip_prefix("error: ").unwrap_or(&text).to_owned()
    }
}

fn diagnostic(
    error: &CompilationError,
    cell: &str,
    rewritten: &Rewritten,
    source: &str,
    gone: &BTreeMap<String, usize>,
) -> Diagnostic {
    let labels = error.spanned_messages().iter().filter_map(|spanned| {
        let span = spanned.span?;
        let (start, end) = (span.start_column, if span.end_line == span.start_line { span.end_column } else { 0 });
        let column = |column| rewritten.column(span.start_line, column);
        let text = spanned.label.strip_prefix("error: ").unwrap_or(&spanned.label).to_owned();
        // evcxr repeats the message where rustc has no label.
        let text = if text == error.message() { String::new() } else { text };
        Some(Label { line: span.start_line, start: column(start), end: column(end), text, primary: spanned.is_primary })
    });
    let code = error.code().map(str::to_owned);
    let mut help = help(error);
    if code.as_deref() == Some("E0425")
        && let Some((name, cell)) = error.message().split('`').nth(1).and_then(|name| gone.get_key_value(name))
    {
        help.push(format!(
            "`{name}` went in cell [{cell}] (moved, or lost when it failed): run the cell that defines it"
        ));
    }
    help.extend(error.json[PLACES].as_array().into_iter().flatten().filter_map(in_other_crate));
    let mut labels: Vec<Label> = labels.collect();
    if labels.is_empty() {
        labels.extend(place_by_text(error, cell, source));
    }
    let mut message = advice_first(&error.message());
    // What is behind the cell is evcxr's; something of the reader's would be where the label is, or have one of its own.
    if let [label] = &labels[..]
        && !text_at(cell, label).starts_with("fn")
    {
        message = message.replace("found keyword `fn`", BEHIND);
    }
    let mut diagnostic = Diagnostic { code, message, labels, help };
    let texts = diagnostic.labels.iter_mut().map(|label| &mut label.text).chain(&mut diagnostic.help);
    texts.chain([&mut diagnostic.message]).for_each(|text| *text = without_evcxr(text));
    diagnostic
}

/// The cell's line from where the label begins.
fn text_at(cell: &str, label: &Label) -> String {
    let line = cell.lines().nth(label.line.saturating_sub(1)).unwrap_or_default();
    line.chars().skip(label.start.saturating_sub(1)).collect()
}

/// A place in a crate of the reader's.
fn in_other_crate(place: &Value) -> Option<String> {
    let said = place["label"].as_str().map(|label| format!(": {label}")).unwrap_or_default();
    Some(format!(
        "in {}, line {}, column {}{said}",
        place["file_name"].as_str()?,
        place["line_start"],
        place["column_start"]
    ))
}

/// What rustc says of evcxr's code, in terms of the cell.
fn without_evcxr(text: &str) -> String {
    let mut text = text.replace("found `evcxr_variable_store`", BEHIND).replace("found <end of input>", BEHIND);
    // `{closure@src/lib.rs:127:13: 127:16}`
    while let Some(start) = text.find("{closure@src/lib.rs")
        && let Some(length) = text[start..].find('}')
    {
        text.replace_range(start..=start + length, "{closure}");
    }
    text
}

/// The place that evcxr doesn't give, because the error begins or ends in code of its own, as one of the whole last
/// expression does: the first line there that is the cell's. Without one, that of a note.
fn place_by_text(error: &CompilationError, cell: &str, source: &str) -> Option<Label> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let own = list(&error.json["spans"]).into_iter().filter(|span| span["is_primary"] == true);
    let own = own.map(|span| (span["label"].clone(), span));
    let notes = list(&error.json["children"]).into_iter();
    let notes = notes.flat_map(|note| list(&note[PLACES]).into_iter().map(move |at| (note["message"].clone(), at)));
    own.chain(notes).filter(|(_, span)| span["file_name"] == "src/lib.rs").find_map(|(text, span)| {
        let number = |name: &str| span[name].as_u64().and_then(|number| usize::try_from(number).ok());
        let line = (number("line_start")?..=number("line_end")?).find_map(|line| cell_line(cell, source, line))?;
        let shown = cell.lines().nth(line - 1)?;
        let start = shown.chars().take_while(|c| c.is_whitespace()).count() + 1;
        let text = text.as_str().unwrap_or_default().to_owned();
        Some(Label { line, start, end: shown.trim_end().chars().count() + 1, text, primary: true })
    })
}

/// rustc's notes and suggestions, in its own words.
fn help(error: &CompilationError) -> Vec<String> {
    let children = error.json["children"].as_array().map_or(&[][..], Vec::as_slice);
    let lines = children.iter().filter_map(|child| {
        let level = child["level"].as_str().filter(|level| matches!(*level, "help" | "note"))?;
        let mut text = format!("{level}: {}", child["message"].as_str()?);
        for span in child[PLACES].as_array().into_iter().flatten() {
            if let Some(replacement) = span["suggested_replacement"].as_str().filter(|r| !r.trim().is_empty()) {
                text += &format!("\n    {}", replacement.trim());
            }
        }
        // Remarks on evcxr's own code mean nothing to the reader.
        (!text.contains("evcxr_") && !text.contains("Evcxr")).then_some(text)
    });
    lines.collect()
}

/// What commands such as `:vars` answer.
///
/// The answer to `:doc` is something to read beside the notebook.
pub(super) fn command_output(commands: &str, outputs: &EvalOutputs) -> Option<Event> {
    if outputs.is_empty() {
        return None;
    }
    let mut bundle = MimeBundle::default();
    for (mime, content) in &outputs.content_by_mime_type {
        bundle.insert(mime, content.trim_end_matches('\n'));
    }
    Some(if commands.trim_start().starts_with(":doc ") { Event::Page(bundle) } else { Event::Result(bundle) })
}

/// The code without its commands, which completion would run; every byte keeps its place.
fn without_commands(cell: &str) -> String {
    let head = Source::new(cell).head;
    let is_command = |number: usize| head.iter().any(|(line, _)| *line == number);
    let lines = cell.split('\n').enumerate();
    lines
        .map(|(i, line)| if is_command(i + 1) { " ".repeat(line.len()) } else { line.to_owned() })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Asks rust-analyzer what could stand at the byte `at`.
pub(super) fn completions(context: &mut CommandContext, cell: &str, at: usize) -> Completions {
    let line = cell[..at].rsplit('\n').next().unwrap_or_default();
    // In a command line evcxr completes its name, and runs nothing else.
    let is_command = line.trim_start().starts_with(':') && !line.trim_start().starts_with("::");
    let code = if is_command { " ".repeat(at - line.len()) + line } else { without_commands(cell) };
    let Ok(found) = context.completions(&code, at) else { return Completions::default() };
    let items = found.completions.into_iter().filter(|item| !item.code.starts_with(MARKER)).map(|item| Completion {
        text: item.code,
        kind: item.kind.to_owned(),
        signature: item.label,
    });
    Completions { start: found.start_offset, end: found.end_offset, items: items.collect() }
}

/// Asks rust-analyzer about the name at the byte `at`.
pub(super) fn inspection(context: &mut CommandContext, cell: &str, at: usize) -> Option<MimeBundle> {
    let code = without_commands(cell);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let end = at + code[at..].find(|c| !word(c)).unwrap_or(code.len() - at);
    // A call has to look like one for rust-analyzer to know the method.
    let end = if code[end..].starts_with('(') { end + 1 } else { end };
    let (plain, html) = context.hover_at(&code, end).ok()?;
    if plain.is_empty() || plain == "No documentation found" {
        return None;
    }
    let mut bundle = MimeBundle::new("text/plain", &plain);
    bundle.insert("text/markdown", &format!("```rust\n{plain}\n```"));
    bundle.insert("text/html", &html);
    Some(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_back_to_their_lines() {
        assert_eq!(with_commands(":vars\n\n", "\n\nlet x = 1;"), ":vars\n\nlet x = 1;");
        assert_eq!(with_commands("\n:vars", ""), "\n:vars");
    }

    #[test]
    fn evcxrs_code_is_not_named() {
        assert_eq!(
            without_evcxr("expected `;`, found `evcxr_variable_store`"),
            "expected `;`, found the end of the cell"
        );
        let closures = "`{closure@src/lib.rs:127:13: 127:16}` and `{closure@src/lib.rs:1:1: 2:3}`";
        assert_eq!(without_evcxr(closures), "`{closure}` and `{closure}`");
    }

    #[test]
    fn completion_never_sees_commands_and_offsets_hold() {
        let cell = ":dep a\n!ls\nlet x = \"损\";\nx.";
        let code = without_commands(cell);
        assert_eq!(code.len(), cell.len());
        assert!(!code.contains(":dep") && !code.contains('!'));
        assert!(code.ends_with("let x = \"损\";\nx."));
    }
}
