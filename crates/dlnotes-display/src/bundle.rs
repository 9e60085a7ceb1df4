//! One output in several forms.

/// One output in several forms: the front end shows the richest MIME type that it can.
///
/// ```
/// use dlnotes_display::Bundle;
/// let picture = Bundle::new("image/svg+xml", "<svg/>").with("text/plain", "a falling line").alt("a falling line");
/// assert_eq!(picture.data.len(), 2);   // JupyterLab shows the picture, a terminal the text
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Pairs of MIME type and content, in the order in which they were added. Binary content is base64.
    pub data: Vec<(String, String)>,
    /// Alternative text for readers who don't see the picture; goes into the output's metadata.
    pub alt: Option<String>,
}

impl Bundle {
    /// A bundle that holds `content` as `mime`.
    ///
    /// ```
    /// let bundle = dlnotes_display::Bundle::new("text/html", "<b>loss</b> 0.25").with("text/plain", "loss 0.25");
    /// assert_eq!(bundle.get("text/plain"), Some("loss 0.25"));
    /// ```
    pub fn new(mime: impl Into<String>, content: impl Into<String>) -> Self {
        Self::default().with(mime, content)
    }

    /// Adds another form of the same output.
    ///
    /// ```
    /// use dlnotes_display::Bundle;
    /// let bundle = Bundle::default().with("text/html", "<i>x</i>").with("text/plain", "x");
    /// assert_eq!(bundle.get("text/html"), Some("<i>x</i>"));
    /// assert_eq!(bundle.get("text/plain"), Some("x"));
    /// ```
    #[must_use]
    pub fn with(mut self, mime: impl Into<String>, content: impl Into<String>) -> Self {
        self.data.push((mime.into(), content.into()));
        self
    }

    /// Sets the alternative text.
    ///
    /// ```
    /// use dlnotes_display::Bundle;
    /// let bundle = Bundle::new("image/svg+xml", "<svg/>").alt("loss falls from 20 to 0.01");
    /// assert_eq!(bundle.alt.as_deref(), Some("loss falls from 20 to 0.01"));
    /// ```
    #[must_use]
    pub fn alt(mut self, text: impl Into<String>) -> Self {
        self.alt = Some(text.into());
        self
    }

    /// The content of one MIME type; `None` where the bundle does not have it.
    ///
    /// ```
    /// use dlnotes_display::Bundle;
    /// let bundle = Bundle::new("text/plain", "loss 0.25");
    /// assert_eq!(bundle.get("text/plain"), Some("loss 0.25"));
    /// assert_eq!(bundle.get("text/html"), None);
    /// ```
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.data.iter().find(|(m, _)| m == mime).map(|(_, content)| content.as_str())
    }
}
