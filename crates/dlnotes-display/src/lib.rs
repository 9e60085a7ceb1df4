//! How a notebook cell's process shows something.
//!
//! On `dlnotes-kernel` every call shows at once, also in the middle of a cell; on the stock `evcxr_jupyter` a bundle
//! is printed as one `EVCXR_BEGIN_CONTENT` block per type and appears when the cell ends (the last one wins).

use std::fmt::Write as _;
use std::io::Write as _;

/// One output in several forms: the front end shows the richest MIME type that it can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Pairs of MIME type and content, in the order in which they were added.
    pub data: Vec<(String, String)>,
    /// Alternative text for readers who don't see the picture; goes into the output's metadata.
    pub alt: Option<String>,
}

impl Bundle {
    /// A bundle that holds `content` as `mime`.
    pub fn new(mime: impl Into<String>, content: impl Into<String>) -> Self {
        Self::default().with(mime, content)
    }

    /// Adds another form of the same output.
    #[must_use]
    pub fn with(mut self, mime: impl Into<String>, content: impl Into<String>) -> Self {
        self.data.push((mime.into(), content.into()));
        self
    }

    /// Sets the alternative text.
    #[must_use]
    pub fn alt(mut self, text: impl Into<String>) -> Self {
        self.alt = Some(text.into());
        self
    }
}

/// Whether outputs appear while the cell runs (our kernel), not only at its end (stock `evcxr_jupyter`, or no kernel).
pub fn is_live() -> bool {
    std::env::var_os("DLNOTES_KERNEL").is_some()
}

/// Shows `bundle` below the cell.
pub fn display(bundle: &Bundle) {
    let mut text = String::new();
    for (mime, content) in &bundle.data {
        let _ = write!(text, "EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n");
    }
    let mut out = std::io::stdout().lock();
    // A closed standard output means that nobody reads any more: nothing to report to.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
