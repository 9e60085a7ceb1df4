//! The lines at the head of a cell that aren't Rust.

/// A line at the head of a cell that isn't Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// `:name arguments`.
    Command {
        /// With its colon.
        name: String,
        /// The rest of the line.
        arguments: String,
    },
    /// `!command`, for the system's shell.
    Shell(String),
}

/// A cell, with its head taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Commands, with their line in the cell, from 1.
    pub head: Vec<(usize, Head)>,
    /// The Rust code: as long as the cell, with blanks in the place of the head.
    pub code: String,
}

impl Source {
    /// Takes the head off a cell; it ends where Rust begins. `is_known` says whether a name is one of the session's, which
    /// a line such as `!done` then negates.
    pub fn new(cell: &str, is_known: impl Fn(&str) -> bool) -> Self {
        let (mut head, mut at) = (Vec::new(), 0);
        while let rest = &cell[at..]
            && let Some(line) = rest.split_inclusive('\n').next()
        {
            if let Some(length) = warnings(rest) {
                at += length;
                continue;
            }
            let trimmed = line.trim();
            if let Some(found) = command(trimmed).or_else(|| shell(trimmed, &is_known)) {
                head.push((cell[..at].matches('\n').count() + 1, found));
            } else if !trimmed.is_empty() && !trimmed.starts_with("//") {
                break;
            }
            at += line.len();
        }
        Self { head, code: blanked(&cell[..at]) + &cell[at..] }
    }
}

/// Blanks in the place of all bytes but the ends of lines.
pub(crate) fn blanked(text: &str) -> String {
    text.split('\n').map(|line| " ".repeat(line.len())).collect::<Vec<_>>().join("\n")
}

/// How long `#![allow(…)]` is, with the blanks in front of it, or another attribute that is about the warnings of a whole
/// crate: programs begin with them, and no cell shows warnings.
fn warnings(text: &str) -> Option<usize> {
    let rest = text.trim_start().strip_prefix("#![")?;
    ["allow(", "expect(", "warn("].iter().any(|level| rest.starts_with(level)).then_some(())?;
    Some(text.find(")]")? + 2)
}

fn command(line: &str) -> Option<Head> {
    if !line.starts_with(':') || line.starts_with("::") {
        return None;
    }
    let (name, arguments) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Some(Head::Command { name: name.to_owned(), arguments: arguments.trim().to_owned() })
}

/// `!` and a space always begin a shell line; without the space, a line that begins as Rust's negation does is Rust.
fn shell(line: &str, is_known: impl Fn(&str) -> bool) -> Option<Head> {
    let rest = line.strip_prefix('!')?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let is_call = after.starts_with(['.', '(', '[', '!']) || after.starts_with("::");
    let is_rust = match word {
        "" => after.starts_with(['(', '!', '{', '&', '*']),
        "matches" | "true" | "false" => true,
        _ => is_known(word) || (is_call && syn::parse_str::<syn::Expr>(line.trim_end_matches(';')).is_ok()),
    };
    (!is_rust).then(|| Head::Shell(rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(cell: &str) -> Source {
        Source::new(cell, |name| name == "done")
    }

    #[test]
    fn commands_stand_at_the_head_and_every_byte_keeps_its_place() {
        let cell = "// a 损 comment\n:dep a = \"1\"\n\n! ls -l\nlet x = 1;\n:not a command";
        let found = source(cell);
        let command = Head::Command { name: ":dep".into(), arguments: "a = \"1\"".into() };
        assert_eq!(found.head, [(2, command), (4, Head::Shell("ls -l".into()))]);
        assert_eq!(found.code.len(), cell.len());
        assert_eq!(found.code.find("let"), cell.find("let"));
        assert_eq!(source(":vars").code.trim(), "");
        assert!(source("::std::mem::drop(1);").head.is_empty());
    }

    #[test]
    fn what_is_about_warnings_is_taken_off() {
        let cell = "//! Begins like a program.\n#![allow(dead_code)] #![warn(\n    unused,\n)]\n:vars\nlet x = [1];\n";
        let found = source(cell);
        assert_eq!(found.head, [(5, Head::Command { name: ":vars".into(), arguments: String::new() })]);
        assert_eq!((found.code.trim(), found.code.find("let")), ("let x = [1];", cell.find("let")));
        assert_eq!(source("#![allow(unused)] 1 + 1").code.trim(), "1 + 1");
        for rust in ["#![deny(unused)]", "#![feature(x)]", "#[allow(unused)] fn f() {}", "#![allow(unused"] {
            assert_eq!(source(rust).code, rust);
        }
    }

    #[test]
    fn a_negation_is_rust_and_a_shell_line_is_not() {
        for rust in ["!v.is_empty()", "!done", "!f(1)", "!(a && b)", "!matches!(a, b)", "!!done", "!x[0]"] {
            assert!(source(rust).head.is_empty(), "{rust}");
        }
        for line in ["!ls", "!ls -l", "! done", "!pip install x", "!echo $HOME", "!./run.sh", "!cd .. && ls"] {
            assert_eq!(source(line).head.len(), 1, "{line}");
        }
    }
}
