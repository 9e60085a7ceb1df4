//! What the compiler has to say, told in terms of the reader's cell.

use super::{BLUE, Failure, RESET, advice, heading, place};

/// One of the compiler's errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// Such as `E0382`.
    pub code: Option<String>,
    /// The error's first line.
    pub message: String,
    /// Places in the cell, with what is said about them.
    pub labels: Vec<Label>,
    /// `help:` and `note:` lines, with suggested code.
    pub help: Vec<String>,
}

/// A place in the cell and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub start: usize,
    /// Not included. On another line than `start`, the rest of the line is meant.
    pub end: usize,
    /// What is said.
    pub text: String,
    /// Whether this is where the error is.
    pub primary: bool,
}

/// The failure of a cell that did not compile.
pub fn compile_error(cell: &str, count: usize, diagnostics: &[Diagnostic]) -> Failure {
    let Some(first) = diagnostics.first() else {
        return Failure::new("CompileError", "the compiler failed without saying why; run the cell again");
    };
    let ename = match &first.code {
        Some(code) => format!("CompileError[{code}]"),
        None => "CompileError".to_owned(),
    };
    let evalue = first.message.lines().next().unwrap_or_default().to_owned();
    let mut traceback = Vec::new();
    for diagnostic in diagnostics {
        if !traceback.is_empty() {
            traceback.push(String::new());
        }
        traceback.extend(render(cell, count, diagnostic));
    }
    Failure { ename, evalue, traceback }
}

fn render(cell: &str, count: usize, diagnostic: &Diagnostic) -> Vec<String> {
    let name = diagnostic.code.as_ref().map_or_else(|| "error".to_owned(), |code| format!("error[{code}]"));
    let mut lines = vec![heading(&name, &diagnostic.message)];
    let found = if diagnostic.labels.is_empty() { find(cell, &diagnostic.message) } else { None };
    let mut labels: Vec<&Label> = diagnostic.labels.iter().chain(&found).collect();
    labels.sort_by_key(|label| !label.primary);
    for label in labels {
        let columns = Some((label.start, label.end));
        lines.extend(place::excerpt(cell, count, label.line, columns, &label.text));
    }
    for help in &diagnostic.help {
        for (i, line) in help.lines().enumerate() {
            let sign = if i == 0 { " = " } else { "   " };
            lines.push(format!("{BLUE}{sign}{RESET}{line}"));
        }
    }
    if let Some(advice) = advice::for_error(diagnostic, cell) {
        lines.push(format!("{BLUE} = in a notebook:{RESET} {advice}"));
    }
    lines
}

/// The first place where the cell says what the message quotes; evcxr loses the places of `use` items.
fn find(cell: &str, message: &str) -> Option<Label> {
    let name = message.split('`').nth(1).filter(|name| !name.is_empty())?;
    let (index, line) = cell.lines().enumerate().find(|(_, line)| line.contains(name))?;
    let start = line[..line.find(name)?].chars().count() + 1;
    Some(Label { line: index + 1, start, end: start + name.chars().count(), text: String::new(), primary: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_told_with_its_place_its_help_and_what_to_do_in_a_notebook() {
        let label = Label { line: 1, start: 9, end: 10, text: "not found in this scope".into(), primary: true };
        let first = Diagnostic {
            code: Some("E0433".into()),
            message: "failed to resolve: use of unresolved module or unlinked crate `rand`".into(),
            labels: vec![label],
            help: vec!["help: consider importing\n\nuse std::x;".into()],
        };
        let second = Diagnostic { message: "expected `;`".into(), ..Diagnostic::default() };
        let third = Diagnostic { message: "unresolved import `x`".into(), ..Diagnostic::default() };
        let failure = compile_error("let y = x;", 4, &[first, second, third]);
        assert_eq!(failure.ename, "CompileError[E0433]");
        assert_eq!(failure.evalue, "failed to resolve: use of unresolved module or unlinked crate `rand`");
        let text = super::super::without_colours(&failure.traceback.join("\n"));
        for part in [
            "error[E0433]: failed",
            "cell [4], line 1, column 9",
            "1 | let y = x;\n  |         ^ not found in this scope",
            " = help: consider importing",
            "   use std::x;",
            ":dep rand",
            "error: expected `;`",
            "error: unresolved import `x`",
        ] {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }
}
