//! Finds what crates made for evcxr print: content blocks and questions to the reader.

const LINE: &str = "EVCXR_";
const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";
const ASK: &str = "EVCXR_INPUT_REQUEST:";
const ASK_PASSWORD: &str = "EVCXR_INPUT_REQUEST_PASSWORD:";
/// A special line is short; text that only begins like one is not held back beyond this.
const LONGEST_LINE: usize = 4096;
/// A longer block is text: a cell that prints only the beginning of one must not fill our memory, nor make the rest of
/// its output disappear.
const LONGEST: usize = 64 << 20;

/// A piece of what a cell prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text.
    Text(Vec<u8>),
    /// A block between `EVCXR_BEGIN_CONTENT` and `EVCXR_END_CONTENT`.
    Content { mime: String, text: String },
    /// A question to the reader.
    Ask { prompt: String, password: bool },
}

/// Holds what can't be decided yet.
#[derive(Debug, Default)]
pub(super) struct Contents {
    waiting: Vec<u8>,
    block: Option<Block>,
}

/// A block that has begun.
#[derive(Debug)]
struct Block {
    mime: String,
    /// The line that began it: what is shown if it turns out to be none.
    line: String,
    /// Where the line begins in which the end may be.
    start: usize,
    /// How much of what waits has been looked through: no end of that line is before it.
    looked: usize,
}

enum Found {
    Piece(Piece, usize),
    /// This many bytes are nothing special.
    Plain(usize),
    /// A block begins; its line has this length.
    Begin(Block, usize),
    /// The block is none, but text.
    Unblock,
    More,
}

impl Contents {
    /// The pieces that are complete after `bytes`.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.waiting.extend_from_slice(bytes);
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < waiting.len() {
            let step = match &mut self.block {
                Some(block) => inside(block, &waiting[at..]),
                None => outside(&waiting[at..]),
            };
            match step {
                Found::Piece(piece, length) => {
                    self.block = None;
                    pieces.push(piece);
                    at += length;
                }
                Found::Plain(length) => {
                    push_text(&mut pieces, &waiting[at..at + length]);
                    at += length;
                }
                Found::Begin(block, length) => {
                    self.block = Some(block);
                    at += length;
                }
                Found::Unblock => {
                    let line = self.block.take().map(|block| block.line).unwrap_or_default();
                    push_text(&mut pieces, line.as_bytes());
                }
                Found::More => break,
            }
        }
        // Where nothing was taken, nothing is moved: a long block arrives in many pieces.
        waiting.drain(..at);
        self.waiting = waiting;
        pieces
    }

    /// Whether text is held back only because it may be the beginning of a special line.
    pub(super) fn holds_text(&self) -> bool {
        self.block.is_none() && !self.waiting.is_empty()
    }

    /// That text, which isn't.
    pub(super) fn release(&mut self) -> Vec<u8> {
        if self.block.is_none() { std::mem::take(&mut self.waiting) } else { Vec::new() }
    }

    /// What is left when nothing more will come: text, unless it is a block that was cut short.
    pub(super) fn finish(&mut self, cut_short: bool) -> Vec<u8> {
        let waiting = std::mem::take(&mut self.waiting);
        match self.block.take() {
            Some(_) if cut_short => Vec::new(),
            Some(block) => [block.line.into_bytes(), waiting].concat(),
            None => waiting,
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, bytes: &[u8]) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.extend_from_slice(bytes),
        _ => pieces.push(Piece::Text(bytes.to_vec())),
    }
}

fn outside(bytes: &[u8]) -> Found {
    match bytes.iter().position(|b| *b == b'E') {
        None => Found::Plain(bytes.len()),
        Some(0) => line(bytes),
        Some(plain) => Found::Plain(plain),
    }
}

fn line(bytes: &[u8]) -> Found {
    if !bytes.starts_with(LINE.as_bytes()) {
        return if LINE.as_bytes().starts_with(bytes) { Found::More } else { Found::Plain(1) };
    }
    let end = bytes.iter().take(LONGEST_LINE).position(|b| *b == b'\n');
    let Some(end) = end else {
        let may_become = [BEGIN, ASK, ASK_PASSWORD]
            .iter()
            .any(|known| known.as_bytes().starts_with(bytes) || bytes.starts_with(known.as_bytes()));
        return if may_become && bytes.len() < LONGEST_LINE { Found::More } else { Found::Plain(1) };
    };
    let text = String::from_utf8_lossy(&bytes[..end]);
    if let Some(mime) = text.strip_prefix(BEGIN).map(str::trim).filter(|mime| is_mime(mime)) {
        return Found::Begin(Block { mime: mime.to_owned(), line: format!("{text}\n"), start: 0, looked: 0 }, end + 1);
    }
    let ask = |start, password| Some(Piece::Ask { prompt: text.strip_prefix(start)?.to_owned(), password });
    match ask(ASK, false).or_else(|| ask(ASK_PASSWORD, true)) {
        Some(piece) => Found::Piece(piece, end + 1),
        None => Found::Plain(1),
    }
}

fn is_mime(text: &str) -> bool {
    text.contains('/') && !text.contains(char::is_whitespace)
}

/// In a content block: everything up to its end.
fn inside(block: &mut Block, bytes: &[u8]) -> Found {
    while let Some(length) = bytes[block.looked..].iter().position(|b| *b == b'\n') {
        let newline = block.looked + length;
        if &bytes[block.start..newline] == END.as_bytes() {
            let text = String::from_utf8_lossy(&bytes[..block.start.saturating_sub(1)]).into_owned();
            let mime = std::mem::take(&mut block.mime);
            return Found::Piece(Piece::Content { mime, text }, newline + 1);
        }
        (block.start, block.looked) = (newline + 1, newline + 1);
    }
    block.looked = bytes.len();
    if bytes.len() > LONGEST { Found::Unblock } else { Found::More }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.as_bytes().to_vec())
    }

    /// However the bytes are cut, the pieces are the same.
    fn check(input: &str, expect: &[Piece]) {
        for cut in 0..=input.len() {
            let mut contents = Contents::default();
            let (first, second) = input.as_bytes().split_at(cut);
            let pieces = contents.push(first).into_iter().chain(contents.push(second));
            let mut all = Vec::new();
            for piece in pieces.chain([Piece::Text(contents.finish(false))]) {
                match piece {
                    Piece::Text(bytes) if bytes.is_empty() => {}
                    Piece::Text(bytes) => push_text(&mut all, &bytes),
                    other => all.push(other),
                }
            }
            assert_eq!(all, expect, "cut at {cut} of {input:?}");
        }
    }

    #[test]
    fn text_passes_unchanged_also_when_it_looks_special() {
        for input in [
            "plain\n",
            "no newline",
            "\rprogress 3",
            "ERROR EVCXR EVCXR_ EVCXR_OTHER\n",
            "EVCXR_END_CONTENT\n",
            "EVCXR_PANIC_NOTIFICATION\nEVCXR_EXECUTION_COMPLETE\nEVCXR_VARIABLE_CHANGED_TYPE:x\n",
            "EVCXR_BEGIN_CONTENT \n",
            "EVCXR_BEGIN_CONTENT of my story\n",
            "EVCXR_BEGIN_CONTENT text/html\nnever ended\n",
            "EVCXR_BEGIN_CONTENT text/html",
        ] {
            check(input, &[text(input)]);
        }
    }

    #[test]
    fn blocks_keep_their_lines_and_are_found_behind_an_unfinished_line() {
        let input = "aEVCXR_BEGIN_CONTENT text/html\n<b>\n\n</b>\nEVCXR_END_CONTENT\nb";
        let content = Piece::Content { mime: "text/html".into(), text: "<b>\n\n</b>".into() };
        check(input, &[text("a"), content, text("b")]);
        let empty = Piece::Content { mime: "a/b".into(), text: String::new() };
        check("EVCXR_BEGIN_CONTENT a/b\nEVCXR_END_CONTENT\n", &[empty]);
    }

    #[test]
    fn questions_are_found() {
        let ask = |prompt: &str, password| Piece::Ask { prompt: prompt.into(), password };
        let input = "EVCXR_INPUT_REQUEST:name? \nEVCXR_INPUT_REQUEST_PASSWORD:\n";
        check(input, &[ask("name? ", false), ask("", true)]);
    }

    #[test]
    fn a_block_that_is_cut_short_is_dropped_and_held_text_is_released() {
        let mut contents = Contents::default();
        assert_eq!(contents.push(b"DONE"), [text("DON")]);
        assert!(contents.holds_text());
        assert_eq!(contents.release(), b"E");
        assert_eq!(contents.push(b"EVCXR_BEGIN_CONTENT text/html\n<b>\n"), []);
        assert!(!contents.holds_text());
        assert_eq!(contents.release(), b"");
        assert_eq!(contents.finish(true), b"");
        assert_eq!(contents.push(b"after"), [text("after")]);
    }

    /// Nothing is held back for ever.
    #[test]
    fn a_block_longer_than_anything_shown_is_text() {
        let mut contents = Contents::default();
        assert_eq!(contents.push(b"EVCXR_BEGIN_CONTENT text/html\n"), []);
        let chunk = vec![b'x'; 1 << 20];
        let pieces = (0..80).flat_map(|_| contents.push(&chunk));
        let shown: usize = pieces
            .map(|piece| match piece {
                Piece::Text(bytes) => bytes.len(),
                other => panic!("{other:?}"),
            })
            .sum();
        assert_eq!(shown, "EVCXR_BEGIN_CONTENT text/html\n".len() + 80 * chunk.len());
    }
}
