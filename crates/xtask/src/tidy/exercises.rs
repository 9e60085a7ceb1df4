//! Every exercise has a solution, hidden until a reader opens it, that runs with the notebook.

use serde_json::Value;

use crate::notebooks::joined;

/// What JupyterLab reads: the cells below such a heading are hidden, and are run all the same.
const COLLAPSED: &str = "jp-MarkdownHeadingCollapsed";
/// What the web edition reads: such a cell is folded up.
const FOLDED: &str = "hide-cell";

/// One line for each exercise whose solution is missing, in plain view, or without code.
pub(super) fn check(notebook: &Value) -> Vec<String> {
    let cells = notebook["cells"].as_array().map_or(&[][..], Vec::as_slice);
    let mut findings = Vec::new();
    for number in 1..=exercises(cells) {
        let id = format!("solution-{number}");
        let Some(heading) = cells.iter().position(|cell| cell["id"] == id.as_str()) else {
            findings.push(format!("exercise {number} has no solution: a heading cell with the id {id:?}"));
            continue;
        };
        if cells[heading]["metadata"][COLLAPSED] != true || !joined(&cells[heading]["source"]).starts_with("### ") {
            findings.push(format!("cell {id:?} isn't a collapsed heading: `### …`, metadata {COLLAPSED:?}: true"));
        }
        let below = cells[heading + 1..].iter().take_while(|cell| !is_heading(cell));
        let code: Vec<&Value> = below.filter(|cell| cell["cell_type"] == "code").collect();
        if code.is_empty() {
            findings.push(format!("the solution of exercise {number} has no code to run"));
        }
        for cell in code.iter().filter(|cell| !has_tag(cell, FOLDED)) {
            findings.push(format!("cell {} is part of a solution and has no tag {FOLDED:?}", cell["id"]));
        }
    }
    findings
}

/// How many exercises the last numbered list has; it stands where the exercises are announced.
fn exercises(cells: &[Value]) -> usize {
    let texts = cells.iter().filter(|cell| cell["cell_type"] == "markdown").map(|cell| joined(&cell["source"]));
    let mut announced = texts.filter_map(|text| {
        let at = ["## Exercises", "## 练习"].iter().find_map(|heading| text.find(heading))?;
        Some(
            text[at..]
                .lines()
                .filter(|line| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok()))
                .count(),
        )
    });
    announced.next_back().unwrap_or(0)
}

fn is_heading(cell: &Value) -> bool {
    cell["cell_type"] == "markdown" && joined(&cell["source"]).starts_with('#')
}

fn has_tag(cell: &Value, tag: &str) -> bool {
    cell["metadata"]["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_exercise_has_a_hidden_solution_that_runs() {
        let heading = json!({"id": "solution-1", "cell_type": "markdown", "source": "### Solution 1", "metadata": {COLLAPSED: true}});
        let code = json!({"id": "solution-1-code", "cell_type": "code", "source": "1", "metadata": {"tags": [FOLDED]}});
        let notebook = |cells: Vec<Value>| {
            let text =
                json!({"id": "remember", "cell_type": "markdown", "source": "## Exercises\n\n1. Why?\n   Because.\n"});
            let cells = [vec![text], cells].concat();
            json!({"cells": cells})
        };
        assert_eq!(check(&notebook(vec![heading.clone(), code.clone()])), [""; 0]);
        assert!(check(&notebook(vec![]))[0].contains("exercise 1 has no solution"));
        assert!(check(&notebook(vec![heading.clone()]))[0].contains("no code to run"));
        let (mut open, mut plain) = (heading, code);
        open["metadata"] = json!({});
        plain["metadata"] = json!({});
        let found = check(&notebook(vec![open, plain]));
        assert!(found[0].contains("no collapsed heading") && found[1].contains("no tag"), "{found:?}");
        assert_eq!(check(&json!({"cells": []})), [""; 0]);
    }
}
