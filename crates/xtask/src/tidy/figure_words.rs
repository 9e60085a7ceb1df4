//! Figures of the Chinese edition speak Chinese: `notebooks/zh/figure-words.toml` has a row for every word that they draw and
//! for every sentence of the crate, and none that nothing uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use dlnotes_display::words::{FILE, Words};
use regex_lite::Regex;
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::notebooks::pictures::is_picture;
use crate::notebooks::{self, editions, joined};
use crate::project::Project;

/// The crates whose sentences figures and controls say.
const SOURCES: [&str; 2] = ["crates/dlnotes/src/plot/", "crates/dlnotes-display/src/controls/"];

/// One line for each word without a row, and each row without a use.
pub(super) fn check(project: &Project, files: &[String], notebooks: &[PathBuf]) -> Result<Vec<String>> {
    let name = format!("notebooks/zh/{FILE}");
    let text = super::read(&project.path(&name))?;
    let table = match Words::parse(&text) {
        Ok(table) => table,
        Err(problem) => return Ok(vec![format!("{name}: {problem}")]),
    };
    let mut sources = String::new();
    for file in files.iter().filter(|file| SOURCES.iter().any(|folder| file.starts_with(folder))) {
        sources += &super::read(&project.path(file))?;
    }
    let mut findings = sentences(&table, &sources);
    let plain = Words::parse(&unraised(&text)).map_err(anyhow::Error::msg).context("with plain digits")?;
    let known: BTreeSet<String> =
        plain.words().chain(plain.sentences()).flat_map(|(_, chinese)| words(chinese).map(str::to_owned)).collect();
    let mut said = BTreeSet::new();
    for path in notebooks.iter().filter(|path| **path == editions::english_of(path)) {
        let chinese = editions::chinese_of(path);
        if !chinese.is_file() {
            continue;
        }
        let notebook = notebooks::read(path)?;
        let (english, chinese_texts) = (texts(&notebook), texts(&notebooks::read(&chinese)?));
        let labels = labels(&notebook);
        let silent = labels.iter().filter(|label| words(&plain.say(label)).any(|word| !known.contains(word)));
        let here = format!("notebooks/{}", notebooks::short(project, &chinese));
        findings.extend(
            untranslated(&plain, &known, &english, &chinese_texts).into_iter().map(|what| format!("{here}: {what}")),
        );
        findings.extend(silent.map(|label| format!("{name}: no row for the control {label:?} of {here}")));
        said.extend(labels);
        said.extend(english.into_values().flat_map(|texts| texts.drawn.into_iter().chain(texts.told)));
    }
    let unused = plain.words().filter(|row| !is_used(row.0, row.1, &said));
    findings.extend(unused.map(|(english, _)| format!("{name}: no figure says {english:?}")));
    Ok(findings)
}

/// Sentences of the crate without a row, and rows without a sentence.
fn sentences(table: &Words, sources: &str) -> Vec<String> {
    static SENTENCE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\b(?:told!|tell)\(\s*"((?:[^"\\]|\\.)*)""#).expect("valid"));
    let said: BTreeSet<&str> =
        SENTENCE.captures_iter(sources).filter_map(|found| found.get(1)).map(|text| text.as_str()).collect();
    let rows: BTreeSet<&str> = table.sentences().map(|(english, _)| english).collect();
    let missing = said.difference(&rows).map(|text| format!("notebooks/zh/{FILE}: no row for the sentence {text:?}"));
    let unused = rows.difference(&said).map(|text| format!("notebooks/zh/{FILE}: no figure says {text:?}"));
    missing.chain(unused).collect()
}

/// What the pictures of a cell say.
#[derive(Debug, Default, PartialEq)]
struct Texts {
    /// Every text drawn, and labels of controls.
    drawn: BTreeSet<String>,
    /// Titles and descriptions.
    told: BTreeSet<String>,
}

/// By the id of the cell.
fn texts(notebook: &Value) -> BTreeMap<String, Texts> {
    let mut all: BTreeMap<String, Texts> = BTreeMap::new();
    for cell in notebook["cells"].as_array().into_iter().flatten() {
        for output in cell["outputs"].as_array().into_iter().flatten().filter(|output| is_picture(output)) {
            let texts = all.entry(cell["id"].as_str().unwrap_or_default().to_owned()).or_default();
            svg(&joined(&output["data"]["image/svg+xml"]), texts);
            frames(&joined(&output["data"]["text/html"]), texts);
        }
    }
    all
}

fn svg(svg: &str, texts: &mut Texts) {
    let Ok(document) = Document::parse(svg) else { return };
    for node in document.descendants() {
        let text = || node.descendants().filter_map(|part| part.is_text().then(|| part.text()).flatten()).collect();
        match node.tag_name().name() {
            "text" if Node::is_element(&node) => _ = texts.drawn.insert(text()),
            "title" | "desc" => _ = texts.told.insert(unraised(&text())),
            _ => {}
        }
    }
}

/// The label of a slider over pictures, and what it says at each position.
fn frames(html: &str, texts: &mut Texts) {
    let Some((_, label)) = html.split_once("<label style=\"display:none\">") else { return };
    texts.drawn.extend(label.split_once(" <input").map(|(label, _)| label.to_owned()));
    let data = html.split_once("<script type=\"application/json\">").and_then(|(_, rest)| rest.split_once("</script>"));
    let Some(data) = data.and_then(|(data, _)| serde_json::from_str::<Value>(data).ok()) else { return };
    let strings = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    texts.drawn.extend(strings(&data["texts"]));
    let pieces = strings(&data["pieces"]);
    for view in data["frames"].as_array().into_iter().flatten().flat_map(|view| view.as_array().into_iter().flatten()) {
        let parts = view[2].as_array().into_iter().flatten();
        let parts = parts.filter_map(|part| pieces.get(part.as_u64()? as usize)).map(String::as_str);
        svg(&parts.collect::<String>(), texts);
    }
}

/// Labels and options of the controls in a notebook's cells: a page shows one slider of several, and no options.
fn labels(notebook: &Value) -> BTreeSet<String> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\.label\("([^"]*)"\)"#).expect("valid"));
    static OPTIONS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\bchoice\(\[([^\]]*)\]\)"#).expect("valid"));
    let mut found = BTreeSet::new();
    for cell in notebook["cells"].as_array().into_iter().flatten().filter(|cell| cell["cell_type"] == "code") {
        let source = joined(&cell["source"]);
        found.extend(LABEL.captures_iter(&source).map(|label| label[1].to_owned()));
        for options in OPTIONS.captures_iter(&source) {
            // What stands between quotation marks is every second part.
            found.extend(options[1].split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// What the Chinese pictures say in English, or otherwise than the table has it.
fn untranslated(
    table: &Words,
    known: &BTreeSet<String>,
    english: &BTreeMap<String, Texts>,
    chinese: &BTreeMap<String, Texts>,
) -> Vec<String> {
    let mut findings = Vec::new();
    for (cell, texts) in chinese {
        let unknown = |text: &str| words(text).find(|word| !known.contains(*word)).map(str::to_owned);
        let all = texts.drawn.iter().chain(&texts.told);
        let strange: BTreeSet<String> =
            all.filter(|text| !text.ends_with(CUT)).filter_map(|text| unknown(text)).collect();
        findings.extend(strange.iter().map(|word| format!("cell {cell:?} draws {word:?}, which is in no row")));
        let drawn = english.get(cell).into_iter().flat_map(|texts| &texts.drawn);
        let missing = drawn.filter(|text| !text.ends_with(CUT)).map(|text| (text, table.say(text)));
        let missing = missing.filter(|(text, said)| *text != said && !is_drawn(said, &texts.drawn));
        findings.extend(missing.map(|(text, said)| format!("cell {cell:?} should draw {said:?} for {text:?}")));
    }
    if !findings.is_empty() {
        findings.push("after a change of the table: cargo xtask notebooks".to_owned());
    }
    findings
}

/// What ends a text that had no room.
const CUT: char = '…';

/// Whether `text` is drawn, whole or cut.
fn is_drawn(text: &str, drawn: &BTreeSet<String>) -> bool {
    drawn.contains(text)
        || drawn.iter().any(|other| other.strip_suffix(CUT).is_some_and(|start| text.starts_with(start)))
}

/// Whether a figure of the English edition says what a row has: as a whole, or, where the row only says that a name
/// stays, somewhere.
fn is_used(english: &str, chinese: &str, said: &BTreeSet<String>) -> bool {
    const HOLE: &str = "{}";
    if english == chinese {
        return said.iter().any(|text| words(text).any(|word| word == english));
    }
    let one =
        Words::parse(&format!("[words]\n{english:?} = \"\u{1}{}\"\n", HOLE.repeat(english.matches(HOLE).count())));
    let Ok(one) = one else { return false };
    said.iter().any(|text| {
        one.say(text) != *text || CUT_START.is_match(text) && english.starts_with(text.trim_end_matches(CUT))
    })
}

static CUT_START: LazyLock<Regex> = LazyLock::new(|| Regex::new("^.{3,}…$").expect("valid"));

/// Runs of at least two Latin letters.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1)
}

/// Superscripts and subscripts as plain characters: that is how they stand in an SVG's texts.
fn unraised(text: &str) -> String {
    let plain = |c: char| match c {
        '⁻' => '−',
        '⁰'..='⁹' | '¹' | '²' | '³' => "⁰¹²³⁴⁵⁶⁷⁸⁹"
            .chars()
            .position(|raised| raised == c)
            .and_then(|digit| char::from_digit(digit as u32, 10))
            .unwrap_or(c),
        '₀'..='₉' => char::from_digit(c as u32 - '₀' as u32, 10).unwrap_or(c),
        c => c,
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TABLE: &str = "[words]\n\"loss\" = \"损失\"\n\"degree {}\" = \"{} 次\"\n\"ReLU\" = \"ReLU\"\n\
                         [sentences]\n\"falls to {}\" = \"降到 {}\"\n";

    fn said(english: &str, chinese: &str) -> Vec<String> {
        let notebook = |text: &str| {
            let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'><text>{text}</text></svg>");
            json!({"cells": [{"id": "c", "outputs": [{"data": {"image/svg+xml": svg}}]}]})
        };
        let table = Words::parse(TABLE).unwrap();
        let known = table.words().flat_map(|(_, chinese)| words(chinese).map(str::to_owned)).collect();
        untranslated(&table, &known, &texts(&notebook(english)), &texts(&notebook(chinese)))
    }

    #[test]
    fn an_english_word_in_a_chinese_figure_is_found() {
        assert_eq!(said("loss", "损失"), [""; 0]);
        assert_eq!(said("ReLU", "ReLU"), [""; 0]);
        assert_eq!(said("f(x) = 0.5", "f(x) = 0.5"), [""; 0]);
        assert_eq!(said("error", "error")[0], "cell \"c\" draws \"error\", which is in no row");
    }

    #[test]
    fn a_figure_drawn_with_an_older_table_is_found() {
        assert_eq!(said("degree 3", "3 次"), [""; 0]);
        assert_eq!(said("degree 3", "3…"), [""; 0], "cut for want of room");
        assert_eq!(said("degree 3", "三次")[0], "cell \"c\" should draw \"3 次\" for \"degree 3\"");
    }

    #[test]
    fn a_row_is_used_as_a_whole_or_as_a_name() {
        let texts: BTreeSet<String> = ["degree 3", "ReLU, He", "mean squ…"].map(str::to_owned).into();
        for (english, chinese, used) in [
            ("degree {}", "{} 次", true),
            ("degree", "次数", false),
            ("ReLU", "ReLU", true),
            ("ELU", "ELU", false),
            ("mean squared error", "均方误差", true),
        ] {
            assert_eq!(is_used(english, chinese, &texts), used, "{english}");
        }
    }

    #[test]
    fn every_sentence_has_a_row_and_every_row_a_sentence() {
        let table = Words::parse(TABLE).unwrap();
        assert_eq!(sentences(&table, "told!(\"falls to {}\", number)"), [""; 0]);
        let found = sentences(&table, "told!(\n    \"rises to {}\", number)");
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("no row for the sentence \"rises to {}\""), "{found:?}");
        assert!(found[1].ends_with("no figure says \"falls to {}\""), "{found:?}");
    }

    #[test]
    fn controls_are_found_in_the_code() {
        let source = "interact!((slider(0..=9).label(\"degree\"), choice([\"L1\", \"L2, L3\"])), |d, n| f(d, n))";
        let found = labels(&json!({"cells": [{"cell_type": "code", "source": source}]}));
        assert_eq!(found, ["L1", "L2, L3", "degree"].map(str::to_owned).into());
    }

    #[test]
    fn frames_say_what_stands_at_every_position() {
        let html = "<label style=\"display:none\">degree <input> <output></output></label>\
                    <script type=\"application/json\">{\"pieces\":[\"\\u003csvg xmlns='http://www.w3.org/2000/svg'>\",\
                    \"\\u003ctext>degree 3\",\"\\u003ctext>degree 4\",\"\\u003c/text>\\u003c/svg>\"],\
                    \"texts\":[\"L1\"],\"frames\":[[[\"svg\",\"\",[0,1,3]]],[[\"svg\",\"\",[0,2,3]]]]}</script>";
        let mut found = Texts::default();
        frames(html, &mut found);
        assert_eq!(found.drawn, ["L1", "degree", "degree 3", "degree 4"].map(str::to_owned).into());
    }
}
