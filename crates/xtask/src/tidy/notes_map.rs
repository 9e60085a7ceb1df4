//! `docs/notes-map.md` says where each part of the notes is: every notebook, cell and title that it names must be there.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::Value;

use super::notes_lines::lengths;
use super::read;
use crate::notebooks;
use crate::project::Project;

const MAP: &str = "docs/notes-map.md";

/// A row of the table: a section, figure, code block or passage of the notes, and the cells that hold it.
struct Row {
    line: usize,
    kind: String,
    title: String,
    notebook: String,
    cells: Vec<String>,
}

/// One line for each row that doesn't hold.
pub(super) fn check(project: &Project, notebooks: &[PathBuf]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let mut last = 0;
    let map = read(&project.path(MAP))?;
    let lengths = lengths(&map);
    let rows = rows(&map)?;
    for length in &lengths {
        if !rows.iter().any(|row| row.line == length.line && row.kind == "code") {
            findings.push(format!("{MAP}: no code block begins on line {} of the notes", length.line));
        }
    }
    for row in rows {
        let at = format!("{MAP}: line {} of the notes", row.line);
        if row.line <= last {
            findings.push(format!("{at} comes after line {last}"));
        }
        last = row.line;
        let prefix = format!("{}-", row.notebook);
        let editions: Vec<_> = notebooks
            .iter()
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)))
            .collect();
        if editions.is_empty() {
            findings.push(format!("{at}: there is no notebook {}", row.notebook));
        }
        for path in editions {
            let name = notebooks::short(project, path);
            let notebook = notebooks::read(path)?;
            let missing = missing(&row, &notebook);
            findings.extend(missing.iter().map(|what| format!("{at}: {name} has no {what}")));
            let of_row = lengths.iter().filter(|length| length.line == row.line);
            let wrong = of_row.filter_map(|length| length.wrong(&row.cells, &notebook));
            findings.extend(wrong.map(|what| format!("{at}, {name}: {what}")));
        }
    }
    Ok(findings)
}

fn rows(text: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix('|')) {
        let columns: Vec<_> = line.split('|').map(str::trim).collect();
        let Ok(number) = columns[0].parse() else { continue };
        // A row of the table of lengths.
        if columns.len() == 4 {
            continue;
        }
        let [_, kind, title, notebook, cells, _] = columns[..] else {
            bail!("{MAP}: the row of line {number} should have five columns")
        };
        if !["section", "figure", "code", "text"].contains(&kind) {
            bail!("{MAP}: line {number} is a {kind:?}; rows are of sections, figures, code and text");
        }
        rows.push(Row {
            line: number,
            kind: kind.to_owned(),
            title: title.to_owned(),
            notebook: notebook.to_owned(),
            cells: cells.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        });
    }
    Ok(rows)
}

/// What the notebook should have for this row, and hasn't.
fn missing(row: &Row, notebook: &Value) -> Vec<String> {
    let all = notebook["cells"].as_array().map_or(&[][..], Vec::as_slice);
    let named = |id: &String| all.iter().find(|cell| cell["id"] == **id);
    let mut missing: Vec<_> =
        row.cells.iter().filter(|id| named(id).is_none()).map(|id| format!("cell {id:?}")).collect();
    let cells: Vec<_> = row.cells.iter().filter_map(named).collect();
    if row.cells.is_empty() {
        missing.push("cell for it: the row names none".to_owned());
    }
    let is_missing = match row.kind.as_str() {
        "section" => !all.iter().filter(|cell| cell["cell_type"] != "code").any(|cell| has_title(cell, &row.title)),
        "figure" => !cells.iter().any(|cell| has_picture(cell)),
        "code" => !cells.iter().any(|cell| cell["cell_type"] == "code"),
        _ => false,
    };
    if is_missing {
        missing.push(match row.kind.as_str() {
            "section" => format!("text that names the section {}", row.title),
            kind => format!("{kind} in {}", row.cells.join(", ")),
        });
    }
    missing
}

/// Whether a text names a section, however it is spaced: the Chinese edition puts spaces around Latin words.
fn has_title(cell: &Value, title: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    plain(&notebooks::joined(&cell["source"])).contains(&plain(title))
}

fn has_picture(cell: &Value) -> bool {
    cell["outputs"].as_array().into_iter().flatten().any(|output| output["data"].get("image/png").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TABLE: &str = "| line | what | in the notes | notebook | cells |\n|---|---|---|---|---|\n\
        | 61 | section | ReLU函数 | 02 | `relu` |\n| 86 | figure | ReLU | 02 | `relu-curve`, `gone` |\n";

    #[test]
    fn rows_are_read() {
        let rows = rows(TABLE).unwrap();
        assert_eq!((rows.len(), rows[1].line, rows[1].cells.join(" ")), (2, 86, "relu-curve gone".to_owned()));
        assert_eq!(
            super::rows("| 3 | poem | x | 01 | `a` |\n").err().unwrap().to_string(),
            "docs/notes-map.md: line 3 is a \"poem\"; rows are of sections, figures, code and text"
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let curve = json!({"id": "relu-curve", "cell_type": "code", "source": "relu(&x)", "outputs": []});
        let notebook = json!({"cells": [{"id": "relu", "cell_type": "markdown", "source": "## ReLU 函数"}, curve]});
        let rows = rows(TABLE).unwrap();
        assert_eq!(missing(&rows[0], &notebook), [""; 0]);
        assert_eq!(missing(&rows[1], &notebook), ["cell \"gone\"", "figure in relu-curve, gone"]);
    }
}
