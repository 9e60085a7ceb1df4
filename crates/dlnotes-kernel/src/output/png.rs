//! The picture beside a final SVG: JupyterLab shows no SVG in a notebook that isn't trusted yet.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use resvg::{tiny_skia, usvg};

use dlnotes_eval::MimeBundle;

/// Pixels per unit of the SVG: sharp on screens of twice the density.
const SCALE: f32 = 2.0;

/// An SVG larger than this is not worth a picture as large again.
const LARGEST_SVG: usize = 2_000_000;
const LARGEST_SIDE: f32 = 8_000.0;

static OPTIONS: LazyLock<usvg::Options<'static>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_system_fonts();
    usvg::Options { fontdb: Arc::new(fonts), ..Default::default() }
});

/// Reads the system's fonts, so that the first figure doesn't wait for it.
pub fn warm() {
    LazyLock::force(&OPTIONS);
}

/// Adds a PNG to a bundle that has an SVG and no picture that every front end shows.
pub(super) fn add_png(bundle: &mut MimeBundle) {
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

struct Png {
    bytes: Vec<u8>,
    /// Size on the page; the picture has [`SCALE`] times as many pixels.
    width: u32,
    height: u32,
}

/// `None` for what isn't an SVG that can be drawn: the bundle's other forms are shown then.
fn render(svg: &str) -> Option<Png> {
    if svg.len() > LARGEST_SVG {
        return None;
    }
    let tree = usvg::Tree::from_str(svg, &OPTIONS).ok()?;
    let size = tree.size();
    if size.width().max(size.height()) * SCALE > LARGEST_SIDE {
        return None;
    }
    let (width, height) = (size.width().ceil() as u32, size.height().ceil() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width * SCALE as u32, height * SCALE as u32)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    Some(Png { bytes: pixels.encode_png().ok()?, width, height })
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
        let pixels = tiny_skia::Pixmap::decode_png(&png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (60, 40));
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
