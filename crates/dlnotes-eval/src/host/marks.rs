//! Finds the marks that the process leaves on a standard stream.

use dlnotes_display::cells::protocol::{MARK_END, mark_start};

/// A part of a standard stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What was printed.
    Text(Vec<u8>),
    /// The mark with this number.
    Mark(u64),
}

impl Part {
    /// The number of a mark.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Text(_) => None,
            Self::Mark(number) => Some(*number),
        }
    }
}

/// The longest number has this many digits.
const DIGITS: usize = 20;

/// Keeps the beginning of what may become a mark.
#[derive(Debug)]
pub(super) struct Marks {
    start: Vec<u8>,
    waiting: Vec<u8>,
}

enum Found {
    Mark(u64, usize),
    Text,
    More,
}

impl Marks {
    /// Finds marks with this token.
    pub(super) fn new(token: &str) -> Self {
        Self { start: mark_start(token).into_bytes(), waiting: Vec::new() }
    }

    /// The parts that are complete after `bytes`.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Part> {
        self.waiting.extend_from_slice(bytes);
        let (mut parts, mut text, mut at) = (Vec::new(), 0, 0);
        while let Some(escape) = self.waiting[at..].iter().position(|b| *b == b'\x1b') {
            at += escape;
            match self.look(&self.waiting[at..]) {
                Found::Text => at += 1,
                Found::More => break,
                Found::Mark(number, length) => {
                    push_text(&mut parts, &self.waiting[text..at]);
                    parts.push(Part::Mark(number));
                    at += length;
                    text = at;
                }
            }
            if at == self.waiting.len() {
                break;
            }
        }
        let held = match self.waiting.get(at) {
            Some(b'\x1b') => at,
            _ => self.waiting.len(),
        };
        push_text(&mut parts, &self.waiting[text..held]);
        self.waiting.drain(..held);
        parts
    }

    /// What is left when nothing more will come.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.waiting)
    }

    fn look(&self, bytes: &[u8]) -> Found {
        let Some(rest) = bytes.strip_prefix(&self.start[..]) else {
            return if self.start.starts_with(bytes) { Found::More } else { Found::Text };
        };
        let digits = rest.iter().take(DIGITS).take_while(|b| b.is_ascii_digit()).count();
        let (number, end) = rest.split_at(digits);
        if !end.starts_with(MARK_END.as_bytes()) {
            return if MARK_END.as_bytes().starts_with(end) { Found::More } else { Found::Text };
        }
        match std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()) {
            Some(number) => Found::Mark(number, self.start.len() + digits + MARK_END.len()),
            None => Found::Text,
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &[u8]) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dlnotes_display::cells::protocol::mark;

    /// However the bytes are cut, the parts are the same.
    fn check(input: &str, expect: &[Part]) {
        for cut in 0..=input.len() {
            let mut marks = Marks::new("abc");
            let (first, second) = input.as_bytes().split_at(cut);
            let parts = [marks.push(first), marks.push(second), vec![Part::Text(marks.finish())]].concat();
            let mut merged: Vec<Part> = Vec::new();
            for part in parts {
                match (merged.last_mut(), part) {
                    (_, Part::Text(new)) if new.is_empty() => {}
                    (Some(Part::Text(text)), Part::Text(new)) => text.extend(new),
                    (_, part) => merged.push(part),
                }
            }
            assert_eq!(merged, expect, "cut at {cut} of {input:?}");
        }
    }

    fn text(text: &str) -> Part {
        Part::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn marks_are_found_between_text() {
        let input = format!("a\x1b[31m{}b\x1b{}{}", mark("abc", 1), mark("abc", u64::MAX), mark("abc", 3));
        check(&input, &[text("a\x1b[31m"), Part::Mark(1), text("b\x1b"), Part::Mark(u64::MAX), Part::Mark(3)]);
    }

    #[test]
    fn what_only_looks_like_one_is_text() {
        let start = mark_start("abc");
        for input in [
            mark("abd", 1),
            "\x1b_dlnotes;1;2;{}\x1b\\".into(),
            format!("{start}x\x1b\\"),
            format!("{start}\x1b\\"),
            format!("{start}123456789012345678901\x1b\\"),
            format!("{start}99999999999999999999\x1b\\"),
            format!("{start}12"),
            format!("{start}12\x1b["),
        ] {
            check(&input, &[text(&input)]);
        }
    }
}
