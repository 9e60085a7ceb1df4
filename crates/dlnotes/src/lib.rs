//! Deep-learning notes that run.
pub mod plot;
