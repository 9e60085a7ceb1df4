//! One output in several forms.

/// One output in several forms: the front end shows the richest MIME type that it can.
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

    /// The content of one MIME type.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.data.iter().find(|(m, _)| m == mime).map(|(_, content)| content.as_str())
    }
}
