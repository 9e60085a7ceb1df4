//! A compiler or a linker that could not do its work, through no fault of the cell.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use super::Failure;
use crate::compile::message::Message;

/// Lines of a program's own words that are shown.
const LINES: usize = 8;

/// What the linker is called as a [`Work::tool`].
pub const LINKER: &str = "ld";

const NOT_LINKED: &str = "the cell compiled, but could not be linked; what the linker says is below";

/// What became of a program that was to do something for a cell.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// `rustc` or [`LINKER`].
    pub tool: &'a str,
    /// How it ended, or why it could not be started.
    pub ended: Result<ExitStatus, &'a std::io::Error>,
    /// What it wrote besides messages in JSON.
    pub stderr: &'a str,
    /// Its messages.
    pub messages: &'a [Message],
    /// Where it wrote its files.
    pub folder: &'a Path,
}

/// The failure, if it is the program's or the machine's; `None` if all went well, or the messages say what is wrong with
/// the cell.
pub fn trouble(work: &Work<'_>) -> Option<Failure> {
    let tool = work.tool;
    let status = match work.ended {
        Ok(status) => status,
        Err(error) => return Some(not_started(work, error)),
    };
    if let Some(line) = find(work, "No space left on device") {
        return Some(full_disk(work.folder).with_lines([line]));
    }
    if status.success() {
        return None;
    }
    if let Some(line) =
        find(work, "internal compiler error").or_else(|| find(work, "the compiler unexpectedly panicked"))
    {
        let evalue =
            "an error in rustc itself, not in the cell: write the cell in another way, or try another version of Rust";
        return Some(Failure::new("KernelError", evalue).with_lines([line]));
    }
    if let Some(line) = find(work, "memory allocation of").or_else(|| find(work, "Cannot allocate memory")) {
        return Some(Failure::new("KernelError", no_memory(tool)).with_lines([line]));
    }
    match status.signal() {
        Some(9) => return Some(Failure::new("KernelError", no_memory(tool))),
        Some(signal @ (4 | 6 | 7 | 11)) => {
            let evalue = format!(
                "{tool} itself crashed (signal {signal}), often on an expression that is nested too deeply: write the cell in \
                 smaller parts"
            );
            return Some(Failure::new("KernelError", evalue).with_lines(own_words(work.stderr)));
        }
        Some(signal) => {
            let evalue = format!("{tool} was stopped by signal {signal}; run the cell again");
            return Some(Failure::new("KernelError", evalue));
        }
        None => {}
    }
    if super::errors(work.messages).next().is_some() {
        return None;
    }
    let evalue = if tool == LINKER {
        NOT_LINKED.to_owned()
    } else {
        format!("{tool} failed ({status}) without saying what is wrong with the cell; what it wrote is below")
    };
    Some(Failure::new("KernelError", evalue).with_lines(own_words(work.stderr)))
}

fn not_started(work: &Work<'_>, error: &std::io::Error) -> Failure {
    let tool = work.tool;
    let evalue = match error.kind() {
        ErrorKind::StorageFull => return full_disk(work.folder),
        ErrorKind::NotFound if tool == LINKER => {
            "the linker, ld, was not found: install binutils, then run the cell again".to_owned()
        }
        ErrorKind::NotFound => {
            format!("{tool} isn't there any more: install Rust again (https://rustup.rs), then restart the kernel")
        }
        ErrorKind::OutOfMemory => no_memory(tool),
        ErrorKind::TimedOut if tool == LINKER => {
            "the linker did nothing for 20 seconds and was ended: run the cell again".to_owned()
        }
        ErrorKind::TimedOut => format!(
            "{tool} did nothing for 20 seconds and was ended: run the cell again; if it happens again, look for a macro that \
             waits for something"
        ),
        _ => format!("{tool} could not be started: {error}"),
    };
    Failure::new("KernelError", evalue)
}

fn full_disk(folder: &Path) -> Failure {
    let folder = folder.display();
    Failure::new("KernelError", format!("the disk is full: free some space where {folder} is, then run the cell again"))
}

fn no_memory(tool: &str) -> String {
    let what = if tool == LINKER { "linker" } else { "compiler" };
    format!(
        "the {what} was killed: often the system, when memory runs out; close what needs much of it, then run the cell again"
    )
}

/// The first line that contains `text`, in a program's words or in its messages.
fn find(work: &Work<'_>, text: &str) -> Option<String> {
    let texts = work.messages.iter().flat_map(|message| {
        let children = message.children.iter().map(|child| child.message.as_str());
        [message.level.as_str(), message.message.as_str()].into_iter().chain(children)
    });
    let line = texts.chain([work.stderr]).flat_map(str::lines).find(|line| line.contains(text))?;
    // The level says only what it is.
    if line == "error: internal compiler error" {
        let message = work.messages.iter().find(|message| message.level == line)?;
        return Some(format!("{line}: {}", message.message.lines().next().unwrap_or_default()));
    }
    Some(shortened(line))
}

fn own_words(stderr: &str) -> Vec<String> {
    stderr.lines().filter(|line| !line.trim().is_empty()).take(LINES).map(shortened).collect()
}

fn shortened(line: &str) -> String {
    line.trim().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tool: &str, status: i32, stderr: &str, messages: &[Message]) -> Option<String> {
        let work =
            Work { tool, ended: Ok(ExitStatus::from_raw(status)), stderr, messages, folder: Path::new("/tmp/cells") };
        trouble(&work).map(|failure| {
            assert_eq!(failure.ename, "KernelError");
            crate::failure::without_colours(&failure.traceback.join("\n"))
        })
    }

    #[test]
    fn what_is_no_fault_of_the_cell_has_its_words() {
        let error = Message { level: "error".into(), message: "mismatched types".into(), ..Message::default() };
        let bug = Message {
            level: "error: internal compiler error".into(),
            message: "no such region\nmore".into(),
            ..error.clone()
        };
        let full =
            Message { message: "failed to write x: No space left on device (os error 28)".into(), ..error.clone() };
        assert_eq!(told("rustc", 0, "", &[]), None);
        assert_eq!(told("rustc", 1 << 8, "", std::slice::from_ref(&error)), None);
        for (tool, status, stderr, messages, expect) in [
            ("rustc", 9, "", vec![], &["the compiler was killed", "memory runs out"][..]),
            ("rustc", 11, "", vec![], &["rustc itself crashed (signal 11)"]),
            ("rustc", 6, "memory allocation of 99 bytes failed", vec![], &["memory runs out", "99 bytes"]),
            (
                "rustc",
                101 << 8,
                "",
                vec![bug],
                &["an error in rustc itself", "internal compiler error: no such region"],
            ),
            (
                "rustc",
                101 << 8,
                "thread 'rustc' panicked\nerror: the compiler unexpectedly panicked. this is a bug.",
                vec![error],
                &["rustc itself"],
            ),
            ("rustc", 1 << 8, "", vec![full], &["the disk is full", "/tmp/cells", "os error 28"]),
            (
                LINKER,
                1 << 8,
                "ld: cell.o: undefined reference to `f'\n",
                vec![],
                &["could not be linked", "reference to `f'"],
            ),
            ("rustc", 1 << 8, "a strange line\n", vec![], &["exit status: 1", "a strange line"]),
        ] {
            let text = told(tool, status, stderr, &messages).unwrap_or_default();
            for part in expect {
                assert!(text.contains(part), "{part:?} is missing in\n{text}");
            }
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        for (tool, expect) in [("rustc", "rustc isn't there"), (LINKER, "install binutils")] {
            let error = std::io::Error::from(ErrorKind::NotFound);
            let work = Work { tool, ended: Err(&error), stderr: "", messages: &[], folder: Path::new("/tmp") };
            assert!(trouble(&work).is_some_and(|failure| failure.evalue.contains(expect)));
        }
    }
}
