//! Pictures: what the kernel draws of them, their text, and how two of them are compared.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use duct::cmd;
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::own_kernel;
use crate::project::Project;

/// What brings fonts.
pub(crate) const FONTS_ADVICE: &str = "sudo apt-get install fonts-dejavu-core fonts-noto-cjk";

/// Whether text in a PNG can be seen, as the kernel finds when it draws a letter of each script.
pub(crate) fn letters(project: &Project) -> Result<String, String> {
    let program = own_kernel::program(project).map_err(|error| error.to_string())?;
    let said = cmd!(program, "doctor", "fonts").read().map_err(|error| error.to_string())?;
    let (mark, text) = said.split_once("fonts: ").ok_or_else(|| said.clone())?;
    if mark.trim() == "ok" { Ok(text.to_owned()) } else { Err(text.to_owned()) }
}

/// Draws `svg`: a bundle of MIME types with the SVG and, where it can be drawn, a PNG, and its metadata.
pub(crate) fn drawn(project: &Project, svg: &str) -> Result<Value> {
    let said = cmd!(own_kernel::program(project)?, "picture").stdin_bytes(svg).read().context("drawing an SVG")?;
    serde_json::from_str(&said).context("the kernel's answer isn't JSON")
}

/// What the picture says of itself: its description, else its title.
pub(crate) fn alternative(svg: &str) -> Option<String> {
    let document = Document::parse(svg).ok()?;
    let root = document.root_element();
    let text =
        |name| root.children().find(|node| node.has_tag_name(node_name(root, name))).and_then(|node| node.text());
    text("desc").or_else(|| text("title")).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn node_name<'a>(root: Node<'a, '_>, name: &'a str) -> (&'a str, &'a str) {
    (root.tag_name().namespace().unwrap_or_default(), name)
}

/// How `new` differs from `old`: in any byte, or, where training made it (`structure_only`), in the lines and marks
/// that it has, told by element, colour and dash, and in its words; coordinates and numbers are free.
pub(crate) fn difference(old: &str, new: &str, structure_only: bool) -> Option<String> {
    if old == new {
        return None;
    }
    if !structure_only {
        let at = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        let excerpt = |text: &str| {
            let start = text.floor_char_boundary(at.saturating_sub(40));
            text[start..text.floor_char_boundary(at + 60)].replace('\n', "⏎")
        };
        return Some(format!(
            "the SVG differs from byte {at} on\n  stored …{}…\n  now    …{}…",
            excerpt(old),
            excerpt(new)
        ));
    }
    let (Ok(old), Ok(new)) = (structure(old), structure(new)) else {
        return Some("an SVG is not well-formed".to_owned());
    };
    let list = |set: BTreeSet<&String>| set.into_iter().cloned().collect::<Vec<_>>().join("; ");
    let missing = list(old.difference(&new).collect());
    let added = list(new.difference(&old).collect());
    (old != new).then(|| format!("the picture lost [{missing}] and gained [{added}]"))
}

fn structure(svg: &str) -> Result<BTreeSet<String>> {
    let document = Document::parse(svg)?;
    let mut parts = BTreeSet::new();
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        match name {
            "text" => {
                let text: String =
                    node.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect();
                if !text.chars().any(|letter| letter.is_ascii_digit()) {
                    parts.insert(format!("text \"{}\"", text.trim()));
                }
            }
            "polyline" | "path" | "line" | "circle" | "polygon" => {
                let attribute = |name| node.attribute(name).unwrap_or("-");
                let (stroke, dash, fill) = (attribute("stroke"), attribute("stroke-dasharray"), attribute("fill"));
                parts.insert(format!("{name} stroke {stroke} dash {dash} fill {fill}"));
            }
            _ => {}
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><title>A line</title>
<polyline points="0,0 40,20" stroke="#0072B2" fill="none"/><text x="1" y="9">loss</text><text>0.5</text></svg>"##;

    #[test]
    fn a_picture_tells_what_it_shows() {
        assert_eq!(alternative(SVG).as_deref(), Some("A line"));
        assert_eq!(alternative("<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
    }

    #[test]
    fn untrained_pictures_are_compared_byte_for_byte() {
        assert_eq!(difference(SVG, SVG, false), None);
        let moved = SVG.replace("40,20", "40,19");
        assert!(difference(SVG, &moved, false).unwrap().contains("points=\"0,0 40,19"));
    }

    #[test]
    fn trained_pictures_are_compared_by_structure() {
        let moved = SVG.replace("40,20", "40,19").replace("0.5", "0.7");
        assert_eq!(difference(SVG, &moved, true), None);
        let other = SVG.replace("loss", "error");
        assert_eq!(
            difference(SVG, &other, true).unwrap(),
            "the picture lost [text \"loss\"] and gained [text \"error\"]"
        );
        assert!(difference(SVG, &SVG.replace("#0072B2", "#D55E00"), true).is_some());
    }
}
