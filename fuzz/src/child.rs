//! The child's output filter.

#[allow(dead_code)] // the kernel uses more of it
#[path = "../../crates/dlnotes-kernel/src/child/filter.rs"]
mod filter;

/// What the filter makes of `chunks`: text run together, everything else in the form that it prints as.
pub fn filtered<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut filter = filter::Filter::default();
    let mut seen = Vec::new();
    for chunk in chunks {
        for piece in filter.push(chunk) {
            match piece {
                filter::Piece::Text(text) => push(&mut seen, text),
                filter::Piece::Record(value) => seen.push(Seen::Record(value)),
                other => seen.push(Seen::Other(format!("{other:?}"))),
            }
        }
    }
    push(&mut seen, filter.finish());
    seen
}

fn push(seen: &mut Vec<Seen>, text: Vec<u8>) {
    match seen.last_mut() {
        Some(Seen::Text(last)) => last.extend(text),
        _ if text.is_empty() => {}
        _ => seen.push(Seen::Text(text)),
    }
}

/// A piece of output.
#[derive(Debug, PartialEq)]
pub enum Seen {
    /// Text of the cell's.
    Text(Vec<u8>),
    /// A display record.
    Record(serde_json::Value),
    /// A content block, or a line for evcxr.
    Other(String),
}
