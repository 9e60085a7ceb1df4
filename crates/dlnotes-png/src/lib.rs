//! SVG to PNG for figures: JupyterLab shows no SVG in a notebook that isn't trusted yet.
//!
//! Text is set in the system's fonts, whatever they are called, and in small ones of its own where there are none: a
//! picture never loses its words.

mod fonts;

use resvg::{tiny_skia, usvg};
use std::sync::{Arc, LazyLock};

/// Pixels of the picture in a CSS pixel: sharp on screens of twice the density.
pub const SCALE: u32 = 2;

static OPTIONS: LazyLock<usvg::Options<'static>> = LazyLock::new(|| options(fonts::system()));

fn options(fonts: usvg::fontdb::Database) -> usvg::Options<'static> {
    usvg::Options { fontdb: Arc::new(fonts), font_family: "sans-serif".into(), ..usvg::Options::default() }
}

/// A picture as a PNG file.
#[derive(Clone, Debug)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width on the page in CSS pixels; the picture has [`SCALE`] times as many of its own.
    pub width: u32,
    /// Height on the page.
    pub height: u32,
}

/// Why an SVG can't be drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It isn't an SVG document.
    #[error("the figure isn't an SVG that can be drawn: {0}")]
    Svg(#[from] usvg::Error),
    /// It would have more pixels on a side than allowed, or than fit into memory.
    #[error("the figure of {width} × {height} pixels is too large for a picture")]
    TooLarge {
        /// Width on the page in CSS pixels.
        width: f32,
        /// Height on the page.
        height: f32,
    },
    /// The picture can't be written as a PNG file.
    #[error("the picture can't be written as a PNG file: {0}")]
    Encode(String),
}

/// Draws `svg`, unless a side of the picture would be longer than `longest` of its pixels.
///
/// ```
/// let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="15">loss</text></svg>"#;
/// let png = dlnotes_png::render(svg, 8000)?;
/// assert_eq!((png.width, png.height), (60, 20));
/// assert!(png.bytes.starts_with(b"\x89PNG"));
/// # Ok::<(), dlnotes_png::Error>(())
/// ```
///
/// # Errors
/// If it isn't an SVG, or is too large.
pub fn render(svg: &str, longest: u32) -> Result<Png, Error> {
    render_with(&OPTIONS, svg, longest)
}

fn render_with(options: &usvg::Options<'_>, svg: &str, longest: u32) -> Result<Png, Error> {
    let (pixels, width, height) = draw(options, svg, longest)?;
    let bytes = pixels.encode_png().map_err(|error| Error::Encode(error.to_string()))?;
    Ok(Png { bytes, width, height })
}

fn draw(options: &usvg::Options<'_>, svg: &str, longest: u32) -> Result<(tiny_skia::Pixmap, u32, u32), Error> {
    let tree = usvg::Tree::from_str(svg, options)?;
    let size = tree.size();
    let too_large = || Error::TooLarge { width: size.width(), height: size.height() };
    let scale = SCALE as f32;
    if size.width().max(size.height()) * scale > longest as f32 {
        return Err(too_large());
    }
    let (width, height) = (size.width().ceil() as u32, size.height().ceil() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width * SCALE, height * SCALE).ok_or_else(too_large)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok((pixels, width, height))
}

/// Reads the system's fonts, so that the first figure doesn't wait for it.
pub fn warm() {
    LazyLock::force(&OPTIONS);
}

/// How many fonts the system has.
pub fn fonts() -> usize {
    OPTIONS.fontdb.len().saturating_sub(fonts::OURS)
}

/// Whether every character of `text` is drawn: some font has it, and it leaves pixels on a picture.
///
/// ```
/// assert!(dlnotes_png::can_write("loss 0.5"));
/// ```
pub fn can_write(text: &str) -> bool {
    can_write_with(&OPTIONS, text)
}

fn can_write_with(options: &usvg::Options<'_>, text: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).all(|c| {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>\
             <text x='10' y='30' font-size='20'>&#{};</text></svg>",
            u32::from(c)
        );
        let is_drawn = || draw(options, &svg, 100).is_ok_and(|(pixels, ..)| pixels.data().iter().any(|&byte| byte > 0));
        fonts::have(&options.fontdb, c) && is_drawn()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use usvg::fontdb::Database;

    /// What figures write.
    const TEXT: &str = "loss over epoch ×10⁻⁵ −0.25 ŷ = σ(Wx + b) ∇ ‖w‖₂ ≤ ½ · … ⋮ αβγδεθλμπστφω ∂L/∂x → ∞ √ Σ é ü";

    fn page(family: &str) -> String {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='20'>\
             <text x='2' y='15' font-family='{family}' font-weight='600'>Title</text></svg>"
        )
    }

    fn ink(options: &usvg::Options<'_>, family: &str) -> usize {
        let (pixels, ..) = draw(options, &page(family), 1000).unwrap();
        pixels.pixels().iter().filter(|pixel| pixel.alpha() > 0).count()
    }

    #[test]
    fn a_machine_without_fonts_has_all_that_figures_write() {
        let none = options(fonts::with_last_resort(Database::new()));
        for family in ["Helvetica Neue,Arial,sans-serif", "Arial", "serif", "monospace", "fantasy", ""] {
            assert!(ink(&none, family) > 100, "{family}");
        }
        let missing: String = TEXT.chars().filter(|&c| !can_write_with(&none, &c.to_string())).collect();
        assert_eq!(missing, "ŷ", "Latin beyond Western Europe is left to real fonts");
        assert!(!can_write_with(&none, "龘"));
    }

    #[test]
    fn a_machine_without_fonts_has_all_that_chinese_figures_write() {
        let none = options(fonts::with_last_resort(Database::new()));
        let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../../notebooks/zh/figure-words.toml");
        let words = std::fs::read_to_string(table).unwrap();
        let missing: String = words.chars().filter(|&c| !can_write_with(&none, &c.to_string())).collect();
        assert_eq!(missing, "", "crates/dlnotes-png/font/subset.py takes them in");
        assert!(can_write_with(&none, "训练误差"));
    }

    #[test]
    fn fonts_are_used_whatever_they_are_called() {
        let mut strange = Database::new();
        let ours = fonts::with_last_resort(Database::new());
        let mut face = ours.faces().next().unwrap().clone();
        face.families[0].0 = "Some Foundry Grotesque".into();
        strange.push_face_info(face);
        // Without ours, to see that it is this one.
        fonts::name_families(&mut strange);
        assert!(ink(&options(strange), "Helvetica Neue,Arial,sans-serif") > 100);
    }

    #[test]
    fn debians_only_fonts_are_found() {
        let mut dejavu = Database::new();
        dejavu.load_fonts_dir("/usr/share/fonts/truetype/dejavu");
        if dejavu.is_empty() {
            return;
        }
        fonts::name_families(&mut dejavu);
        let family = |family| dejavu.family_name(&family).to_owned();
        assert_eq!(family(usvg::fontdb::Family::SansSerif), "DejaVu Sans");
        assert_eq!(family(usvg::fontdb::Family::Monospace), "DejaVu Sans Mono");
        assert!(ink(&options(dejavu), "Helvetica Neue,Arial,sans-serif") > 100);
    }

    #[test]
    fn a_picture_has_the_size_of_the_page_and_twice_its_pixels() {
        let png = render(&page("sans-serif"), 200).unwrap();
        assert_eq!((png.width, png.height), (100, 20));
        let pixels = tiny_skia::Pixmap::decode_png(&png.bytes).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (200, 40));
        assert!(can_write("Title 0.5"));
    }

    #[test]
    fn what_cannot_be_drawn_says_why() {
        assert!(matches!(render("<svg", 100), Err(Error::Svg(_))));
        let error = render(&page(""), 199).unwrap_err();
        assert_eq!(error.to_string(), "the figure of 100 × 20 pixels is too large for a picture");
    }
}
