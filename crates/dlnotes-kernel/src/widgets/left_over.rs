//! The day after: a notebook that was saved with controls is opened with another kernel, which doesn't know them. A front
//! end would say that a model is missing; so each gets one that holds the picture that was saved, and says what to do.
//!
//! The file isn't trusted: all that is taken from it are names, base64 that is a PNG, and text that is escaped.

use std::path::Path;

use base64::Engine as _;
use serde_json::Value;

use super::html;
use super::model::Model;

/// A larger notebook is left alone.
const LARGEST: u64 = 256 << 20;
const HINT: &str = "<p><em>Run the cell to move the controls.</em></p>";

/// Models for the widgets of the notebook at `path` that `is_known` doesn't know.
pub(super) fn models(path: &Path, is_known: impl Fn(&str) -> bool) -> Vec<Model> {
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() < LARGEST) {
        return Vec::new();
    }
    let Ok(text) = std::fs::read(path) else { return Vec::new() };
    let Ok(notebook) = serde_json::from_slice(&text) else { return Vec::new() };
    in_notebook(&notebook).filter(|model| !is_known(&model.id)).collect()
}

fn in_notebook(notebook: &Value) -> impl Iterator<Item = Model> {
    let cells = notebook["cells"].as_array().into_iter().flatten();
    let outputs = cells.flat_map(|cell| cell["outputs"].as_array().into_iter().flatten());
    outputs.filter_map(in_output)
}

fn in_output(output: &Value) -> Option<Model> {
    let data = &output["data"];
    let id = data["application/vnd.jupyter.widget-view+json"]["model_id"].as_str()?;
    let shown = match text(&data["image/png"]).filter(|png| is_png(png)) {
        Some(png) => {
            let alt = output["metadata"]["image/png"]["alt"].as_str().unwrap_or_default();
            html::picture("image/png", &png, alt)
        }
        None => format!("<pre>{}</pre>", html::escape(&text(&data["text/plain"]).unwrap_or_default())),
    };
    Some(Model { id: id.to_owned(), ..Model::html(&format!("{shown}{HINT}")) })
}

/// A text of a notebook, which may be a list of lines.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => Some(lines.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is_png(base64: &str) -> bool {
    let tight: String = base64.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(tight).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(output: Value) -> Vec<(String, String)> {
        let notebook = json!({ "cells": [{ "cell_type": "markdown" }, { "outputs": [output] }] });
        let value = |model: Model| (model.id, model.state["value"].as_str().unwrap_or_default().to_owned());
        in_notebook(&notebook).map(value).collect()
    }

    fn saved(data: Value) -> Value {
        let mut data = data;
        data["application/vnd.jupyter.widget-view+json"] = json!({ "model_id": "m" });
        json!({ "output_type": "display_data", "data": data, "metadata": { "image/png": { "alt": "a \"line\"" } } })
    }

    #[test]
    fn a_picture_that_was_saved_takes_the_place_of_the_model() {
        let [(id, value)] = &found(saved(json!({ "image/png": "iVBORw0KGgoAAA==\n", "text/plain": "t" })))[..] else {
            panic!("one model")
        };
        assert_eq!(id, "m");
        assert!(value.contains("src=\"data:image/png;base64,iVBORw0KGgoAAA==\""), "{value}");
        assert!(value.contains("alt=\"a &quot;line&quot;\"") && value.contains("Run the cell"));
    }

    #[test]
    fn nothing_of_the_file_becomes_part_of_the_page_but_pictures_and_escaped_text() {
        for png in ["\"><script>", "PHNjcmlwdD4=", "not base64"] {
            let text = ["<script>", "alert(1)</script>"];
            let [(_, value)] = &found(saved(json!({ "image/png": png, "text/plain": text })))[..] else {
                panic!("one model")
            };
            assert!(value.contains("<pre>&lt;script&gt;alert(1)&lt;/script&gt;</pre>"), "{value}");
            assert!(!value.contains("<script"), "{value}");
        }
    }

    #[test]
    fn what_is_no_notebook_has_none() {
        assert_eq!(found(json!({ "data": { "text/plain": "a" } })), []);
        for value in [json!(1), json!({ "cells": 3 }), json!({ "cells": [{ "outputs": "x" }] })] {
            assert_eq!(in_notebook(&value).count(), 0);
        }
        assert!(models(Path::new("/no/such/notebook"), |_| false).is_empty());
        assert!(models(Path::new("/"), |_| false).is_empty());
    }
}
