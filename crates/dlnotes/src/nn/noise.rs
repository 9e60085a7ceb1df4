//! Gaussian noise as a layer.

use super::fields::fields;
use super::{Mode, Module};
use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Adds ε from N(0, σ²) to every element while training; passes everything in evaluation. x′ = x + ε has the mean x
/// (notes, 重新审视过拟合: noise on the input makes a model smoother; for a linear one it is L2 with λ = σ²).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let layer = GaussianNoise::new(0.5);
/// let x = Tensor::zeros([10_000]);
/// assert!((layer.forward(&x).std().item() - 0.5).abs() < 0.02);
/// layer.eval();
/// assert_eq!(layer.forward(&x).to_vec(), x.to_vec());
/// ```
#[derive(Debug)]
pub struct GaussianNoise {
    sigma: Real,
    mode: Mode,
}

impl GaussianNoise {
    /// Noise of standard deviation `sigma`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([5]);
    /// assert_eq!(GaussianNoise::new(0.0).forward(&x).to_vec(), x.to_vec());
    /// assert_ne!(GaussianNoise::new(0.1).forward(&x).to_vec(), x.to_vec());
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn new(sigma: Real) -> Self {
        if !(sigma.is_finite() && sigma >= 0.0) {
            fail("GaussianNoise", format!("σ is {sigma}: it must be a finite number, 0 or more"));
        }
        Self { sigma, mode: Mode::new() }
    }
}

impl Module for GaussianNoise {
    fn forward(&self, x: &Tensor) -> Tensor {
        if self.mode.is_training() { x + Tensor::normal(0.0, self.sigma, x.shape()) } else { x.clone() }
    }

    fields!(sigma: setting, mode: mode);

    fn describe(&self) -> String {
        format!("GaussianNoise({})", self.sigma)
    }
}
