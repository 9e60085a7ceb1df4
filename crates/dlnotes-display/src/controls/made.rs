//! What frames hold.

use super::Control;
use crate::Bundle;
use crate::words::tell;

/// What frames hold, dropped by way of a table: a cell compiles no destructor for it.
pub(super) struct Made {
    pub(super) control: Control,
    pub(super) positions: Vec<f64>,
    pub(super) views: Vec<Vec<Bundle>>,
    /// Which one is seen before anybody moves the slider.
    pub(super) first: usize,
    /// Where other controls stand, such as `λ = 0.1`, if there are any.
    pub(super) others: String,
}

impl AsRef<Made> for Made {
    fn as_ref(&self) -> &Made {
        self
    }
}

impl Made {
    pub(super) fn summary(&self) -> String {
        let texts: Vec<&str> = self.views[self.first].iter().filter_map(|bundle| bundle.get("text/plain")).collect();
        let (from, to) = (self.positions[0], self.positions[self.views.len() - 1]);
        let standing = self.control.standing(self.positions[self.first]);
        let comma = if self.others.is_empty() { String::new() } else { tell(", ", &[]) };
        let others = format!("{comma}{}", self.others);
        let (from, to) = (self.control.text(from), self.control.text(to));
        let count = self.views.len();
        tell("{}{} ({} positions, {} to {}): {}", &[&standing, &others, &count, &from, &to, &texts.join("\n")])
    }
}
