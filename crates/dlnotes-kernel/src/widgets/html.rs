//! Outputs as the HTML of a model.

use dlnotes_eval::MimeBundle;

/// Wide figures shrink to the page, as front ends shrink pictures; what can't be scaled scrolls.
const STYLE: &str = ".dlnotes-figure{overflow-x:auto}.dlnotes-figure>svg[viewBox]{max-width:100%;height:auto}";

/// These outputs below each other. An SVG is written into the page: a picture by address would flash at each move.
pub(super) fn of(views: &[MimeBundle]) -> String {
    views.iter().map(one).collect()
}

fn one(bundle: &MimeBundle) -> String {
    if let Some(svg) = bundle.text("image/svg+xml") {
        return format!("<div class=\"dlnotes-figure\"><style>{STYLE}</style>{svg}</div>");
    }
    if let Some(html) = bundle.text("text/html") {
        return format!("<div class=\"jp-RenderedHTMLCommon\">{html}</div>");
    }
    let alt = ["image/png", "image/jpeg"].iter().find_map(|mime| bundle.metadata.get(*mime)?["alt"].as_str());
    for mime in ["image/png", "image/jpeg"] {
        if let Some(data) = bundle.text(mime) {
            return picture(mime, data, alt.unwrap_or_default());
        }
    }
    format!("<pre>{}</pre>", escape(bundle.text("text/plain").unwrap_or_default()))
}

/// A picture whose data is base64.
pub(super) fn picture(mime: &str, data: &str, alt: &str) -> String {
    let data: String = data.split_whitespace().collect();
    format!("<img style=\"max-width:100%\" alt=\"{}\" src=\"data:{mime};base64,{}\">", escape(alt), escape(&data))
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
