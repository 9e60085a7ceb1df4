//! Training or evaluation.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Module;
use super::module::visit;

/// Whether a module is being trained. Starts as training. A module of your own that behaves differently then keeps one
/// and returns it from [`Module::mode`].
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::nn::Mode;
/// struct Noise(Mode);
/// impl Module for Noise {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         if self.0.is_training() { x + &Tensor::randn(x.shape()) } else { x.clone() }
///     }
///     fn mode(&self) -> Option<&Mode> {
///         Some(&self.0)
///     }
/// }
/// let (layer, x) = (Noise(Mode::new()), Tensor::zeros([8]));
/// assert_ne!(layer.forward(&x).to_vec(), x.to_vec());
/// layer.eval();
/// assert_eq!(layer.forward(&x).to_vec(), x.to_vec());
/// ```
#[derive(Debug)]
pub struct Mode(AtomicBool);

impl Mode {
    /// A switch that stands at training.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(dlnotes::nn::Mode::new().is_training());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicBool::new(true))
    }

    /// Whether it stands at training.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Dropout::new(0.5)];
    /// net.eval();
    /// assert!(!net.get::<Dropout>(0).mode().unwrap().is_training());
    /// ```
    pub fn is_training(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets it: `true` for training, `false` for evaluation.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mode = dlnotes::nn::Mode::new();
    /// mode.set(false);
    /// assert!(!mode.is_training());
    /// ```
    pub fn set(&self, training: bool) {
        self.0.store(training, Ordering::Relaxed);
    }
}

impl Default for Mode {
    fn default() -> Self {
        Self::new()
    }
}

/// A module in evaluation mode for as long as this value lives; every part then returns to its own mode before, even
/// when a panic or an interrupt unwinds.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Dropout::new(0.5)];
/// let x = Tensor::ones([100]);
/// {
///     let _eval = Eval::of(&net);
///     assert_eq!(net.forward(&x).to_vec(), x.to_vec());
/// }
/// assert_ne!(net.forward(&x).to_vec(), x.to_vec());
/// ```
pub struct Eval<'a> {
    module: &'a dyn Module,
    before: Vec<bool>,
}

impl<'a> Eval<'a> {
    /// Switches `module`, with everything inside it, to evaluation.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(2, 2), Dropout::new(0.5)];
    /// let is_training = || net.get::<Dropout>(1).mode().unwrap().is_training();
    /// let eval = Eval::of(&net);
    /// assert!(!is_training());
    /// drop(eval);
    /// assert!(is_training());
    /// ```
    #[must_use = "the mode returns when this value is dropped"]
    pub fn of(module: &'a dyn Module) -> Self {
        let mut before = Vec::new();
        visit(module, &mut |m| {
            if let Some(mode) = m.mode() {
                before.push(mode.is_training());
                mode.set(false);
            }
        });
        Self { module, before }
    }
}

impl Drop for Eval<'_> {
    fn drop(&mut self) {
        let mut before = self.before.iter();
        visit(self.module, &mut |m| {
            if let Some(mode) = m.mode() {
                before.next().into_iter().for_each(|&training| mode.set(training));
            }
        });
    }
}
