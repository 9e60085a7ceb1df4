//! The picture beside a final SVG: JupyterLab shows no SVG in a notebook that isn't trusted yet.

use base64::Engine as _;

use dlnotes_eval::MimeBundle;

/// An SVG larger than this is not worth a picture as large again.
const LARGEST_SVG: usize = 2_000_000;
/// Pixels on a side.
const LARGEST_SIDE: u32 = 8_000;

pub use dlnotes_png::warm;

/// Adds a PNG to a bundle that has an SVG and no picture that every front end shows.
pub(crate) fn add_png(bundle: &mut MimeBundle) {
    if bundle.data.contains_key("image/png") || bundle.data.contains_key("text/html") {
        return;
    }
    let Some(png) = bundle.text("image/svg+xml").and_then(render) else { return };
    bundle.insert("image/png", &base64::engine::general_purpose::STANDARD.encode(&png.bytes));
    let mut metadata = serde_json::json!({ "width": png.width, "height": png.height });
    if let Some(alt) = bundle.metadata.get("image/svg+xml").and_then(|m| m.get("alt")) {
        metadata["alt"] = alt.clone();
    }
    bundle.metadata.insert("image/png".into(), metadata);
}

/// `None` for what isn't an SVG that can be drawn: the bundle's other forms are shown then.
fn render(svg: &str) -> Option<dlnotes_png::Png> {
    if svg.len() > LARGEST_SVG {
        return None;
    }
    dlnotes_png::render(svg, LARGEST_SIDE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="9" height="9"/></svg>"#;

    #[test]
    fn an_svg_gets_a_picture_of_its_size_with_the_alternative_text() {
        let mut bundle = MimeBundle::new("image/svg+xml", SVG);
        bundle.describe("a square");
        add_png(&mut bundle);
        let png = base64::engine::general_purpose::STANDARD.decode(bundle.text("image/png").unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert_eq!(&png[16..24], [0, 0, 0, 60, 0, 0, 0, 40], "width and height in the header");
        assert_eq!(bundle.metadata["image/png"], serde_json::json!({ "width": 30, "height": 20, "alt": "a square" }));
    }

    #[test]
    fn what_cannot_be_drawn_is_left_alone() {
        for svg in ["<svg", "<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='1'/>"] {
            let mut bundle = MimeBundle::new("image/svg+xml", svg);
            add_png(&mut bundle);
            assert_eq!(bundle.data.len(), 1);
        }
    }
}
