//! A figure's pixels, for files and for front ends that show no SVG.

use resvg::{tiny_skia, usvg};
use std::io::{Error, Result};
use std::sync::{Arc, OnceLock};

/// Pixels of the file in a CSS pixel: sharp on today's screens.
const SCALE: f32 = 2.0;

/// Renders `svg` as a PNG file with the fonts of the system.
pub(super) fn render(svg: &str) -> Result<Vec<u8>> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    let options = usvg::Options { fontdb: fonts.clone(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(Error::other)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| Error::other("the figure has no size"))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| Error::other("the figure is too large for a picture"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(Error::other)
}
