//! What the kernel's side makes of what cells print.

use dlnotes_display::cells::protocol;

#[allow(dead_code)] // the host uses more of it
#[path = "../../crates/dlnotes-eval/src/host/content.rs"]
mod content;
#[path = "../../crates/dlnotes-eval/src/host/marks.rs"]
mod marks;

/// What marks are known by here.
pub const TOKEN: &str = "0123456789abcdef";

/// A piece of output.
#[derive(Debug, PartialEq)]
pub enum Seen {
    /// Text of the cell's.
    Text(Vec<u8>),
    /// The mark with this number.
    Mark(u64),
    /// A content block, or a question to the reader.
    Other(String),
}

/// What is found in `chunks`: text run together, everything else in the form that it prints as.
pub fn found<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let (mut marks, mut contents) = (marks::Marks::new(TOKEN), content::Contents::default());
    let mut seen = Vec::new();
    let mut read = |part, contents: &mut content::Contents| match part {
        marks::Part::Text(text) => contents.push(&text).into_iter().for_each(|piece| push(&mut seen, piece)),
        marks::Part::Mark(number) => seen.push(Seen::Mark(number)),
    };
    for chunk in chunks {
        marks.push(chunk).into_iter().for_each(|part| read(part, &mut contents));
    }
    read(marks::Part::Text(marks.finish()), &mut contents);
    push(&mut seen, content::Piece::Text(contents.finish(false)));
    seen
}

fn push(seen: &mut Vec<Seen>, piece: content::Piece) {
    match (seen.last_mut(), piece) {
        (_, content::Piece::Text(text)) if text.is_empty() => {}
        (Some(Seen::Text(last)), content::Piece::Text(text)) => last.extend(text),
        (_, content::Piece::Text(text)) => seen.push(Seen::Text(text)),
        (_, other) => seen.push(Seen::Other(format!("{other:?}"))),
    }
}

/// The JSON of the one record in `chunks` of what arrives on the descriptor for records, and its mark's number.
pub fn record<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Option<(u64, serde_json::Value)> {
    let mut frames = protocol::Frames::default();
    let mut record = None;
    for chunk in chunks {
        frames.push(chunk);
        while let Some(frame) = frames.next_frame().expect("a frame") {
            let (place, json) = protocol::decode_record(frame).expect("a record");
            assert!(record.is_none(), "two records of one");
            record = Some((place.number, serde_json::from_slice(json).expect("JSON")));
        }
    }
    record
}
