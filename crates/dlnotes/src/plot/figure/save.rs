//! Figures as files.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// Writes `svg` to `path` in the format that the path's ending names.
pub(crate) fn save(svg: &str, path: &Path) -> Result<()> {
    let about = |e: Error| Error::new(e.kind(), format!("cannot save the figure to {}: {e}", path.display()));
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
    let bytes = match ending.as_str() {
        "svg" => svg.as_bytes().to_vec(),
        #[cfg(feature = "png")]
        "png" => super::png::render(svg).map_err(about)?,
        #[cfg(not(feature = "png"))]
        "png" => return Err(about(Error::new(ErrorKind::Unsupported, "PNG needs the feature `png` of dlnotes"))),
        _ => return Err(about(Error::new(ErrorKind::InvalidInput, "the name must end in .svg or .png"))),
    };
    std::fs::write(path, bytes).map_err(about)
}
