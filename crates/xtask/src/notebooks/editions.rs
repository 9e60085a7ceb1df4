//! The Chinese edition of a notebook: prose of its own around the English edition's code cells and outputs, with pictures
//! in Chinese.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::Value;

use super::file::joined;
use super::{compare, pictures};

/// The folder of the Chinese edition, below `notebooks`.
const CHINESE: &str = "zh";

/// The same notebook in English; an English one is its own.
pub(crate) fn english_of(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if folder.ends_with(CHINESE) => folder.with_file_name(name),
        _ => path.to_owned(),
    }
}

/// The Chinese edition of an English notebook, whether or not it exists yet.
pub(crate) fn chinese_of(english: &Path) -> PathBuf {
    let folder = english.parent().unwrap_or(Path::new(""));
    folder.join(CHINESE).join(english.file_name().unwrap_or_default())
}

/// The Chinese edition's prose between the English edition's code cells and outputs. Cells belong together by their ids;
/// where the Chinese edition has no prose for one yet, the English text is put, and tidy asks for it.
pub(super) fn laid_into(english: &Value, chinese: &Value) -> Result<Value> {
    let mut new = english.clone();
    let mut prose: Vec<&Value> = cells(chinese).iter().filter(|cell| is_prose(cell)).collect();
    for cell in new["cells"].as_array_mut().into_iter().flatten().filter(|cell| is_prose(cell)) {
        if let Some(index) = prose.iter().position(|text| text["id"] == cell["id"]) {
            *cell = prose.swap_remove(index).clone();
        }
    }
    if let Some(left) = prose.first() {
        bail!("the text of cell {} has no place: the English edition has no such cell", left["id"]);
    }
    Ok(new)
}

/// In what the editions differ, other than in their prose.
pub(crate) fn differences(english: &Value, chinese: &Value) -> Vec<String> {
    let (english, chinese) = (cells(english), cells(chinese));
    let ids = |cells: &[Value]| cells.iter().map(|cell| cell["id"].clone()).collect::<Vec<_>>();
    if ids(english) != ids(chinese) {
        return vec!["has other cells, or another order, than the English edition".to_owned()];
    }
    let mut found = Vec::new();
    for (english, chinese) in english.iter().zip(chinese) {
        if is_prose(english) {
            if is_untranslated(english, chinese) {
                found.push(format!("cell {} is not in Chinese yet", english["id"]));
            }
        } else {
            found.extend(code_difference(english, chinese).map(|what| format!("cell {} {what}", english["id"])));
        }
    }
    found
}

/// In what two code cells differ, other than in the words of their pictures.
fn code_difference(english: &Value, chinese: &Value) -> Option<String> {
    let without_outputs = |cell: &Value| {
        let mut cell = cell.clone();
        cell["outputs"].take();
        cell
    };
    let (old, new) = (compare::outputs(english), compare::outputs(chinese));
    if without_outputs(english) != without_outputs(chinese) || old.len() != new.len() {
        return Some("is not that of the English edition".to_owned());
    }
    old.iter().zip(new).find_map(|(old, new)| pictures::difference(english, old, new))
}

fn cells(notebook: &Value) -> &[Value] {
    notebook["cells"].as_array().map_or(&[], Vec::as_slice)
}

fn is_prose(cell: &Value) -> bool {
    cell["cell_type"] != "code"
}

/// The same text in both, though there is something to translate: letters outside formulas.
fn is_untranslated(english: &Value, chinese: &Value) -> bool {
    let text = joined(&english["source"]);
    let outside_formulas: String = text.replace("$$", "$").split('$').step_by(2).collect();
    text == joined(&chinese["source"]) && outside_formulas.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notebook(cells: &[(&str, &str, &str)]) -> Value {
        let cell = |(id, kind, source): &(&str, &str, &str)| json!({"id": id, "cell_type": kind, "source": source});
        json!({"cells": cells.iter().map(cell).collect::<Vec<_>>()})
    }

    #[test]
    fn prose_stays_and_code_follows_the_english_edition() {
        let english = notebook(&[("a", "markdown", "One"), ("new", "markdown", "Two"), ("c", "code", "2 + 2")]);
        let chinese = notebook(&[("c", "code", "1 + 1"), ("a", "markdown", "一")]);
        let new = laid_into(&english, &chinese).unwrap();
        assert_eq!(new, notebook(&[("a", "markdown", "一"), ("new", "markdown", "Two"), ("c", "code", "2 + 2")]));
        assert_eq!(differences(&english, &new), ["cell \"new\" is not in Chinese yet"]);
    }

    #[test]
    fn prose_is_never_lost() {
        let chinese = notebook(&[("old", "markdown", "旧")]);
        let error = laid_into(&notebook(&[]), &chinese).unwrap_err().to_string();
        assert_eq!(error, "the text of cell \"old\" has no place: the English edition has no such cell");
    }

    #[test]
    fn editions_have_the_same_code() {
        let english = notebook(&[("f", "markdown", "$$x^2$$"), ("c", "code", "1")]);
        assert_eq!(differences(&english, &english), [""; 0]);
        let chinese = notebook(&[("f", "markdown", "$$x^2$$"), ("c", "code", "2")]);
        assert_eq!(differences(&english, &chinese), ["cell \"c\" is not that of the English edition"]);
        assert_eq!(differences(&english, &notebook(&[])).len(), 1);
    }

    #[test]
    fn editions_find_each_other() {
        let (english, chinese) = (Path::new("notebooks/01-a.ipynb"), Path::new("notebooks/zh/01-a.ipynb"));
        assert_eq!(english_of(chinese), english);
        assert_eq!(english_of(english), english);
        assert_eq!(chinese_of(english), chinese);
    }
}
