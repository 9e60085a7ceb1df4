//! How much space things take on the page.

use super::ink::Ink;
use super::text::ems;

/// Free space at the page's edge.
pub(crate) const EDGE: f64 = 6.0;
/// Length of a tick mark, and its distance from its label.
pub(crate) const TICK: f64 = 3.0;
/// Height of a line of text, as a multiple of its size.
pub(crate) const LEADING: f64 = 1.3;

/// How much a line of text in `ink` takes.
pub(crate) fn height(ink: Ink) -> f64 {
    ink.font_size() * LEADING
}

/// Width of `text` in `ink`.
pub(crate) fn width(text: &str, ink: Ink) -> f64 {
    ems(text) * ink.font_size()
}

/// `text`, cut off with an ellipsis where it would be wider than `room`; the description has it in full.
pub(crate) fn fit(text: &str, ink: Ink, room: f64) -> String {
    if width(text, ink) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        cut.push(c);
        if width(&cut, ink) + width("…", ink) > room {
            cut.pop();
            break;
        }
    }
    cut.trim_end().to_owned() + "…"
}
