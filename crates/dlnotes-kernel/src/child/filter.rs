//! Takes the child's standard output apart: ordinary text, evcxr's lines, display records, content blocks.

use dlnotes_display::record;
use serde_json::Value;

/// A piece of the child's standard output.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// What a cell printed.
    Text(Vec<u8>),
    /// A display record.
    Record(Value),
    /// A block between `EVCXR_BEGIN_CONTENT` and `EVCXR_END_CONTENT`.
    Content { mime: String, text: String },
    /// A line for evcxr.
    Line(String),
}

pub(super) const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";
pub(super) const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
pub(super) const QUESTION_MARK: &str = "EVCXR_ERROR_OCCURRED";

const LINE: &str = "EVCXR_";
const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";
/// Lines for evcxr; those that end in a separator go on with something.
const LINES: [&str; 8] = [
    COMPLETE,
    PANICKED,
    QUESTION_MARK,
    "EVCXR_VARIABLE_CHANGED_TYPE:",
    "EVCXR_INPUT_REQUEST:",
    "EVCXR_INPUT_REQUEST_PASSWORD:",
    BEGIN,
    END,
];
/// A line for evcxr is short; text that only begins like one is not held back beyond this.
const LONGEST_LINE: usize = 4096;
/// The version and the length of a record with their semicolons.
const LONGEST_HEADER: usize = 24;
/// A record or a block that is longer is text: a cell that prints only its beginning must not fill the kernel's memory,
/// nor make the rest of its output disappear.
const LONGEST: usize = 64 << 20;

/// Holds what can't be decided yet.
#[derive(Debug, Default)]
pub(super) struct Filter {
    waiting: Vec<u8>,
    content: Option<Block>,
}

/// A block that has begun.
#[derive(Debug)]
struct Block {
    mime: String,
    /// The line that began it: what is shown if it turns out to be none.
    line: String,
    /// How much of what waits has been looked through: no line of the end is before it.
    looked: usize,
}

enum Step {
    Piece(Piece, usize),
    /// This many bytes are nothing special.
    Plain(usize),
    /// A block begins; its line has this length.
    Begin(Block, usize),
    /// The block is none, but text.
    Unblock,
    More,
}

impl Filter {
    /// The pieces that are complete after `bytes`.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.waiting.extend_from_slice(bytes);
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < waiting.len() {
            let step = match &mut self.content {
                Some(content) => inside(content, &waiting[at..]),
                None => outside(&waiting[at..]),
            };
            match step {
                Step::Piece(piece, length) => {
                    self.content = None;
                    pieces.push(piece);
                    at += length;
                }
                Step::Plain(length) => {
                    push_text(&mut pieces, &waiting[at..at + length]);
                    at += length;
                }
                Step::Begin(content, length) => {
                    self.content = Some(content);
                    at += length;
                }
                Step::Unblock => {
                    let line = self.content.take().map(|content| content.line).unwrap_or_default();
                    push_text(&mut pieces, line.as_bytes());
                }
                Step::More => break,
            }
        }
        // Where nothing was taken, nothing is moved: a long record arrives in many pieces.
        waiting.drain(..at);
        self.waiting = waiting;
        pieces
    }

    /// What is left when nothing more will come, as text.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.content = None;
        std::mem::take(&mut self.waiting)
    }
}

fn push_text(pieces: &mut Vec<Piece>, bytes: &[u8]) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.extend_from_slice(bytes),
        _ => pieces.push(Piece::Text(bytes.to_vec())),
    }
}

fn outside(bytes: &[u8]) -> Step {
    match bytes.iter().position(|b| *b == b'\x1b' || *b == b'E') {
        None => Step::Plain(bytes.len()),
        Some(0) if bytes[0] == b'\x1b' => record(bytes),
        Some(0) => line(bytes),
        Some(plain) => Step::Plain(plain),
    }
}

fn record(bytes: &[u8]) -> Step {
    let prefix = record::PREFIX.as_bytes();
    let Some(rest) = bytes.strip_prefix(prefix) else {
        return if prefix.starts_with(bytes) { Step::More } else { Step::Plain(1) };
    };
    // VERSION;LENGTH; whatever is decided about a part of it holds for the whole, wherever it is cut.
    let mut fields = rest.splitn(3, |b| *b == b';');
    let (version, length, body) = (fields.next(), fields.next(), fields.next());
    let header = rest.len() - body.map_or(0, <[u8]>::len);
    if !rest[..header].iter().take(LONGEST_HEADER).all(|b| b.is_ascii_digit() || *b == b';') {
        return Step::Plain(1);
    }
    let number = |field: Option<&[u8]>| std::str::from_utf8(field?).ok()?.parse::<usize>().ok();
    let Some(body) = body.filter(|_| header <= LONGEST_HEADER) else {
        return if rest.len() < LONGEST_HEADER { Step::More } else { Step::Plain(1) };
    };
    let (Some(_), Some(length @ 0..=LONGEST)) = (number(version), number(length)) else { return Step::Plain(1) };
    let suffix = record::SUFFIX.as_bytes();
    let end = length + suffix.len();
    if body.len() < end {
        return Step::More;
    }
    match serde_json::from_slice(&body[..length]) {
        Ok(value) if &body[length..end] == suffix => Step::Piece(Piece::Record(value), bytes.len() - body.len() + end),
        _ => Step::Plain(1),
    }
}

fn line(bytes: &[u8]) -> Step {
    if !bytes.starts_with(LINE.as_bytes()) {
        return if LINE.as_bytes().starts_with(bytes) { Step::More } else { Step::Plain(1) };
    }
    let end = bytes.iter().take(LONGEST_LINE).position(|b| *b == b'\n');
    let text = &bytes[..end.unwrap_or(bytes.len())];
    let open_ended = |known: &str| known.ends_with([':', ' ']);
    let fits = LINES.iter().any(|known| {
        let known_bytes = known.as_bytes();
        match end {
            Some(_) if open_ended(known) => text.starts_with(known_bytes),
            Some(_) => text == known_bytes,
            None => known_bytes.starts_with(text) || (open_ended(known) && text.starts_with(known_bytes)),
        }
    });
    match (fits, end) {
        (false, _) => Step::Plain(1),
        (true, None) if bytes.len() >= LONGEST_LINE => Step::Plain(1),
        (true, None) => Step::More,
        (true, Some(end)) => {
            let text = String::from_utf8_lossy(text).into_owned();
            match text.strip_prefix(BEGIN) {
                Some(mime) => {
                    let mime = mime.trim().to_owned();
                    Step::Begin(Block { mime, line: format!("{text}\n"), looked: 0 }, end + 1)
                }
                None if text == END => Step::Plain(end + 1),
                None => Step::Piece(Piece::Line(text), end + 1),
            }
        }
    }
}

/// In a content block: everything up to its end, or up to the panic that cut it short.
fn inside(content: &mut Block, bytes: &[u8]) -> Step {
    let mut start = content.looked;
    while let Some(length) = bytes[start..].iter().position(|b| *b == b'\n') {
        let line = &bytes[start..start + length];
        let text = || String::from_utf8_lossy(&bytes[..start.saturating_sub(1)]).into_owned();
        if line == END.as_bytes() {
            let mime = std::mem::take(&mut content.mime);
            return Step::Piece(Piece::Content { mime, text: text() }, start + length + 1);
        }
        if line == PANICKED.as_bytes() || line == COMPLETE.as_bytes() {
            let line = String::from_utf8_lossy(line).into_owned();
            return Step::Piece(Piece::Line(line), start + length + 1);
        }
        start += length + 1;
    }
    content.looked = start;
    if bytes.len() > LONGEST { Step::Unblock } else { Step::More }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dlnotes_display::Bundle;
    use dlnotes_display::record::{Record, encode};

    fn text(text: &str) -> Piece {
        Piece::Text(text.as_bytes().to_vec())
    }

    fn merged(pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
        let mut all = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(bytes) => push_text(&mut all, &bytes),
                other => all.push(other),
            }
        }
        all
    }

    /// However the bytes are cut, the pieces are the same.
    fn check(input: &[u8], expect: &[Piece]) {
        assert_eq!(merged(Filter::default().push(input)), expect);
        for cut in 0..=input.len() {
            let mut filter = Filter::default();
            let pieces = filter.push(&input[..cut]).into_iter().chain(filter.push(&input[cut..])).collect::<Vec<_>>();
            assert_eq!(merged(pieces), expect, "cut at {cut} of {:?}", String::from_utf8_lossy(input));
            assert!(filter.finish().is_empty());
        }
    }

    #[test]
    fn text_passes_unchanged_also_when_it_looks_special() {
        for input in
            ["plain\n", "no newline", "\rprogress 3", "ERROR EVCXR EVCXR_ EVCXR_OTHER\n", "\x1b[31mred\x1b[0m."]
        {
            check(input.as_bytes(), &[text(input)]);
        }
    }

    #[test]
    fn lines_for_evcxr_are_found_also_behind_an_unfinished_line() {
        let input = format!("\repoch 2{PANICKED}\nEVCXR_INPUT_REQUEST:name? \nmore{COMPLETE}\n");
        let line = |text: &str| Piece::Line(text.to_owned());
        let expect =
            [text("\repoch 2"), line(PANICKED), line("EVCXR_INPUT_REQUEST:name? "), text("more"), line(COMPLETE)];
        check(input.as_bytes(), &expect);
    }

    #[test]
    fn content_blocks_keep_their_lines() {
        let input = "aEVCXR_BEGIN_CONTENT text/html\n<b>\n\n</b>\nEVCXR_END_CONTENT\nb";
        let content = Piece::Content { mime: "text/html".into(), text: "<b>\n\n</b>".into() };
        check(input.as_bytes(), &[text("a"), content, text("b")]);
        let cut_short = format!("EVCXR_BEGIN_CONTENT text/html\n<b>\n{PANICKED}\nafter");
        check(cut_short.as_bytes(), &[Piece::Line(PANICKED.into()), text("after")]);
    }

    #[test]
    fn records_are_found_between_text() {
        let bundle = Bundle::new("image/svg+xml", "<svg>\x1b\\损失</svg>");
        let bytes =
            [b"a".to_vec(), encode(&Record::Display { bundle: &bundle, id: Some("x") }), b"b".to_vec()].concat();
        let value = serde_json::json!({
            "kind": "display", "data": { "image/svg+xml": "<svg>\x1b\\损失</svg>" }, "id": "x",
        });
        check(&bytes, &[text("a"), Piece::Record(value), text("b")]);
    }

    /// Nothing is held back for a length that is only claimed.
    #[test]
    fn what_claims_to_be_longer_than_anything_shown_is_text() {
        for claimed in [LONGEST + 1, usize::MAX] {
            let input = format!("\x1b_dlnotes;1;{claimed};{{\n");
            assert_eq!(merged(Filter::default().push(input.as_bytes())), [text(&input)]);
        }
        let mut filter = Filter::default();
        assert_eq!(filter.push(b"EVCXR_BEGIN_CONTENT text/html\n"), []);
        let chunk = vec![b'x'; 1 << 20];
        let shown: usize = (0..80)
            .flat_map(|_| filter.push(&chunk))
            .map(|piece| match piece {
                Piece::Text(bytes) => bytes.len(),
                other => panic!("{other:?}"),
            })
            .sum();
        assert_eq!(shown, "EVCXR_BEGIN_CONTENT text/html\n".len() + 80 * chunk.len());
    }

    #[test]
    fn a_broken_record_is_text() {
        for input in ["\x1b_dlnotes;1;x;{}\x1b\\", "\x1b_dlnotes;1;2;{}no", "\x1b_dlnotes;1;3;{]}\x1b\\"] {
            check(input.as_bytes(), &[text(input)]);
        }
    }
}
