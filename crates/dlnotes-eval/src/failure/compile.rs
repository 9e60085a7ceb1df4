//! The failure of a cell that did not compile.

use super::advice;
use super::diagnostic::{Diagnostic, END};
use super::excerpt::{Mark, excerpt};
use super::facts::Facts;
use super::kept::{self, Why};
use super::label::Label;
use super::{BLUE, Failure, RESET, heading};
use crate::compile::message::Message;
use crate::generate::Source;

/// Errors that are shown.
const MOST: usize = 10;

/// The compiler's errors, in order, without its closing words.
pub(super) fn errors(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().filter(|message| {
        if message.message.contains("::std::include") {
            return false;
        }
        let closing = ["aborting due to", "could not compile", "could not document"];
        message.level.starts_with("error") && !closing.iter().any(|start| message.message.starts_with(start))
    })
}

/// The failure of cell `[count]`, which did not compile: `messages` are what rustc said, `sources` the files that it was
/// given, with those of older cells whose items were compiled again.
pub fn compile_failure(messages: &[Message], sources: &[Source], count: usize, facts: &Facts) -> Failure {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for message in relevant(messages, sources) {
        let mut diagnostic = Diagnostic::new(message, sources, count);
        if !diagnostics.contains(&diagnostic) {
            diagnostic.advice = advice::advice(&diagnostic, sources, count, facts);
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    }
    // After a mistake in the middle, the end is often one more.
    let mut place = 0..;
    diagnostics.retain(|diagnostic| place.next() == Some(0) || !diagnostic.message.ends_with(END));
    let Some(first) = diagnostics.first() else {
        return Failure::new("CompileError", "the compiler failed without saying why; run the cell again");
    };
    let ename = first.code.as_ref().map_or("CompileError".to_owned(), |code| format!("CompileError[{code}]"));
    let evalue = first.message.lines().next().unwrap_or_default().to_owned();
    let mut traceback = Vec::new();
    let mut advised: Vec<&str> = Vec::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        if !traceback.is_empty() {
            traceback.push(String::new());
        }
        traceback.extend(render(diagnostic, sources));
        // Once is enough.
        if let Some(advice) = diagnostic.advice.as_deref().filter(|advice| !advised.contains(advice)) {
            traceback.push(format!("{BLUE} = in a notebook:{RESET} {advice}"));
            advised.push(advice);
        }
    }
    if diagnostics.len() > MOST {
        let more = diagnostics.len() - MOST;
        traceback.extend([String::new(), format!("and {more} more error{}", if more == 1 { "" } else { "s" })]);
    }
    Failure { ename, evalue, traceback }
}

/// The errors that are the cell's own; if there are none, those about what can't be kept, one for each variable.
fn relevant<'a>(messages: &'a [Message], sources: &[Source]) -> Vec<&'a Message> {
    let (own, kept): (Vec<_>, Vec<_>) = errors(messages)
        .map(|message| (message, kept::of(message, sources)))
        .partition(|(_, kept)| !matches!(kept, Some((_, Why::Moved | Why::Uninitialized | Why::Borrows(_)))));
    if !own.is_empty() {
        return without_consequences(own.into_iter().map(|(message, _)| message).collect());
    }
    let borrows = kept.iter().any(|(_, why)| matches!(why, Some((_, Why::Borrows(_)))));
    let mut names = Vec::new();
    let mut first_of_each: Vec<&Message> = Vec::new();
    // What doesn't live long enough says most.
    let says_most = |message: &Message| {
        message.code.as_ref().is_some_and(|code| matches!(&code.code[..], "E0597" | "E0716" | "E0373" | "E0521"))
    };
    let (most, rest): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(message, _)| says_most(message));
    for (message, why) in most.into_iter().chain(rest) {
        if let Some((name, why)) = why
            && (!borrows || matches!(why, Why::Borrows(_)))
            && !names.contains(&name)
        {
            names.push(name);
            first_of_each.push(message);
        }
    }
    first_of_each
}

/// What follows from a sentence that isn't Rust says nothing; nor does a second error about the same two types.
fn without_consequences(mut errors: Vec<&Message>) -> Vec<&Message> {
    let is_syntax =
        |error: &Message| error.code.is_none() && !error.message.contains("macro") && !error.spans.is_empty();
    if errors.first().is_some_and(|error| is_syntax(error)) {
        errors.retain(|error| error.code.is_none());
        let first = errors[0];
        // Of a cell whose brackets or strings are wrong, rustc sees no function around it.
        errors.retain(|error| *error == first || !error.message.starts_with("expected item, found"));
    }
    let is = |error: &Message, code: &str| error.code.as_ref().is_some_and(|known| known.code == code);
    let lines = |error: &Message| -> Vec<usize> {
        error.spans.iter().filter(|span| span.is_primary).map(|span| span.line_start).collect()
    };
    // What is private has arguments that nobody needs to know.
    let private: Vec<usize> = errors.iter().filter(|error| is(error, "E0624")).flat_map(|error| lines(error)).collect();
    errors.retain(|error| is(error, "E0624") || !lines(error).iter().any(|line| private.contains(line)));
    let mismatched: Vec<usize> =
        errors.iter().filter(|error| is(error, "E0308")).flat_map(|error| lines(error)).collect();
    let repeats = |error: &Message| {
        is(error, "E0277")
            && ["cannot ", "can't "].iter().any(|start| error.message.starts_with(start))
            && lines(error).iter().any(|line| mismatched.contains(line))
    };
    errors.retain(|error| !repeats(error));
    errors
}

fn render(diagnostic: &Diagnostic, sources: &[Source]) -> Vec<String> {
    let name = diagnostic.code.as_ref().map_or_else(|| "error".to_owned(), |code| format!("error[{code}]"));
    let mut lines = vec![heading(&name, &diagnostic.message)];
    lines.extend(places(&diagnostic.labels, sources));
    for help in &diagnostic.help {
        for (index, line) in help.text.lines().enumerate() {
            let sign = if index == 0 { " = " } else { "   " };
            lines.push(format!("{BLUE}{sign}{RESET}{line}"));
        }
        lines.extend(help.code.iter().map(|line| format!("       {line}")));
        lines.extend(places(&help.labels, sources));
    }
    lines
}

/// An excerpt of each cell that is pointed to; the one with the error first.
fn places(labels: &[Label], sources: &[Source]) -> Vec<String> {
    let mut order: Vec<usize> = Vec::new();
    for label in labels {
        if !order.contains(&label.source) {
            order.push(label.source);
        }
    }
    let excerpts = order.into_iter().filter_map(|index| {
        let source = sources.get(index)?;
        let marks: Vec<Mark> = labels.iter().filter(|l| l.source == index).map(|l| l.mark.clone()).collect();
        Some(excerpt(&source.cell, source.count, &marks, true))
    });
    excerpts.flatten().collect()
}
