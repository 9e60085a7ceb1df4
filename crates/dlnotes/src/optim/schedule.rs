//! Learning rates that change from epoch to epoch.

use crate::Real;

/// What the learning rate is multiplied by, as a function of the epochs done.
///
/// ```
/// use dlnotes::prelude::*;
/// let schedule = Schedule::Step { every: 10, factor: 0.1 };
/// assert_eq!([0, 9, 10].map(|epoch| schedule.factor(epoch)), [1.0, 1.0, 0.1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// Always 1.
    Constant,
    /// `factor` to the power of ⌊epoch / every⌋.
    Step {
        /// How many epochs a rate lasts; 0 counts as 1.
        every: usize,
        /// What it is multiplied by then.
        factor: Real,
    },
    /// `factor` to the power of the epoch.
    Exponential {
        /// What the rate is multiplied by after each epoch.
        factor: Real,
    },
    /// (1 + cos(π · epoch / epochs)) / 2: from 1 to 0.
    Cosine {
        /// When 0 is reached.
        epochs: usize,
    },
    /// Rises in equal steps to 1, which epoch `epochs` reaches.
    Warmup {
        /// How many epochs the rise takes.
        epochs: usize,
    },
}

impl Schedule {
    /// The factor after `epoch` epochs, counted from 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let warmup = Schedule::Warmup { epochs: 4 };
    /// assert_eq!([0, 1, 3, 9].map(|epoch| warmup.factor(epoch)), [0.25, 0.5, 1.0, 1.0]);
    /// let cosine = Schedule::Cosine { epochs: 10 };
    /// assert_eq!(cosine.factor(0), 1.0);
    /// assert!((cosine.factor(5) - 0.5).abs() < 1e-6 && cosine.factor(10) < 1e-6);
    /// ```
    pub fn factor(self, epoch: usize) -> Real {
        match self {
            Self::Constant => 1.0,
            Self::Step { every, factor } => factor.powi((epoch / every.max(1)) as i32),
            Self::Exponential { factor } => factor.powi(epoch as i32),
            Self::Cosine { epochs } => {
                let share = epoch.min(epochs) as Real / epochs.max(1) as Real;
                (1.0 + (std::f32::consts::PI * share).cos()) / 2.0
            }
            Self::Warmup { epochs } => (epoch + 1).min(epochs.max(1)) as Real / epochs.max(1) as Real,
        }
    }
}
