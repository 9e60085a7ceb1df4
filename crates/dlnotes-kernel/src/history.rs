//! The cells that were run, kept over sessions in a file.

use std::collections::HashSet;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jupyter_protocol::{HistoryEntry, HistoryRequest};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Entry {
    session: usize,
    line: usize,
    code: String,
}

/// How many cells of earlier sessions are kept, and how many bytes of the file. All of them are in memory.
const CELLS: usize = 10_000;
const BYTES: usize = 2 << 20;

/// A longer cell, in bytes, isn't kept: nobody looks for it with the arrow keys.
const LONGEST: usize = 100_000;

/// The cells that were run, oldest first.
#[derive(Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
    session: usize,
    file: Option<PathBuf>,
}

impl History {
    /// A history that is forgotten when the kernel ends.
    pub fn in_memory() -> Self {
        Self { session: 1, ..Self::default() }
    }

    /// The history in `file`, which need not exist. A line that can't be read is skipped: a history isn't a reason not to
    /// start.
    pub fn open(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let mut entries: Vec<Entry> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        entries.retain(|entry| entry.code.len() <= LONGEST);
        if entries.len() > 2 * CELLS || text.len() > 2 * BYTES {
            let kept = newest(&entries);
            entries.drain(..entries.len() - kept.len());
            // It is only shortened: that may fail, and then the file is as it was.
            let _ = replace(file, &kept.concat());
        }
        let session = entries.last().map_or(1, |entry| entry.session + 1);
        Self { entries, session, file: Some(file.to_owned()) }
    }

    /// Appends a cell.
    pub fn record(&mut self, line: usize, code: &str) {
        if code.len() > LONGEST {
            return;
        }
        let entry = Entry { session: self.session, line, code: code.to_owned() };
        if let (Some(file), Ok(mut json)) = (&self.file, serde_json::to_string(&entry)) {
            json.push('\n');
            // One write of one line: kernels that run side by side don't mix. A full disk costs the history, not the cell.
            // What was typed may be secret: nobody else reads it.
            let _ = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(file)
                .and_then(|mut f| f.write_all(json.as_bytes()));
        }
        self.entries.push(entry);
    }

    /// Answers a request of the front end.
    pub fn answer(&self, query: &HistoryRequest) -> Vec<HistoryEntry> {
        match query {
            HistoryRequest::Tail { n, output, .. } => last(self.entries.iter().collect(), *n, *output),
            HistoryRequest::Range { session, start, stop, output, .. } => {
                let wanted = match session.unwrap_or(0) {
                    relative @ ..=0 => self.session as i64 + i64::from(relative),
                    absolute => i64::from(absolute),
                };
                let lines = i64::from(*start)..i64::from(*stop);
                let within = |entry: &&Entry| entry.session as i64 == wanted && lines.contains(&(entry.line as i64));
                last(self.entries.iter().filter(within).collect(), i32::MAX, *output)
            }
            HistoryRequest::Search { pattern, unique, n, output, .. } => {
                let mut seen = HashSet::new();
                let mut found: Vec<&Entry> =
                    self.entries.iter().rev().filter(|entry| glob(pattern, &entry.code)).collect();
                found.retain(|entry| !unique || seen.insert(&entry.code));
                found.reverse();
                last(found, *n, *output)
            }
        }
    }
}

/// The lines of the newest cells, oldest first, as many as are kept.
fn newest(entries: &[Entry]) -> Vec<String> {
    let mut bytes = 0;
    let lines = entries.iter().rev().take(CELLS).map_while(|entry| {
        let line = serde_json::to_string(entry).ok()? + "\n";
        bytes += line.len();
        (bytes <= BYTES).then_some(line)
    });
    let mut lines: Vec<String> = lines.collect();
    lines.reverse();
    lines
}

/// Another text in place of a file's, or the file as it was.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(file)?;
    Ok(())
}

fn last(entries: Vec<&Entry>, n: i32, with_output: bool) -> Vec<HistoryEntry> {
    let skip = entries.len().saturating_sub(usize::try_from(n).unwrap_or(0));
    let entries = entries.into_iter().skip(skip);
    entries
        .map(|Entry { session, line, code }| match with_output {
            // Outputs are not kept.
            true => HistoryEntry::InputOutput(*session, *line, (code.clone(), String::new())),
            false => HistoryEntry::Input(*session, *line, code.clone()),
        })
        .collect()
}

/// Whether `text` as a whole fits `pattern`, in which `*` stands for any text and `?` for one character.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            retry = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            (p, t) = (star + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn codes(entries: Vec<HistoryEntry>) -> Vec<String> {
        entries
            .into_iter()
            .map(|entry| match entry {
                HistoryEntry::Input(_, _, code) | HistoryEntry::InputOutput(_, _, (code, _)) => code,
            })
            .collect()
    }

    fn search(history: &History, pattern: &str, unique: bool, n: i32) -> Vec<String> {
        codes(history.answer(&HistoryRequest::Search { pattern: pattern.into(), unique, output: false, raw: true, n }))
    }

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("1?2*", "1+2", true),
            ("1?2*", "12", false),
            ("*let*x", "let y; let x", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbX", false),
            ("", "a", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern:?} on {text:?}");
        }
    }

    #[test]
    fn a_file_that_is_too_long_keeps_the_newest_cells() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("history.jsonl");
        let entry = |line, code: String| serde_json::to_string(&Entry { session: 1, line, code }).unwrap() + "\n";
        let tail = |history: &History| codes(history.answer(&HistoryRequest::Tail { n: 1, output: false, raw: true }));
        // As many bytes as two limits, in cells that are long, too long, and in very many short ones.
        let long: String = (0..50).map(|line| entry(line, format!("{line}{}", "x".repeat(LONGEST - 2)))).collect();
        let too_long = entry(50, "x".repeat(32 << 20));
        let short: String = (0..=2 * CELLS).map(|line| entry(line, line.to_string())).collect();
        for (text, most, newest) in
            [(long.clone(), 20, "49"), (long + &too_long, 20, "49"), (short, CELLS, &(2 * CELLS).to_string())]
        {
            std::fs::write(&file, &text).unwrap();
            let mut history = History::open(&file);
            assert_eq!(history.entries.len(), most);
            assert!(tail(&history)[0].starts_with(newest));
            assert!(std::fs::metadata(&file).unwrap().len() <= BYTES as u64);
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            history.record(1, &"x".repeat(LONGEST + 1));
            history.record(2, "last");
            let again = History::open(&file);
            assert_eq!((again.entries.len(), &tail(&again)[0][..]), (most + 1, "last"));
            assert_eq!(again.session, history.session + 1);
        }
    }

    #[test]
    fn sessions_follow_each_other_in_the_file_and_every_query_finds_its_cells() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("history.jsonl");
        let mut first = History::open(&file);
        first.record(1, "let a = 1;");
        first.record(2, "a\n+ 1");
        std::fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"not json\n").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let mut second = History::open(&file);
        second.record(1, "let b = 2;");
        second.record(2, "let b = 2;");

        let tail = |n| codes(second.answer(&HistoryRequest::Tail { n, output: false, raw: true }));
        assert_eq!(tail(1), ["let b = 2;"]);
        assert_eq!(tail(100).len(), 4);
        let range = |session, start, stop| {
            codes(second.answer(&HistoryRequest::Range { session, start, stop, output: false, raw: true }))
        };
        assert_eq!(range(Some(-1), 1, 3), ["let a = 1;", "a\n+ 1"]);
        assert_eq!(range(Some(1), 2, 9), ["a\n+ 1"]);
        assert_eq!(range(None, 1, 2), ["let b = 2;"]);
        assert_eq!(search(&second, "let*", false, 10).len(), 3);
        assert_eq!(search(&second, "let*", true, 10), ["let a = 1;", "let b = 2;"]);
        assert_eq!(search(&second, "let*", true, 1), ["let b = 2;"]);
    }
}
