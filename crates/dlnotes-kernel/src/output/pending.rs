//! Text that waits for its turn.

use std::collections::VecDeque;

use dlnotes_eval::Stream;

/// How much of a flood is kept at either end.
const KEEP: usize = 64 * 1024;

/// Text that waits to be sent: at most [`KEEP`] bytes from its beginning, and the rest.
#[derive(Debug, Default)]
pub(super) struct Pending {
    head: VecDeque<(Stream, String)>,
    tail: VecDeque<(Stream, String)>,
    head_bytes: usize,
    tail_bytes: usize,
    left_out: usize,
}

impl Pending {
    pub(super) fn push(&mut self, stream: Stream, text: &str) {
        if self.left_out == 0 && self.tail.is_empty() && self.head_bytes + text.len() <= KEEP {
            self.head_bytes += text.len();
            append(&mut self.head, stream, text);
        } else {
            self.tail_bytes += text.len();
            append(&mut self.tail, stream, text);
        }
    }

    /// Whether there is enough for a message of its own.
    pub(super) fn is_full(&self) -> bool {
        self.bytes() >= KEEP
    }

    /// Leaves out the middle of what can't be sent: of the rest, [`KEEP`] bytes stay.
    pub(super) fn shorten(&mut self) {
        while self.tail_bytes > KEEP {
            let Some((_, first)) = self.tail.front_mut() else { break };
            let excess = self.tail_bytes - KEEP;
            let cut = if first.len() <= excess { first.len() } else { line_start(first, excess) };
            first.drain(..cut);
            if first.is_empty() {
                self.tail.pop_front();
            }
            self.tail_bytes -= cut;
            self.left_out += cut;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.head_bytes + self.tail_bytes
    }

    /// Everything that waits, with a line in the place of what was left out.
    pub(super) fn take(&mut self) -> Vec<(Stream, String)> {
        let mut all = std::mem::take(&mut self.head);
        if self.left_out > 0 {
            let notice = format!("\n[… {} KB of output left out …]\n", self.left_out.div_ceil(1024));
            append(&mut all, Stream::Out, &notice);
        }
        for (stream, text) in std::mem::take(&mut self.tail) {
            append(&mut all, stream, &text);
        }
        *self = Self::default();
        all.into()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn append(queue: &mut VecDeque<(Stream, String)>, stream: Stream, text: &str) {
    match queue.back_mut() {
        // Short pieces: dropping from the front of one that keeps growing would move it again and again.
        Some((last, waiting)) if *last == stream && waiting.len() < 8 * 1024 => waiting.push_str(text),
        _ => queue.push_back((stream, text.to_owned())),
    }
}

/// The first line start at or after `at`, or the first character there if the line is long.
fn line_start(text: &str, at: usize) -> usize {
    let from = text.ceil_char_boundary(at);
    match text[from..].bytes().take(4 * 1024).position(|b| b == b'\n') {
        Some(line) => from + line + 1,
        None => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pending: &mut Pending) -> String {
        pending.take().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_flood_keeps_its_beginning_and_its_end_and_says_what_is_missing() {
        let mut pending = Pending::default();
        for i in 0..1_000_000 {
            pending.push(Stream::Out, &format!("line {i}\n"));
            pending.shorten();
        }
        assert!(pending.bytes() <= 2 * KEEP);
        let text = all(&mut pending);
        assert!(text.starts_with("line 0\nline 1\n"));
        assert!(text.ends_with("line 999998\nline 999999\n"));
        assert!(text.contains("KB of output left out"));
        let after = text.split("left out …]\n").nth(1).unwrap();
        assert!(after.starts_with("line "), "the end begins with a whole line, not {:?}", &after[..20]);
        assert!(pending.take().is_empty());
    }

    #[test]
    fn little_text_passes_unchanged_and_the_streams_keep_their_order() {
        let mut pending = Pending::default();
        pending.push(Stream::Out, "a");
        pending.push(Stream::Out, "b");
        pending.push(Stream::Err, "c");
        pending.push(Stream::Out, "d");
        let expect = [(Stream::Out, "ab"), (Stream::Err, "c"), (Stream::Out, "d")];
        assert_eq!(pending.take(), expect.map(|(s, t)| (s, t.to_owned())));
    }
}
