//! A figure's pixels, for files.

use std::io::{Error, Result};

/// More pixels on a side than the largest figure has: 50 inches.
const LONGEST: u32 = 10_000;

/// Renders `svg` as a PNG file, with text in the fonts of the system or, where there are none, in a small one of its own.
pub(crate) fn render(svg: &str) -> Result<Vec<u8>> {
    dlnotes_png::render(svg, LONGEST).map(|png| png.bytes).map_err(Error::other)
}
