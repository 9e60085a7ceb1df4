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
        hide_places(note, folder);
    }
    if folder.is_some() {
        hide_places(&mut diagnostic, folder);
    }
    Some(diagnostic)
}

/// Files are named from `folder` where there is one.
fn hide_places(said: &mut Value, folder: Option<&Path>) {
    let mut places = said["spans"].take();
    for place in places.as_array_mut().into_iter().flatten() {
        if let (Some(folder), Some(file)) = (folder, place["file_name"].as_str()) {
            place["file_name"] = folder.join(file).display().to_string().into();
        }
    }
    said[PLACES] = places;
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
        let spans = json!([{ "file_name": "src/lib.rs", "line_start": 2 }]);
        let error =
            json!({ "level": "error", "spans": spans.clone(), "children": [{ "level": "note", "spans": spans }] });
        let passed_on = for_evcxr(error, Some(Path::new("/home/me/net"))).unwrap();
        assert!(passed_on["spans"].is_null());
        for said in [&passed_on, &passed_on["children"][0]] {
            assert_eq!(said[PLACES][0]["file_name"], "/home/me/net/src/lib.rs");
        }
    }
}
