//! The lines of a cell that aren't Rust: `:vars`, `!ls`.

use super::{Completion, Completions, Document, markdown};
use crate::MimeBundle;

/// The names of commands with their colon, each with a few words of help.
pub type Commands = &'static [(&'static str, &'static str)];

/// Commands whose argument is Rust.
const TAKES_RUST: [&str; 3] = [":type", ":time", ":doc"];

/// Where the cursor is.
pub(super) enum Place {
    /// In a command's name.
    Command(Completions),
    /// Where nothing can be completed.
    Shell,
    /// In Rust; everything else of the cell is blank.
    Code(Document),
}

/// Looks at the line of the byte `at`.
pub(super) fn at_cursor(document: &Document, at: usize, commands: Commands) -> Place {
    let cell = &document.cell;
    let start = cell[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = cell[at..].find('\n').map_or(cell.len(), |end| at + end);
    let line = &cell[start..end];
    let head = start + (line.len() - line.trim_start().len());
    let mut kept = None;
    if is_command(line) {
        let name_end = cell[head..end].find(char::is_whitespace).map_or(end, |end| head + end);
        if at <= name_end {
            return if at < head { Place::Shell } else { Place::Command(names(cell, head, at, commands)) };
        }
        if !TAKES_RUST.contains(&&cell[head..name_end]) {
            return Place::Shell;
        }
        kept = Some(head..name_end);
    } else if is_shell(line) && is_in_head(&cell[..start]) {
        return Place::Shell;
    }
    let cell = match kept {
        Some(name) => blank(&cell[..name.end]) + &cell[name.end..],
        None => without_heads(cell),
    };
    Place::Code(Document { cell, ..document.clone() })
}

/// The help for the command at `at`.
pub(super) fn inspect(document: &Document, at: usize, commands: Commands) -> Option<MimeBundle> {
    let cell = &document.cell;
    let start = cell[..at].rfind('\n').map_or(0, |end| end + 1);
    let word = cell[start..].split_whitespace().next()?;
    let (name, help) = commands.iter().find(|(name, _)| *name == word)?;
    Some(markdown::bundle(name, help))
}

fn names(cell: &str, head: usize, at: usize, commands: Commands) -> Completions {
    let typed = &cell[head..at];
    let items = commands.iter().filter(|(name, _)| name.starts_with(typed));
    let items = items.map(|(name, help)| Completion {
        text: (*name).to_owned(),
        kind: "command".to_owned(),
        signature: (*help).to_owned(),
    });
    Completions { start: head, end: at, items: items.collect() }
}

fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(':') && !line.starts_with("::")
}

/// `!ls -l`, but not `!v.is_empty()`.
fn is_shell(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix('!') else { return false };
    let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '/'))).unwrap_or(rest.len());
    rest.starts_with(' ') || (word > 0 && rest[word..].chars().next().is_none_or(char::is_whitespace))
}

fn is_in_head(before: &str) -> bool {
    before.lines().all(|line| line.trim().is_empty() || is_command(line) || is_shell(line))
}

/// The cell with its head lines blank, each byte where it was.
fn without_heads(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut in_head = true;
    for line in cell.split_inclusive('\n') {
        in_head &= line.trim().is_empty() || is_command(line) || is_shell(line);
        if in_head { text.push_str(&blank(line)) } else { text.push_str(line) }
    }
    text
}

/// As many bytes of white space, with line ends where they are.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMANDS: Commands = &[(":dep", "adds a crate"), (":vars", "lists variables"), (":type", "a type")];

    fn place(cell: &str, at: usize) -> Place {
        at_cursor(&Document { cell: cell.to_owned(), ..Document::default() }, at, COMMANDS)
    }

    #[test]
    fn names_of_commands_are_completed_and_nothing_else_in_their_lines() {
        let Place::Command(found) = place(":dep a\n  :v", 11) else { panic!("a command") };
        assert_eq!((found.start, found.end, found.items[0].text.as_str()), (9, 11, ":vars"));
        let Place::Command(found) = place(":", 1) else { panic!("a command") };
        assert_eq!(found.items.len(), 3);
        assert!(matches!(place(":dep serde", 10), Place::Shell));
        assert!(matches!(place("!ls no", 6), Place::Shell));
        let Place::Code(document) = place(":type x.", 8) else { panic!("code") };
        assert_eq!(document.cell, "      x.");
    }

    #[test]
    fn other_lines_are_blank_and_offsets_hold() {
        let cell = ":dep 损\n!ls\n\nlet x = \"损\";\n!v.";
        let Place::Code(document) = place(cell, cell.len()) else { panic!("code") };
        assert_eq!(document.cell.len(), cell.len());
        assert_eq!(document.cell.trim_start(), "let x = \"损\";\n!v.");
        assert!(matches!(place("!v.is_empty()", 5), Place::Code(_)));
    }

    #[test]
    fn a_command_tells_its_help() {
        let document = Document { cell: ":vars".to_owned(), ..Document::default() };
        assert_eq!(inspect(&document, 3, COMMANDS).unwrap().text("text/plain"), Some(":vars\n\nlists variables"));
    }
}
