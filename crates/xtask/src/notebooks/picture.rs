//! Pictures: PNG from SVG, their text, and how two of them are compared.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use resvg::tiny_skia::{IntSize, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use roxmltree::{Document, Node};

/// Pixels of the PNG for one pixel of the page: sharp on today's screens.
const SCALE: f32 = 2.0;

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    // "sans-serif" means a font that exists here, as it does in a browser.
    let has = |name: &str| fonts.faces().any(|face| face.families.iter().any(|(family, _)| family == name));
    let known =
        ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica"].into_iter().find(|name| has(name));
    let any = fonts.faces().next().and_then(|face| face.families.first()).map(|(family, _)| family.clone());
    if let Some(family) = known.map(str::to_owned).or(any) {
        fonts.set_sans_serif_family(family);
    }
    Arc::new(fonts)
});

/// A PNG and the size at which it is meant to be shown.
pub(crate) struct Png {
    /// The file's bytes as notebooks hold them.
    pub base64: String,
    /// Width on the page in pixels.
    pub(crate) width: u32,
    /// Height on the page in pixels.
    pub(crate) height: u32,
}

/// What brings fonts.
pub(crate) const FONTS_ADVICE: &str = "sudo apt-get install fonts-dejavu-core fonts-noto-cjk";

/// Letters of the languages that the notebooks' figures speak, and how many of them are drawn.
const LETTERS: [(&str, &str); 2] = [("Latin", "A"), ("Chinese", "文")];

/// Whether text in a PNG can be seen: draws a letter of each script and looks for its pixels. A font that is there isn't
/// enough, it must be found by the family that a figure names. Without the second script figures can be read all the same.
pub(crate) fn letters() -> Result<String, String> {
    let drawn = |letter| ink(&format!("{FRAME}<text x='4' y='24' font-size='24'>{letter}</text></svg>"));
    let mut missing = Vec::new();
    for (script, letter) in LETTERS {
        // What has no glyph may be drawn as an empty box: a letter that no font has shows how that looks.
        let (ink, none) = (drawn(letter).map_err(|error| error.to_string())?, drawn("\u{10ffff}").unwrap_or(0));
        if ink == 0 || ink == none {
            missing.push(script);
        }
    }
    match missing.as_slice() {
        [] => Ok(format!("letters show ({} fonts)", FONTS.len())),
        ["Chinese"] => Ok(format!("Latin letters show, Chinese ones don't ({} fonts)", FONTS.len())),
        _ => Err("no letter shows: PNGs of figures have no labels".to_owned()),
    }
}

/// A page for a letter.
const FRAME: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='32' height='32' font-family='sans-serif'>";

/// How many pixels of a picture are not left as they were.
fn ink(svg: &str) -> Result<usize> {
    let (pixmap, _) = draw(svg)?;
    Ok(pixmap.pixels().iter().filter(|pixel| pixel.alpha() > 0).count())
}

/// Draws `svg`; the pixels, and the size on the page.
fn draw(svg: &str) -> Result<(Pixmap, IntSize)> {
    let options = Options { fontdb: Arc::clone(&FONTS), font_family: "sans-serif".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).context("a cell's SVG is not well-formed")?;
    let size = tree.size().to_int_size();
    let scaled = size.scale_by(SCALE).context("a cell's SVG has no size")?;
    let mut pixmap = Pixmap::new(scaled.width(), scaled.height()).context("a cell's SVG is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    Ok((pixmap, size))
}

/// The PNG of `svg`.
pub(crate) fn png(svg: &str) -> Result<Png> {
    let (pixmap, size) = draw(svg)?;
    let bytes = pixmap.encode_png().context("cannot encode a PNG")?;
    Ok(Png { base64: BASE64_STANDARD.encode(bytes), width: size.width(), height: size.height() })
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
    fn a_letter_that_is_drawn_leaves_ink() {
        assert_eq!(ink(&format!("{FRAME}<text x='4' y='24'></text></svg>")).unwrap(), 0);
        assert!(ink(&format!("{FRAME}<path d='M4 4H20V20Z'/></svg>")).unwrap() > 100);
        // Where there are fonts, letters show; where there are none, that is said.
        assert_eq!(letters().is_ok(), !FONTS.is_empty());
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
