//! A notebook file: reading, and writing exactly as Jupyter does, so that saving in JupyterLab changes nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// Reads a notebook.
pub(crate) fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a notebook", path.display()))
}

/// The text of a notebook file: sorted keys, an indent of one space, a newline at the end.
pub(crate) fn to_text(notebook: &Value) -> Result<String> {
    let mut sorted = notebook.clone();
    sorted.sort_all_objects();
    let mut bytes = Vec::new();
    sorted.serialize(&mut Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" ")))?;
    bytes.push(b'\n');
    Ok(String::from_utf8(bytes)?)
}

/// Puts `text` in the place of the file `path` in one go.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    let temporary = path.with_extension("ipynb.part");
    fs::write(&temporary, text)
        .and_then(|()| fs::rename(&temporary, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The code cells of a notebook.
pub(crate) fn code_cells(notebook: &Value) -> impl Iterator<Item = &Value> {
    notebook["cells"].as_array().into_iter().flatten().filter(|cell| cell["cell_type"] == "code")
}

/// The code cells of a notebook, to be changed.
pub(crate) fn code_cells_mut(notebook: &mut Value) -> impl Iterator<Item = &mut Value> {
    notebook["cells"].as_array_mut().into_iter().flatten().filter(|cell| cell["cell_type"] == "code")
}

/// Text as notebooks hold it: a string, or a list of lines that keep their line ends.
pub(crate) fn joined(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// The list of lines of `text`, the form in which files hold it.
pub(crate) fn split(text: &str) -> Value {
    text.split_inclusive('\n').map(Value::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_what_jupyter_writes() {
        let notebook = json!({"nbformat": 4, "cells": [{"source": ["a\n", "é"], "outputs": [], "metadata": {}}]});
        let expected = "{\n \"cells\": [\n  {\n   \"metadata\": {},\n   \"outputs\": [],\n   \"source\": [\n    \"a\\n\",\n    \"é\"\n   ]\n  }\n ],\n \"nbformat\": 4\n}\n";
        assert_eq!(to_text(&notebook).unwrap(), expected);
    }

    #[test]
    fn lines_join_and_split() {
        for text in ["", "a", "a\n", "a\nb", "a\n\nb\n"] {
            assert_eq!(joined(&split(text)), text);
        }
    }
}
