//! Dropout as a layer.

use super::fields::fields;
use super::{Mode, Module};
use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Drops each element with probability p while training and scales the others by 1/(1 − p); passes everything in
/// evaluation (notes, 暂退法).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Dropout::new(0.5);
/// let x = Tensor::ones([8]);
/// assert!(layer.forward(&x).to_vec().iter().all(|&y| y == 0.0 || y == 2.0));
/// layer.eval();
/// assert_eq!(layer.forward(&x).to_vec(), x.to_vec());
/// ```
#[derive(Debug)]
pub struct Dropout {
    p: Real,
    mode: Mode,
}

impl Dropout {
    /// A layer that drops with probability `p`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([4]);
    /// assert_eq!(Dropout::new(0.0).forward(&x).to_vec(), [1.0; 4]);        // keeps everything
    /// assert_eq!(Dropout::new(1.0).forward(&x).to_vec(), [0.0; 4]);        // drops everything
    /// ```
    ///
    /// # Panics
    /// If p lies outside 0..=1 or is NaN.
    #[must_use]
    #[track_caller]
    pub fn new(p: Real) -> Self {
        if !(0.0..=1.0).contains(&p) {
            fail("Dropout", format!("p is {p}: the probability of dropping must lie in 0..=1"));
        }
        Self { p, mode: Mode::new() }
    }

    /// The probability of dropping an element now: 0 in evaluation.
    pub(super) fn probability(&self) -> Real {
        if self.mode.is_training() { self.p } else { 0.0 }
    }
}

impl Module for Dropout {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.dropout(self.probability())
    }

    fields!(p: setting, mode: mode);

    fn describe(&self) -> String {
        format!("Dropout({})", self.p)
    }
}
