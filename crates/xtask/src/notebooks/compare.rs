//! Compares an executed notebook with the stored one, cell by cell.

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::file::{code_cells, code_cells_mut, joined, split};
use super::{picture, text};

pub(super) const SVG: &str = "image/svg+xml";
pub(super) const PNG: &str = "image/png";
/// The relative tolerance of a cell tagged `trained`; `trained=0.2` states another one.
const TRAINED: f64 = 0.05;
/// The tag of a cell whose outputs are not compared: they depend on the machine.
const MACHINE: &str = "machine";

/// How exactly a cell's outputs must be the stored ones.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// The same, up to rounding.
    Exact,
    /// A trained model's numbers within this relative tolerance, its pictures by structure.
    Trained(f64),
    /// Depends on the machine: anything.
    Machine,
}

fn rule(cell: &Value) -> Result<Rule> {
    for tag in cell["metadata"]["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if tag == MACHINE {
            return Ok(Rule::Machine);
        }
        if tag == "trained" {
            return Ok(Rule::Trained(TRAINED));
        }
        if let Some(tolerance) = tag.strip_prefix("trained=") {
            return match tolerance.parse() {
                Ok(tolerance) => Ok(Rule::Trained(tolerance)),
                Err(_) => bail!("the tag {tag} has no number behind the equals sign"),
            };
        }
    }
    Ok(Rule::Exact)
}

/// How far a cell's numbers may differ; nothing where they depend on the machine.
pub(super) fn tolerance(cell: &Value) -> Option<f64> {
    match rule(cell) {
        Ok(Rule::Trained(tolerance)) => Some(tolerance),
        Ok(Rule::Machine) => None,
        _ => Some(text::UNTRAINED),
    }
}

/// Whether two outputs of `cell` are the same under its rule; of what depends on the machine, the words.
pub(super) fn is_same(cell: &Value, old: &Value, new: &Value) -> bool {
    let words = Rule::Trained(f64::MAX);
    rule(cell)
        .map(|rule| if rule == Rule::Machine { words } else { rule })
        .is_ok_and(|rule| output_differences(old, new, rule).is_empty())
}

/// Everything that differs, each with the number of its code cell; empty if nothing does.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (index, (old, new)) in code_cells(old).zip(code_cells(new)).enumerate() {
        for difference in cell_differences(old, new) {
            found.push(format!("code cell {} `{}`: {difference}", index + 1, first_line(new)));
        }
    }
    found
}

/// How many outputs are held against the stored ones, and how many are free because they depend on the machine.
pub(super) fn count(notebook: &Value) -> (usize, usize) {
    let (mut compared, mut free) = (0, 0);
    for cell in code_cells(notebook) {
        match rule(cell) {
            Ok(Rule::Machine) => free += outputs(cell).len(),
            _ => compared += outputs(cell).len(),
        }
    }
    (compared, free)
}

fn first_line(cell: &Value) -> String {
    joined(&cell["source"]).lines().next().unwrap_or_default().to_owned()
}

fn cell_differences(old: &Value, new: &Value) -> Vec<String> {
    let rule = match rule(new) {
        Ok(rule) => rule,
        Err(error) => return vec![error.to_string()],
    };
    if rule == Rule::Machine {
        return Vec::new();
    }
    let (old, new) = (outputs(old), outputs(new));
    let kinds = |outputs: &[Value]| outputs.iter().map(kind).collect::<Vec<_>>().join(", ");
    if kinds(old) != kinds(new) {
        return vec![format!("stored outputs: [{}], now: [{}]", kinds(old), kinds(new))];
    }
    old.iter().zip(new).flat_map(|(old, new)| output_differences(old, new, rule)).collect()
}

pub(super) fn outputs(cell: &Value) -> &[Value] {
    cell["outputs"].as_array().map_or(&[], Vec::as_slice)
}

/// What kind of output it is; a PNG doesn't count, since it is drawn from the SVG beside it.
pub(super) fn kind(output: &Value) -> String {
    let name = |key: &str| output[key].as_str().unwrap_or_default().to_owned();
    match output["data"].as_object() {
        Some(data) => {
            let mimes: Vec<_> = data.keys().filter(|mime| *mime != PNG).cloned().collect();
            format!("{} of {}", name("output_type"), mimes.join(" and "))
        }
        None => name("output_type") + " " + &name("name") + &name("ename"),
    }
}

fn output_differences(old: &Value, new: &Value, rule: Rule) -> Vec<String> {
    let (tolerance, structure_only) = match rule {
        Rule::Trained(tolerance) => (tolerance, true),
        _ => (text::UNTRAINED, false),
    };
    let mut found = Vec::new();
    for key in ["text", "evalue", "traceback"] {
        found.extend(text::difference(&joined(&old[key]), &joined(&new[key]), tolerance));
    }
    for (mime, new) in new["data"].as_object().into_iter().flatten().filter(|(mime, _)| *mime != PNG) {
        let old = &old["data"][mime];
        found.extend(match mime.as_str() {
            SVG => picture::difference(&joined(old), &joined(new), structure_only),
            _ if mime.ends_with("json") => text::difference(&old.to_string(), &new.to_string(), tolerance),
            _ => text::difference(&joined(old), &joined(new), tolerance),
        });
    }
    found
}

/// Puts the stored outputs back where the new ones are the same under the cell's rule, so that a file changes only
/// where something really did. What is trained stays together: where one such cell changed, all of them are of the new
/// run, for numbers of two runs on one page would contradict each other.
pub(super) fn keep_same(old: &Value, new: &mut Value) {
    let stored: Vec<Value> = code_cells(old).cloned().collect();
    let is_same = |old: &Value, new: &Value| !outputs(old).is_empty() && cell_differences(old, new).is_empty();
    let is_trained = |cell: &Value| matches!(rule(cell), Ok(Rule::Trained(_)));
    let changed = |(old, new): (&Value, &Value)| is_trained(new) && outputs(old) != outputs(new) && !is_same(old, new);
    let trained_again = stored.iter().zip(code_cells(new)).any(changed);
    for (old, new) in stored.iter().zip(code_cells_mut(new)) {
        if is_same(old, new) && !(trained_again && is_trained(new)) {
            let count = new["execution_count"].clone();
            new["outputs"] = old["outputs"].clone();
            for output in new["outputs"].as_array_mut().into_iter().flatten() {
                if output["output_type"] == "execute_result" {
                    output["execution_count"] = count.clone();
                }
            }
        }
    }
}

/// Gives every picture the text that it says of itself, for readers who don't see it.
pub(super) fn add_texts(notebook: &mut Value) {
    for output in pictures(notebook) {
        let Some(alternative) = picture::alternative(&joined(&output["data"][SVG])) else { continue };
        if output["data"]["text/plain"].is_null() {
            output["data"]["text/plain"] = split(&alternative);
        }
        if output["metadata"]["alt"].is_null() {
            output["metadata"]["alt"] = json!(alternative);
        }
    }
}

/// Gives every SVG a PNG beside it, as `draw` makes it: a notebook that isn't trusted yet shows no SVG.
pub(super) fn add_pngs(notebook: &mut Value, draw: impl Fn(&str) -> Result<Value>) -> Result<()> {
    for output in pictures(notebook).filter(|output| output["data"][PNG].is_null()) {
        let mut drawn = draw(&joined(&output["data"][SVG]))?;
        ensure!(!drawn["data"][PNG].is_null(), "a cell's SVG can't be drawn");
        output["data"][PNG] = drawn["data"][PNG].take();
        output["metadata"][PNG] = drawn["metadata"][PNG].take();
    }
    Ok(())
}

fn pictures(notebook: &mut Value) -> impl Iterator<Item = &mut Value> {
    code_cells_mut(notebook)
        .flat_map(|cell| cell["outputs"].as_array_mut().into_iter().flatten())
        .filter(|output| !output["data"][SVG].is_null())
}

/// Fails if a cell failed without saying so (a panic on the stock kernel is only printed), or if an output holds one
/// of `private` (the paths of this machine).
pub(super) fn failures(notebook: &Value, private: &[&str]) -> Result<()> {
    for (index, cell) in code_cells(notebook).enumerate() {
        let name = format!("code cell {} `{}`", index + 1, first_line(cell));
        let may_fail =
            cell["metadata"]["tags"].as_array().is_some_and(|tags| tags.contains(&json!("raises-exception")));
        for output in outputs(cell) {
            let text = joined(&output["text"]);
            if !may_fail && output["name"] == "stderr" && text.contains(" panicked at ") {
                bail!("{name} panicked:\n{text}");
            }
            let all = output.to_string();
            if let Some(path) = private.iter().find(|path| all.contains(**path)) {
                bail!("{name} shows a path of this machine: {path}");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><title>falls</title>\
                        <path stroke='red' d='M0 0'/></svg>";

    fn notebook(tags: Value, outputs: Value) -> Value {
        json!({"cells": [
            {"cell_type": "markdown", "source": "text"},
            {"cell_type": "code", "source": "f()", "execution_count": 1, "metadata": {"tags": tags}, "outputs": outputs},
        ]})
    }

    fn prints(text: &str) -> Value {
        json!([{"output_type": "stream", "name": "stdout", "text": [text]}])
    }

    fn shows(svg: &str) -> Value {
        json!([{"output_type": "display_data", "data": {SVG: [svg]}, "metadata": {}}])
    }

    #[test]
    fn a_changed_number_is_found_and_named() {
        let found = differences(&notebook(json!([]), prints("w 1.00")), &notebook(json!([]), prints("w 1.50")));
        assert_eq!(found, ["code cell 1 `f()`: stored 1.00, now 1.50 (allowed: 1e-5 relative)"]);
    }

    #[test]
    fn a_trained_cell_has_its_own_tolerance() {
        let compare =
            |tag: &str| differences(&notebook(json!([tag]), prints("1.00")), &notebook(json!([tag]), prints("1.10")));
        assert_eq!(compare("trained=0.2"), [""; 0]);
        assert_eq!(compare("trained").len(), 1);
        assert_eq!(compare("machine"), [""; 0]);
        assert!(compare("trained=x")[0].contains("no number"));
    }

    #[test]
    fn outputs_of_the_machine_are_not_counted_as_compared() {
        assert_eq!(count(&notebook(json!([]), prints("1"))), (1, 0));
        assert_eq!(count(&notebook(json!(["machine"]), prints("1"))), (0, 1));
    }

    #[test]
    fn a_lost_or_added_output_is_found() {
        let found = differences(&notebook(json!([]), prints("1")), &notebook(json!([]), json!([])));
        assert_eq!(found, ["code cell 1 `f()`: stored outputs: [stream stdout], now: []"]);
    }

    #[test]
    fn pictures_of_untrained_data_must_be_the_same() {
        let moved = shows(&LINE.replace("M0 0", "M1 0"));
        assert_eq!(differences(&notebook(json!([]), shows(LINE)), &notebook(json!([]), moved.clone())).len(), 1);
        assert_eq!(
            differences(&notebook(json!(["trained"]), shows(LINE)), &notebook(json!(["trained"]), moved)),
            [""; 0]
        );
    }

    #[test]
    fn a_picture_gets_a_png_a_text_and_alternative_text() {
        let mut new = notebook(json!([]), shows(LINE));
        add_texts(&mut new);
        let draw = |_: &str| Ok(json!({"data": {PNG: "iVBOR"}, "metadata": {PNG: {"width": 9, "height": 9}}}));
        add_pngs(&mut new, draw).unwrap();
        let output = &new["cells"][1]["outputs"][0];
        assert_eq!(output["data"][PNG], "iVBOR");
        assert_eq!(output["data"]["text/plain"], json!(["falls"]));
        assert_eq!(output["metadata"], json!({"alt": "falls", PNG: {"width": 9, "height": 9}}));
    }

    #[test]
    fn outputs_that_are_the_same_within_tolerance_stay_as_stored() {
        let old = notebook(json!([]), prints("took 1.0 s, w 0.123456"));
        let mut new = notebook(json!([]), prints("took 2.0 s, w 0.123457"));
        keep_same(&old, &mut new);
        assert_eq!(new, old);
        let mut new = notebook(json!([]), prints("took 2.0 s, w 0.5"));
        keep_same(&old, &mut new);
        assert_eq!(new["cells"][1]["outputs"], prints("took 2.0 s, w 0.5"));
    }

    #[test]
    fn what_was_trained_is_of_one_run() {
        let two = |first: &str, second: &str| {
            let cell = |text: &str| json!({"cell_type": "code", "source": "f()", "metadata": {"tags": ["trained=0.2"]}, "outputs": prints(text)});
            json!({"cells": [cell(first), cell(second)]})
        };
        let old = two("accuracy 0.80", "of which 0.80");
        let mut near = two("accuracy 0.81", "of which 0.81");
        keep_same(&old, &mut near);
        assert_eq!(near, old);
        let mut new = two("accuracy 0.81", "share 0.81");
        keep_same(&old, &mut new);
        assert_eq!(new, two("accuracy 0.81", "share 0.81"));
    }

    #[test]
    fn a_panic_that_the_kernel_calls_a_success_is_a_failure() {
        let panic = json!([{"output_type": "stream", "name": "stderr", "text": "thread 'x' panicked at src:1:\nno"}]);
        assert!(failures(&notebook(json!([]), panic.clone()), &[]).is_err());
        assert!(failures(&notebook(json!(["raises-exception"]), panic), &[]).is_ok());
        assert!(failures(&notebook(json!([]), prints("in /home/me")), &["/home/me"]).is_err());
    }
}
