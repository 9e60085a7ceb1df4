//! What a language server answers, in our words.

use serde_json::Value;

use super::file::{Columns, File};
use crate::analyzer::{Completion, Completions};

/// As many as are worth sending.
const MOST: usize = 300;

/// The completions in an answer, for the byte `at` of the cell.
pub(super) fn completions(answer: &Value, file: &File, cell: &str, at: usize, columns: Columns) -> Completions {
    let items = answer.get("items").unwrap_or(answer).as_array();
    let mut found: Vec<(String, Completion)> = Vec::new();
    let mut range = None;
    for item in items.into_iter().flatten() {
        let Some(label) = item["label"].as_str() else { continue };
        // Snippets, which stand for nothing that has a name.
        if item["kind"] == 15 {
            continue;
        }
        let edit = &item["textEdit"];
        let place = edit.get("range").or_else(|| edit.get("replace"));
        let here =
            place.and_then(|place| Some(byte(&place["start"], file, columns)?..byte(&place["end"], file, columns)?));
        let text = edit["newText"].as_str().or(item["insertText"].as_str()).unwrap_or(label);
        // All replace the same; one that doesn't edits something else, too.
        if here.is_some() && range.is_some() && here != range {
            continue;
        }
        range = range.or(here);
        let sort = item["sortText"].as_str().unwrap_or(label).to_owned();
        found.push((
            sort,
            Completion {
                text: text.to_owned(),
                kind: kind(&item["kind"]).to_owned(),
                signature: signature(item, label),
            },
        ));
    }
    let word = cell[..at].rfind(|c: char| !(c == '_' || c.is_alphanumeric()));
    let start = word.map_or(0, |before| before + cell[before..].chars().next().map_or(1, char::len_utf8));
    let range = range.filter(|range| range.start <= at).unwrap_or(start..at);
    let typed = &cell[range.start..at];
    found.retain(|(_, item)| starts_with(&item.text, typed));
    found.sort_by(|(a, x), (b, y)| {
        // What is written as it was typed comes first.
        let near = |item: &Completion| !item.text.starts_with(typed);
        (near(x), a, &x.text).cmp(&(near(y), b, &y.text))
    });
    let mut items: Vec<Completion> = found.into_iter().map(|(_, item)| item).collect();
    items.dedup_by(|a, b| a.text == b.text);
    items.truncate(MOST);
    Completions { start: range.start, end: range.end, items }
}

/// The Markdown of a hover.
pub(super) fn hover(answer: &Value) -> Option<String> {
    let contents = &answer["contents"];
    let text = contents["value"].as_str().or(contents.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn starts_with(text: &str, typed: &str) -> bool {
    text.starts_with(typed) || text.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

fn byte(position: &Value, file: &File, columns: Columns) -> Option<usize> {
    let number = |key: &str| usize::try_from(position[key].as_u64()?).ok();
    file.byte(number("line")?, number("character")?, columns)
}

/// The signature in a line: `fn relu(&self) -> Tensor`, `x: f32`.
fn signature(item: &Value, label: &str) -> String {
    let details = &item["labelDetails"];
    let detail = item["detail"].as_str().or(details["description"].as_str()).unwrap_or_default();
    let name = label.split('(').next().unwrap_or(label);
    if detail.is_empty() {
        return label.to_owned();
    }
    match detail.split_once("fn(") {
        Some((before, after)) if !detail.contains("fn ") => format!("{before}fn {name}({after}"),
        _ if detail.contains(name) || detail.starts_with("fn ") || detail.starts_with("macro") => detail.to_owned(),
        _ => format!("{name}: {detail}"),
    }
}

/// The protocol's numbers of kinds, as front ends name them.
fn kind(kind: &Value) -> &'static str {
    match kind.as_u64() {
        Some(2) => "method",
        Some(3 | 4) => "function",
        Some(5 | 10) => "field",
        Some(6) => "variable",
        Some(7 | 22) => "struct",
        Some(8) => "trait",
        Some(9) => "module",
        Some(12) => "value",
        Some(13) => "enum",
        Some(14) => "keyword",
        Some(20) => "variant",
        Some(21) => "constant",
        Some(25) => "type",
        _ => "name",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analyzer::Document;

    #[test]
    fn only_what_fits_the_typed_text_is_kept_the_best_first() {
        let document = Document { cell: "损.re".to_owned(), ..Document::default() };
        let file = File::new(&document);
        let (line, end) = file.position(6, Columns::Utf8);
        let range =
            json!({ "start": { "line": line, "character": end - 2 }, "end": { "line": line, "character": end } });
        let item = |label: &str, kind: u64, detail: &str, sort: &str| {
            let text = label.split('(').next().unwrap();
            json!({ "label": label, "kind": kind, "detail": detail, "sortText": sort, "textEdit": { "range": range, "newText": text } })
        };
        let answer = json!({ "isIncomplete": true, "items": [
            item("reshape(…)", 2, "fn(&self, shape) -> Self", "b"),
            item("relu()", 2, "fn(&self) -> Self", "a"),
            item("Real", 22, "f32", "a"),
            item("sum()", 2, "fn(&self) -> Self", "a"),
            item("ref", 15, "&expr", "a"),
        ] });
        let found = completions(&answer, &file, &document.cell, 6, Columns::Utf8);
        assert_eq!((found.start, found.end), (4, 6));
        let texts: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(texts, ["relu", "reshape", "Real"]);
        assert_eq!(found.items[0].signature, "fn relu(&self) -> Self");
        assert_eq!(found.items[2].signature, "Real: f32");
    }

    #[test]
    fn no_answer_is_no_completion() {
        let document = Document { cell: "re".to_owned(), ..Document::default() };
        let file = File::new(&document);
        assert!(completions(&Value::Null, &file, "re", 2, Columns::Utf16).items.is_empty());
        assert_eq!(hover(&Value::Null), None);
        assert_eq!(hover(&json!({ "contents": { "kind": "markdown", "value": "a\n" } })).unwrap(), "a");
    }
}
