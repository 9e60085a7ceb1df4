//! What differs between the outputs of two editions: the words in pictures. The Chinese edition's pictures come from a run
//! of its own, everything else from the English one; the numbers that a picture tells are the same in both.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::compare::{self, PNG, SVG};
use super::file::{code_cells, code_cells_mut, joined};
use super::text;

/// Whether an output is a picture, or several behind a slider.
pub(crate) fn is_picture(output: &Value) -> bool {
    !output["data"][SVG].is_null()
        || joined(&output["data"]["text/html"]).contains("<script type=\"application/json\">")
}

/// Puts the pictures of `executed` into the places of those in `laid`, and where one is the same as in `stored` under the
/// cell's rule, the stored one.
pub(super) fn take(laid: &mut Value, executed: &Value, stored: &Value) -> Result<()> {
    let stored: Vec<&Value> = code_cells(stored).collect();
    for (cell, run) in code_cells_mut(laid).zip(code_cells(executed)) {
        let id = cell["id"].clone();
        let old = stored.iter().find(|old| old["id"] == id).copied().unwrap_or(&Value::Null);
        let (new, count) = (compare::outputs(run), compare::outputs(cell).len());
        ensure!(new.len() == count, "cell {id} has {count} outputs, and {} in the Chinese edition's run", new.len());
        for place in 0..count {
            if !is_picture(&cell["outputs"][place]) {
                continue;
            }
            ensure!(is_picture(&new[place]), "output {} of cell {id} is a picture only in English", place + 1);
            let kept = compare::outputs(old).get(place).filter(|old| is_picture(old));
            let kept = kept.filter(|old| compare::is_same(cell, old, &new[place]));
            cell["outputs"][place] = kept.unwrap_or(&new[place]).clone();
        }
    }
    Ok(())
}

/// In what the output of a code cell differs between the editions, other than in the words of a picture.
pub(super) fn difference(cell: &Value, english: &Value, chinese: &Value) -> Option<String> {
    if !is_picture(english) || !is_picture(chinese) {
        return (english != chinese).then(|| "is not that of the English edition".to_owned());
    }
    if compare::kind(english) != compare::kind(chinese)
        || english["data"][PNG].is_null() != chinese["data"][PNG].is_null()
    {
        return Some("has a picture of another kind than in English".to_owned());
    }
    let tolerance = compare::tolerance(cell)?;
    let told = |output: &Value| joined(&output["data"]["text/plain"]);
    let found = text::number_difference(&told(english), &told(chinese), tolerance)?;
    Some(format!("has a picture with other numbers than in English: {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn picture(told: &str) -> Value {
        json!({"output_type": "display_data", "data": {SVG: format!("<svg>{told}</svg>"), "text/plain": told}})
    }

    fn notebook(outputs: &[Value]) -> Value {
        json!({"cells": [{"id": "c", "cell_type": "code", "source": "f()", "metadata": {}, "outputs": outputs}]})
    }

    #[test]
    fn pictures_are_taken_from_the_editions_own_run_and_nothing_else() {
        let printed = |text: &str| json!({"output_type": "stream", "name": "stdout", "text": text});
        let mut laid = notebook(&[printed("1.0 s"), picture("falls to 1")]);
        let run = notebook(&[printed("2.0 s"), picture("降到 1")]);
        take(&mut laid, &run, &notebook(&[])).unwrap();
        assert_eq!(laid, notebook(&[printed("1.0 s"), picture("降到 1")]));
        let error = take(&mut laid, &notebook(&[]), &notebook(&[])).unwrap_err().to_string();
        assert_eq!(error, "cell \"c\" has 2 outputs, and 0 in the Chinese edition's run");
    }

    #[test]
    fn a_stored_picture_that_is_the_same_stays() {
        let mut stored = notebook(&[picture("降到 1.0000001")]);
        stored["cells"][0]["metadata"]["tags"] = json!(["trained"]);
        let mut laid = stored.clone();
        laid["cells"][0]["outputs"] = json!([picture("falls to 1")]);
        take(&mut laid, &notebook(&[picture("降到 1.0000002")]), &stored).unwrap();
        assert_eq!(laid, stored);
    }

    #[test]
    fn pictures_tell_the_same_numbers_in_both_languages() {
        let cell = &notebook(&[])["cells"][0];
        let differs = |chinese: &str| difference(cell, &picture("falls from 2 to 1×10⁻⁵ at x = 3"), &picture(chinese));
        assert_eq!(differs("在 x = 3 处从 2 降到 1×10⁻⁵"), None);
        let other = differs("在 x = 3 处从 2 降到 1×10⁻⁴").unwrap();
        assert!(other.starts_with("has a picture with other numbers than in English: 1e-5 "), "{other}");
        assert!(differs("从 2 降下").unwrap().ends_with("numbers: 3 in English, 1 in Chinese"));
        let text = json!({"output_type": "stream", "text": "1"});
        assert_eq!(difference(cell, &text, &text), None);
        assert!(difference(cell, &text, &picture("1")).is_some());
    }
}
