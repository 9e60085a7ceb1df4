//! The last lines of a terminal, written again and again: how far a sweep is, and its best settings.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::{Ledger, Result, Sort, Table};

/// So many settings are shown.
const SETTINGS: usize = 5;

/// A terminal that doesn't say how wide it is.
const WIDTH: usize = 80;

/// The last lines of standard error, if that is a terminal.
#[derive(Debug, Default)]
pub(super) struct Live {
    shown: String,
    table: String,
    /// Reading a large sweep takes long: a twentieth of the time at most.
    next: Option<Instant>,
}

impl Live {
    pub(super) fn is_possible() -> bool {
        std::io::stderr().is_terminal()
    }

    /// Shows this, and below it the best settings.
    pub(super) fn show(&mut self, ledger: &Ledger, text: &str) {
        let begin = Instant::now();
        if self.next.is_none_or(|next| next < begin) {
            // What can't be read is told by those who need it.
            self.table = best(ledger).unwrap_or_default();
            self.next = Some(Instant::now() + (20 * begin.elapsed()).max(Duration::from_millis(500)));
        }
        let width = rustix::termios::tcgetwinsize(std::io::stderr()).map_or(0, |size| usize::from(size.ws_col));
        let text = fitted(&format!("{text}\n{}", self.table), if width == 0 { WIDTH } else { width });
        if text != self.shown {
            let _ = write!(std::io::stderr(), "{}{text}", back(&self.shown));
            self.shown = text;
        }
    }

    /// Makes room for what is printed next.
    pub(super) fn end(&mut self) {
        let _ = write!(std::io::stderr(), "{}", back(&self.shown));
        self.shown.clear();
    }
}

/// To the beginning of these lines, which are the last ones, and without them.
fn back(lines: &str) -> String {
    match lines.matches('\n').count() {
        0 if lines.is_empty() => String::new(),
        0 => "\r\x1b[J".to_owned(),
        up => format!("\r\x1b[{up}A\x1b[J"),
    }
}

/// Lines that a terminal doesn't break.
fn fitted(text: &str, width: usize) -> String {
    let line = |line: &str| match line.chars().count() < width {
        true => line.to_owned(),
        false => line.chars().take(width.saturating_sub(2)).chain(['…']).collect(),
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The table of the best settings, once there are two with a value.
fn best(ledger: &Ledger) -> Result<String> {
    let table = Table::new(ledger, &Sort::Best)?;
    let known = table.rows().iter().filter(|row| !row.values.is_empty()).count();
    Ok(if known < 2 { String::new() } else { table.first(known.min(SETTINGS)).to_string() })
}

#[cfg(test)]
mod tests {
    use super::{back, fitted};

    #[test]
    fn lines_are_written_over_and_never_broken() {
        assert_eq!([back(""), back("a"), back("a\nb\nc")], ["", "\r\x1b[J", "\r\x1b[2A\x1b[J"]);
        assert_eq!(fitted("0123456789\nshort\n\n", 10), "01234567…\nshort");
        assert_eq!(fitted("012345678", 10), "012345678");
    }
}
