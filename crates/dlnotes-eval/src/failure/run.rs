//! What happened to a cell that compiled and did not end well.

use std::ops::Range;

use super::excerpt::{Mark, excerpt};
use super::place::{At, in_source};
use super::{BLUE, Failure, RESET};
use crate::generate::Source;
use crate::host::{Died, Ending, PanicPlace};

/// A cell that compiled, and how its run ended.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The sources of the session, also of older cells, in which a panic may have its place.
    pub sources: &'a [Source],
    /// How the code ended, if the process told.
    pub ending: Option<&'a Ending>,
    /// How the process ended, if it did.
    pub died: Option<&'a Died>,
    /// Variables that are gone now.
    pub lost: &'a [String],
}

/// The failure of a cell that compiled; `None` if it ended well.
pub fn run_failure(run: &Run<'_>) -> Option<Failure> {
    let failure = match (run.died, run.ending) {
        (Some(died), _) => dead(died),
        (None, None | Some(Ending::Completed)) => return None,
        (None, Some(Ending::Interrupted)) => {
            Failure::new("Interrupted", "the cell was stopped; everything that earlier cells defined is kept")
        }
        (None, Some(Ending::Panicked(panic))) => panicked(run, panic),
        (None, Some(Ending::Left { message, place })) => {
            let message = if message.is_empty() { "the cell was left by `?`" } else { message };
            let lines = place.as_ref().map(|(file, line, column)| lines(run, file, *line, *column));
            Failure::new("Error", message).with_lines(lines.unwrap_or_default())
        }
    };
    Some(failure.with_lines(lost(run)))
}

fn dead(died: &Died) -> Failure {
    if died.killed {
        let evalue = "the cell did not stop when asked, so the process that runs cells was ended and restarted";
        return Failure::new("Interrupted", evalue);
    }
    let how = died.how.trim();
    let reason = match how {
        s if s.starts_with("signal: 11") || s.starts_with("signal: 7") => {
            " (memory that isn't its own, or a recursion that used up the stack)"
        }
        s if s.starts_with("signal: 6") => {
            " (abort: a recursion that used up the stack, a panic while panicking, or no memory left)"
        }
        s if s.starts_with("signal: 9") => " (killed from outside: often the system, when memory runs out)",
        s if s.starts_with("signal: 4") => {
            " (an instruction that this processor doesn't have, or `unreachable_unchecked`)"
        }
        s if s.starts_with("exit status: ") => " (the cell called `std::process::exit`)",
        _ => "",
    };
    Failure::new("ChildDied", format!("the process that runs cells ended: {how}{reason}; it was restarted"))
}

fn panicked(run: &Run<'_>, panic: &PanicPlace) -> Failure {
    let message = if panic.message.is_empty() { "the cell panicked" } else { &panic.message };
    let failure = Failure::new("Panic", message);
    if panic.file.is_empty() {
        return failure;
    }
    failure.with_lines(lines(run, &panic.file, panic.line, panic.column))
}

/// The lines of a cell, or the name of another file.
fn lines(run: &Run<'_>, file: &str, line: usize, column: usize) -> Vec<String> {
    // A cell's items and its statements are in files of the same name.
    let found = run.sources.iter().filter(|source| source.name == file).find_map(|source| {
        let byte = byte(&source.text, line, column)?;
        let (range, at) = in_source(source, byte..byte + 1)?;
        let range = if at == At::Text { word_at(&source.cell, range) } else { range };
        Some((source, range))
    });
    match found {
        Some((source, range)) => {
            let mark = Mark { range, text: String::new(), primary: true };
            excerpt(&source.cell, source.count, &[mark], true)
        }
        None => vec![format!("{BLUE}  -->{RESET} {file}:{line}:{column}")],
    }
}

/// The word that begins at a place, such as `unwrap`.
fn word_at(cell: &str, place: Range<usize>) -> Range<usize> {
    let rest = cell.get(place.start..).unwrap_or_default();
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    place.start..place.start + length.max(place.len())
}

/// The byte at a line and a column, both from 1.
fn byte(text: &str, line: usize, column: usize) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += text.get(start..)?.find('\n')? + 1;
    }
    let line = text.get(start..)?;
    Some(start + line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at))
}

fn lost(run: &Run<'_>) -> Option<String> {
    if run.lost.is_empty() {
        return None;
    }
    let names = run.lost.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(format!("{BLUE} = not kept:{RESET} {names}; rerun the cells that define them"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::without_colours;
    use crate::generate::{Map, Origin};

    fn check(ending: Ending, died: Option<Died>, expect: Option<(&str, &[&str])>) {
        let cell = "let v = vec![1];\nv[9]";
        let mut map = Map::default();
        let text = format!("fn cell() {{ {cell} }}");
        for (length, origin) in [(12, Origin::Generated), (cell.len(), Origin::Cell(0)), (2, Origin::Generated)] {
            map.push(length, origin);
        }
        let source = Source { name: "cell [2]".into(), count: 2, cell: cell.into(), text, map };
        let lost = if died.is_some() { vec!["w".to_owned()] } else { Vec::new() };
        let run = Run { sources: &[source], ending: Some(&ending), died: died.as_ref(), lost: &lost };
        match (run_failure(&run), expect) {
            (None, None) => {}
            (Some(failure), Some((ename, parts))) => {
                assert_eq!(failure.ename, ename);
                let text = without_colours(&failure.traceback.join("\n"));
                for part in parts {
                    assert!(text.contains(part), "{part:?} is missing in\n{text}");
                }
            }
            (failure, _) => panic!("{failure:?}"),
        }
    }

    #[test]
    fn each_ending_has_its_name_and_its_place() {
        check(Ending::Completed, None, None);
        let panic = PanicPlace {
            message: "out of bounds".into(),
            file: "cell [2]".into(),
            line: 2,
            column: 1,
            ..Default::default()
        };
        let parts: &[&str] = &["Panic: out of bounds", "cell [2], line 2, column 1", "2 | v[9]\n  | ^"];
        check(Ending::Panicked(panic.clone()), None, Some(("Panic", parts)));
        let first_line = PanicPlace { line: 1, column: 21, ..panic.clone() };
        check(Ending::Panicked(first_line), None, Some(("Panic", &["cell [2], line 1, column 9"])));
        let elsewhere = PanicPlace { file: "/crate/src/lib.rs".into(), line: 7, column: 5, ..panic };
        check(Ending::Panicked(elsewhere), None, Some(("Panic", &["/crate/src/lib.rs:7:5"])));
        let left = |place| Ending::Left { message: "no file".into(), place };
        check(left(None), None, Some(("Error", &["Error: no file"])));
        check(left(Some(("cell [2]".into(), 2, 2))), None, Some(("Error", &["line 2, column 2"])));
        check(Ending::Interrupted, None, Some(("Interrupted", &["is kept"])));
        let died = |how: &str, killed| Some(Died { how: how.into(), killed });
        for (how, parts) in [
            ("signal: 11 (SIGSEGV) (core dumped)", ["SIGSEGV", "stack", "not kept: `w`"]),
            ("exit status: 3", ["exit status: 3", "std::process::exit", "restarted"]),
            ("signal: 9 (SIGKILL)", ["memory runs out", "restarted", "SIGKILL"]),
        ] {
            check(Ending::Completed, died(how, false), Some(("ChildDied", &parts)));
        }
        check(Ending::Completed, died("signal: 9 (SIGKILL)", true), Some(("Interrupted", &["did not stop"])));
    }

    #[test]
    fn a_process_that_says_nothing_before_it_ends_is_told_too() {
        let died = Died { how: "signal: 6 (SIGABRT)".into(), killed: false };
        let run = Run { sources: &[], ending: None, died: Some(&died), lost: &[] };
        assert_eq!(run_failure(&run).map(|failure| failure.ename).as_deref(), Some("ChildDied"));
    }
}
