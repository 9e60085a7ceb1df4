//! What happened to a cell that compiled and did not end well.

use super::{BLUE, Failure, RESET, place};
use crate::child::{PanicPlace, Seen};

/// A cell that compiled, and what is known about its run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The cell's source.
    pub cell: &'a str,
    /// Its number.
    pub count: usize,
    /// What was compiled: the cell's lines between evcxr's own.
    pub source: &'a str,
    /// What was seen.
    pub seen: &'a Seen,
    /// How the process ended, if it did.
    pub exit: Option<&'a str>,
    /// Variables that are gone now.
    pub lost: &'a [String],
}

/// The failure of a cell that compiled; `None` if it ended well.
pub fn run_error(run: &Run<'_>) -> Option<Failure> {
    let failure = what(run)?;
    Some(failure.with_lines(lost(run)))
}

fn what(run: &Run<'_>) -> Option<Failure> {
    let seen = run.seen;
    if seen.died || run.exit.is_some() {
        let how = ending(run.exit.unwrap_or_default());
        return Some(if seen.killed {
            let evalue = "the cell did not stop when asked, so the process that runs cells was ended and started anew";
            Failure::new("Interrupted", evalue)
        } else {
            Failure::new("ChildDied", format!("the process that runs cells ended: {how}; it was started anew"))
        });
    }
    if seen.interrupted {
        return Some(Failure::new(
            "Interrupted",
            "the cell was stopped; everything that earlier cells defined is kept",
        ));
    }
    if seen.unwound {
        let panic = seen.panic.clone().unwrap_or_default();
        let message = if panic.message.is_empty() { "the cell panicked" } else { &panic.message };
        return Some(Failure::new("Panic", message).with_lines(panic_place(run, &panic)));
    }
    let error = seen.error.as_ref()?;
    let message = if error.is_empty() { "the cell was left by `?`" } else { error };
    Some(Failure::new("Error", message).with_lines(question_mark(run)))
}

/// The lines of the cell from which the panic came, or the file of a crate.
fn panic_place(run: &Run<'_>, panic: &PanicPlace) -> Vec<String> {
    let in_cell = panic.file.ends_with("src/lib.rs") && !panic.file.starts_with('/');
    match in_cell.then(|| place::cell_line(run.cell, run.source, panic.line)).flatten() {
        Some(line) => place::excerpt(run.cell, run.count, line, None, ""),
        None if panic.file.is_empty() || in_cell => Vec::new(),
        None => vec![format!("{BLUE}  -->{RESET} {}:{}:{}", panic.file, panic.line, panic.column)],
    }
}

/// evcxr does not say which `?` it was; when there is only one, it is known.
fn question_mark(run: &Run<'_>) -> Vec<String> {
    let mut lines = run.cell.lines().enumerate().filter(|(_, line)| line.contains('?'));
    match (lines.next(), lines.next()) {
        (Some((index, _)), None) => place::excerpt(run.cell, run.count, index + 1, None, ""),
        _ => Vec::new(),
    }
}

fn lost(run: &Run<'_>) -> Option<String> {
    if run.lost.is_empty() {
        return None;
    }
    let names = run.lost.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(format!("{BLUE} = not kept:{RESET} {names}; run the cells that define them again"))
}

/// A sentence from what evcxr says about the end of its process.
fn ending(text: &str) -> String {
    let status = text.split_once("status: ").map_or(text, |(_, status)| status).trim();
    let reason = match status {
        s if s.starts_with("signal: 11") || s.starts_with("signal: 7") => {
            " (memory that isn't its own, or a recursion that used up the stack)"
        }
        s if s.starts_with("signal: 6") => " (abort: a panic while panicking, or no memory left)",
        s if s.starts_with("signal: 9") => " (killed from outside: often the system, when memory runs out)",
        s if s.starts_with("exit status: ") => " (the cell called `std::process::exit`)",
        _ => "",
    };
    format!("{status}{reason}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seen: Seen, exit: Option<&str>, expect: Option<(&str, &[&str])>) {
        let (cell, source) = ("let v = vec![1];\nv[9]", "x\nlet v = vec![1];\nv[9]\ny");
        let lost = if exit.is_some() { vec!["w".to_owned()] } else { Vec::new() };
        let failure = run_error(&Run { cell, count: 2, source, seen: &seen, exit, lost: &lost });
        match (failure, expect) {
            (None, None) => {}
            (Some(failure), Some((ename, parts))) => {
                assert_eq!(failure.ename, ename);
                let text = super::super::without_colours(&failure.traceback.join("\n"));
                for part in parts {
                    assert!(text.contains(part), "{part:?} is missing in\n{text}");
                }
            }
            (failure, _) => panic!("{failure:?}"),
        }
    }

    #[test]
    fn each_ending_has_its_name() {
        check(Seen::default(), None, None);
        let panic =
            PanicPlace { message: "out of bounds".into(), file: "src/lib.rs".into(), line: 3, ..Default::default() };
        let panicked = Seen { unwound: true, panic: Some(panic.clone()), ..Seen::default() };
        check(panicked, None, Some(("Panic", &["Panic: out of bounds", "cell [2], line 2", "2 | v[9]"])));
        let elsewhere = PanicPlace { file: "/crate/src/lib.rs".into(), line: 7, column: 5, ..panic };
        let panicked = Seen { unwound: true, panic: Some(elsewhere), ..Seen::default() };
        check(panicked, None, Some(("Panic", &["/crate/src/lib.rs:7:5"])));
        check(Seen { error: Some("no file".into()), ..Seen::default() }, None, Some(("Error", &["Error: no file"])));
        let interrupted = Seen { unwound: true, interrupted: true, ..Seen::default() };
        check(interrupted, None, Some(("Interrupted", &["is kept"])));
        let died = Seen { died: true, ..Seen::default() };
        let status = "Subprocess terminated with status: signal: 11 (SIGSEGV) (core dumped)";
        check(died.clone(), Some(status), Some(("ChildDied", &["signal: 11", "stack", "not kept: `w`"])));
        let status = "Subprocess terminated with status: exit status: 3";
        check(died.clone(), Some(status), Some(("ChildDied", &["exit status: 3", "std::process::exit"])));
        check(Seen { killed: true, ..died }, Some(status), Some(("Interrupted", &["did not stop"])));
    }
}
