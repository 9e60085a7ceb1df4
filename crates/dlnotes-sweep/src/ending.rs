//! What the function of a trial returns.

use std::fmt::Display;

/// What the function of a [`trial`](crate::trial) may return: the trial's value, or why there is none.
pub trait Ending {
    /// The value.
    ///
    /// # Errors
    /// If there is none.
    fn value(self) -> Result<f64, String>;
}

impl Ending for f64 {
    fn value(self) -> Result<f64, String> {
        Ok(self)
    }
}

impl<E: Display> Ending for Result<f64, E> {
    fn value(self) -> Result<f64, String> {
        self.map_err(|error| error.to_string())
    }
}
