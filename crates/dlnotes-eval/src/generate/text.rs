//! Text that is put together with the places it comes from.

use super::map::{Map, Origin};

/// A generated file that grows.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) map: Map,
}

impl Text {
    pub(super) fn push(&mut self, text: &str, origin: Origin) {
        self.text.push_str(text);
        self.map.push(text.len(), origin);
    }

    pub(super) fn generated(&mut self, text: &str) {
        self.push(text, Origin::Generated);
    }

    /// Blanks in the place of a part of the cell: its lines stay.
    pub(super) fn blank(&mut self, text: &str, start: usize) {
        let blank: String = text.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }).collect();
        match blank.len() == text.len() {
            true => self.push(&blank, Origin::Cell(start)),
            false => self.generated(&blank),
        }
    }
}
