//! What rustc says of a cell, made ready for evcxr.

use serde_json::Value;

/// Where the places of a note are, instead of `spans`.
pub(crate) const NOTE_PLACES: &str = "places";

/// A diagnostic of rustc's as evcxr is to read it; `None` if it is not to.
///
/// evcxr takes everything that it reads for an error, also warnings. And it takes a note about the reader's code for the
/// error itself where the error is in code of evcxr's own, such as the call that shows a cell's last expression: the
/// reader sees "`E` defined here" instead of "non-exhaustive patterns". So notes lose their places to evcxr.
pub(super) fn for_evcxr(mut diagnostic: Value) -> Option<Value> {
    if diagnostic["level"] == "warning" {
        return None;
    }
    for note in diagnostic["children"].as_array_mut().into_iter().flatten() {
        note[NOTE_PLACES] = note["spans"].take();
    }
    Some(diagnostic)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn warnings_are_left_out_and_notes_are_not_errors() {
        assert_eq!(for_evcxr(json!({ "level": "warning", "spans": [{}], "children": [] })), None);
        let note = json!({ "level": "note", "message": "`E` defined here", "spans": [{ "line_start": 4 }] });
        let error = json!({ "level": "error", "spans": [{ "line_start": 9 }], "children": [note] });
        let passed_on = for_evcxr(error).unwrap();
        assert_eq!(passed_on["spans"][0]["line_start"], 9);
        assert!(passed_on["children"][0]["spans"].is_null());
        assert_eq!(passed_on["children"][0][NOTE_PLACES][0]["line_start"], 4);
    }
}
