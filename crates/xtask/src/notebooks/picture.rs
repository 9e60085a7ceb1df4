//! Pictures: PNG from SVG, their text, and how two of them are compared.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use roxmltree::{Document, Node};

/// A PNG and the size at which it is meant to be shown.
pub(crate) struct Png {
    /// The file's bytes as notebooks hold them.
    pub base64: String,
    /// Width on the page in pixels.
    pub(crate) width: u32,
    /// Height on the page in pixels.
    pub(crate) height: u32,
}

/// More pixels on a side than any figure has.
const LONGEST: u32 = 10_000;

/// What brings fonts.
pub(crate) const FONTS_ADVICE: &str = "sudo apt-get install fonts-dejavu-core fonts-noto-cjk";

/// Whether text in a PNG can be seen: a letter of each script is drawn, and its pixels are looked for.
pub(crate) fn letters() -> Result<String, String> {
    if !dlnotes_png::can_write("A") {
        return Err("no letter that is drawn leaves a pixel".to_owned());
    }
    match dlnotes_png::fonts() {
        0 => Err(
            "no fonts are installed; figures would be labelled in the small one that comes along, and pictures not be \
                  the same"
                .to_owned(),
        ),
        count if dlnotes_png::can_write("文") => Ok(format!("{count} found, labels are drawn")),
        count => Ok(format!("{count} found, labels are drawn, but not in Chinese")),
    }
}

/// Draws `svg`.
pub(crate) fn png(svg: &str) -> Result<Png> {
    let png = dlnotes_png::render(svg, LONGEST).context("a cell's SVG can't be drawn")?;
    Ok(Png { base64: BASE64_STANDARD.encode(png.bytes), width: png.width, height: png.height })
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
    fn a_png_has_the_size_of_the_page_and_twice_its_pixels() {
        let png = png(SVG).unwrap();
        assert_eq!((png.width, png.height), (40, 20));
        let bytes = BASE64_STANDARD.decode(png.base64).unwrap();
        assert_eq!(&bytes[1..4], b"PNG");
        assert_eq!(&bytes[16..24], [0, 0, 0, 80, 0, 0, 0, 40]);
    }

    #[test]
    fn letters_are_drawn_whatever_fonts_there_are() {
        assert!(dlnotes_png::can_write("A"));
        assert_eq!(super::letters().is_ok(), dlnotes_png::fonts() > 0);
    }

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
