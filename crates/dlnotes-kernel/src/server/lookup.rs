//! `complete_request`, `inspect_request`, `is_complete_request`: offsets are unicode code points on the wire, bytes inside.

use dlnotes_eval::cell::Completeness;
use jupyter_protocol::{
    CompleteReply, CompleteRequest, InspectReply, InspectRequest, IsCompleteReply, IsCompleteReplyStatus, Media,
    MediaType,
};
use serde_json::json;

use super::worker::Worker;

pub(super) async fn complete(worker: &Worker, request: &CompleteRequest) -> CompleteReply {
    let at = byte_offset(&request.code, request.cursor_pos);
    let found = worker.complete(request.code.clone(), at).await;
    if found.items.is_empty() {
        return CompleteReply {
            cursor_start: request.cursor_pos,
            cursor_end: request.cursor_pos,
            ..Default::default()
        };
    }
    let (start, end) = (code_points(&request.code, found.start), code_points(&request.code, found.end));
    let types = found.items.iter().map(
        |item| json!({ "start": start, "end": end, "text": item.text, "type": item.kind, "signature": item.signature }),
    );
    // The name under which IPython, and so JupyterLab, knows kinds and signatures.
    let mut metadata = serde_json::Map::new();
    metadata.insert("_jupyter_types_experimental".into(), types.collect());
    let matches = found.items.into_iter().map(|item| item.text).collect();
    CompleteReply { matches, cursor_start: start, cursor_end: end, metadata, ..Default::default() }
}

pub(super) async fn inspect(worker: &Worker, request: &InspectRequest) -> InspectReply {
    let at = byte_offset(&request.code, request.cursor_pos);
    match worker.inspect(request.code.clone(), at).await {
        Some(bundle) => {
            let data = Media::new(bundle.data.into_iter().map(MediaType::Other).collect());
            InspectReply { found: true, data, metadata: bundle.metadata, ..Default::default() }
        }
        None => InspectReply::default(),
    }
}

/// Whether Enter runs the cell or begins a new line.
pub(super) fn is_complete(code: &str) -> IsCompleteReply {
    match dlnotes_eval::cell::is_complete(code) {
        Completeness::Complete => IsCompleteReply::complete(),
        Completeness::Incomplete(indent) => IsCompleteReply::new(IsCompleteReplyStatus::Incomplete, indent),
        Completeness::Invalid => IsCompleteReply::invalid(),
    }
}

/// The byte at which the code point `cursor` begins; the end of `code` if it is shorter.
fn byte_offset(code: &str, cursor: usize) -> usize {
    code.char_indices().nth(cursor).map_or(code.len(), |(byte, _)| byte)
}

fn code_points(code: &str, byte: usize) -> usize {
    code[..code.floor_char_boundary(byte)].chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_survive_the_way_there_and_back() {
        let code = "let 损失 = \"🦀\"; x.";
        for cursor in 0..=code.chars().count() {
            assert_eq!(code_points(code, byte_offset(code, cursor)), cursor);
        }
        assert_eq!(byte_offset(code, 1000), code.len());
    }
}
