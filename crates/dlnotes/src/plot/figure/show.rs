//! What figures and grids of figures have in common: they show themselves, save themselves and are told in words.

/// Gives a type with `to_svg` and `summary` everything else. For the examples: how to make `figure`, and what is told
/// of it.
macro_rules! shows {
    ($figure:ty, $example:literal, $told:literal) => {
        impl $figure {
            pub(crate) fn bundle(&self) -> dlnotes_display::Bundle {
                let summary = self.summary();
                dlnotes_display::Bundle::new("image/svg+xml", self.to_svg())
                    .with("text/plain", summary.clone())
                    .alt(summary)
            }

            /// Shows the figure below the cell, now. Outside a notebook it prints the summary.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = "figure.display();   // in a notebook the picture, elsewhere this text:"]
            #[doc = concat!("assert_eq!(figure.to_string(), \"", $told, "\");")]
            #[doc = "```"]
            pub fn display(&self) {
                dlnotes_display::display(&self.bundle());
            }

            /// Shows the figure as the cell's value; the kernel calls this for a cell's last expression.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = "figure.evcxr_display();   // what a cell that ends in `figure` does"]
            #[doc = concat!("assert_eq!(figure.summary(), \"", $told, "\");")]
            #[doc = "```"]
            pub fn evcxr_display(&self) {
                dlnotes_display::result(&self.bundle());
            }

            /// Writes the figure to `path`: `.svg`, or `.png` with the crate's feature `png`.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = "let path = std::env::temp_dir().join(format!(\"dlnotes-figure-{}.svg\", std::process::id()));"]
            #[doc = "figure.save(&path).unwrap();"]
            #[doc = "assert_eq!(std::fs::read_to_string(&path).unwrap(), figure.to_svg());"]
            #[doc = "# std::fs::remove_file(&path).unwrap();"]
            #[doc = "```"]
            ///
            /// # Errors
            /// When the ending is another one or the file can't be written; the message names the path.
            pub fn save(&self, path: impl AsRef<std::path::Path>) -> std::io::Result<()> {
                self.save_to(path.as_ref())
            }

            fn save_to(&self, path: &std::path::Path) -> std::io::Result<()> {
                $crate::plot::figure::save::save(&self.to_svg(), path)
            }
        }

        impl std::fmt::Display for $figure {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.summary())
            }
        }

        /// In words: the SVG would bury everything around it.
        impl std::fmt::Debug for $figure {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($figure), self.summary())
            }
        }
    };
}
pub(crate) use shows;
