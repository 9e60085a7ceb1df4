//! Equal bins.

/// From `low` on, `count` of them.
pub(crate) struct Bins {
    pub(crate) low: f64,
    pub(crate) width: f64,
    pub(crate) count: usize,
}

impl Bins {
    /// The bin that a value falls into; the last one holds what lies on its upper edge.
    pub(crate) fn of(&self, value: f64) -> usize {
        (((value - self.low) / self.width) as usize).min(self.count - 1)
    }
}
