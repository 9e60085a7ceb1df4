//! A crate that could not be added.

use std::path::Path;

use super::{BLUE, Failure, RESET, heading};
use crate::compile::message::{Message, Span};

/// Cargo could not find or build a crate: its own words, and what to do.
pub fn cargo_failure(text: &str, no_network: bool) -> Failure {
    let text = text.trim();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let evalue = text.lines().next().unwrap_or("the crate could not be added");
    let failure = Failure::new("CompileError", evalue).with_lines(text.lines().skip(1).map(str::to_owned));
    let advice = if no_network {
        "the crate could not be fetched: check the network connection; crates that were used before on this machine can be \
         had without one, with `:offline 1` in the line above `:dep`"
    } else if text.contains("no matching package") {
        "look the crate's name up on https://crates.io"
    } else {
        return failure;
    };
    failure.with_lines([format!("{BLUE} = in a notebook:{RESET} {advice}")])
}

/// A crate doesn't compile: what rustc says of it, with its files' places.
pub fn crate_failure(package: &str, folder: &Path, messages: &[Message]) -> Failure {
    let errors: Vec<&Message> = messages.iter().filter(|message| message.level.starts_with("error")).collect();
    let errors: Vec<&Message> = errors.into_iter().filter(|error| !error.message.starts_with("aborting")).collect();
    let Some(first) = errors.first() else {
        return Failure::new("CompileError", format!("the crate `{package}` doesn't compile; cargo doesn't say why"));
    };
    let name = |error: &Message| error.code.as_ref().map(|code| format!("[{}]", code.code)).unwrap_or_default();
    let mut traceback = Vec::new();
    for error in &errors {
        traceback.push(heading(&format!("error{}", name(error)), &error.message));
        let places = error.spans.iter().filter(|span| span.is_primary);
        traceback.extend(places.map(|span| format!("{BLUE} = {RESET}{}", place(folder, span))));
        let notes = error.children.iter().filter(|child| matches!(child.level.as_str(), "help" | "note"));
        traceback.extend(notes.map(|note| format!("{BLUE} = {RESET}{}: {}", note.level, note.message)));
    }
    Failure { ename: format!("CompileError{}", name(first)), evalue: first.message.clone(), traceback }
}

fn place(folder: &Path, span: &Span) -> String {
    let said = span.label.as_ref().map(|label| format!(": {label}")).unwrap_or_default();
    let file = folder.join(&span.file_name);
    format!("in {}, line {}, column {}{said}", file.display(), span.line_start, span.column_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_comes_with_what_to_do() {
        let failure = cargo_failure(
            "error: no matching package named `nothing` found\nlocation searched: crates.io index",
            false,
        );
        assert_eq!(failure.evalue, "no matching package named `nothing` found");
        assert!(failure.traceback.join("\n").contains("https://crates.io"));
        let failure =
            cargo_failure("download of config.json failed\n[6] Could not resolve host: index.crates.io", true);
        assert!(failure.traceback.join("\n").contains(":offline 1"));
    }

    #[test]
    fn an_error_in_a_crate_names_the_file() {
        let span = Span {
            file_name: "src/lib.rs".into(),
            line_start: 3,
            column_start: 5,
            is_primary: true,
            label: Some("expected `i32`, found `&str`".into()),
            ..Span::default()
        };
        let message = Message {
            message: "mismatched types".into(),
            level: "error".into(),
            spans: vec![span],
            ..Message::default()
        };
        let failure = crate_failure("broken", Path::new("/notes/broken"), &[message]);
        let place = "in /notes/broken/src/lib.rs, line 3, column 5: expected `i32`, found `&str`";
        assert!(failure.traceback.join("\n").contains(place));
    }
}
