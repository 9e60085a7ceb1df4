//! What rustc says of a cell, made ready for evcxr.

use std::path::Path;

use serde_json::Value;

/// Where places are that evcxr is not to see, instead of `spans`.
pub(crate) const PLACES: &str = "places";

/// A diagnostic of rustc's as evcxr is to read it; `None` if it is not to.
///
/// evcxr takes everything that it reads for an error, also warnings. And it takes a note about the reader's code for the
/// error itself where the error is in code of evcxr's own, such as the call that shows a cell's last expression: the
/// reader sees "`E` defined here" instead of "non-exhaustive patterns". So notes lose their places to evcxr; and so does what
/// is said of another crate, in `folder`, whose `src/lib.rs` evcxr would take for its own.
pub(super) fn for_evcxr(mut diagnostic: Value, folder: Option<&Path>) -> Option<Value> {
    if diagnostic["level"] == "warning" {
        return None;
    }
    for note in diagnostic["children"].as_array_mut().into_iter().flatten() {
        note[PLACES] = note["spans"].take();
    }
    if let Some(folder) = folder {
        diagnostic[PLACES] = diagnostic["spans"].take();
        for place in diagnostic[PLACES].as_array_mut().into_iter().flatten() {
            let file = place["file_name"].as_str().map(|file| folder.join(file).display().to_string());
            place["file_name"] = file.into();
        }
    }
    Some(diagnostic)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn warnings_are_left_out_and_notes_are_not_errors() {
        assert_eq!(for_evcxr(json!({ "level": "warning", "spans": [{}], "children": [] }), None), None);
        let note = json!({ "level": "note", "message": "`E` defined here", "spans": [{ "line_start": 4 }] });
        let error = json!({ "level": "error", "spans": [{ "line_start": 9 }], "children": [note] });
        let passed_on = for_evcxr(error, None).unwrap();
        assert_eq!(passed_on["spans"][0]["line_start"], 9);
        assert!(passed_on["children"][0]["spans"].is_null());
        assert_eq!(passed_on["children"][0][PLACES][0]["line_start"], 4);
    }

    #[test]
    fn another_crates_errors_are_not_in_the_cell() {
        let error =
            json!({ "level": "error", "spans": [{ "file_name": "src/lib.rs", "line_start": 2 }], "children": [] });
        let passed_on = for_evcxr(error, Some(Path::new("/home/me/net"))).unwrap();
        assert!(passed_on["spans"].is_null());
        assert_eq!(passed_on[PLACES][0]["file_name"], "/home/me/net/src/lib.rs");
    }
}
