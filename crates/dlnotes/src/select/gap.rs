//! The generalization gap, as test samples show it and as it is.

use std::fmt;

/// What a model's errors say about its generalization error, and what that is.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(15), truth.sample(1000));
/// let fit = polynomial_fit(&train, 8, 0.0);
/// let gap = truth.generalization_gap(|x| fit.predict(x), &train, &test);
/// assert!(gap.train_error < 0.01 && gap.true_error > gap.train_error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeneralizationGap {
    /// The mean squared error on the training samples.
    pub train_error: f64,
    /// The mean squared error on the test samples: an estimate of `true_error`.
    pub test_error: f64,
    /// The standard error of that estimate.
    pub standard_error: f64,
    /// The generalization error itself.
    pub true_error: f64,
}

impl GeneralizationGap {
    /// The generalization gap as test samples show it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::select::GeneralizationGap;
    /// let gap = GeneralizationGap { train_error: 1.0, test_error: 1.5, standard_error: 0.1, true_error: 1.75 };
    /// assert_eq!(gap.estimated_gap(), 0.5);
    /// ```
    pub fn estimated_gap(&self) -> f64 {
        self.test_error - self.train_error
    }

    /// The generalization gap itself.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::select::GeneralizationGap;
    /// let gap = GeneralizationGap { train_error: 1.0, test_error: 1.5, standard_error: 0.1, true_error: 1.75 };
    /// assert_eq!(gap.true_gap(), 0.75);
    /// ```
    pub fn true_gap(&self) -> f64 {
        self.true_error - self.train_error
    }

    /// Shows the numbers as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::select::GeneralizationGap;
    /// let gap = GeneralizationGap { train_error: 1.0, test_error: 1.5, standard_error: 0.1, true_error: 1.75 };
    /// gap.evcxr_display();                                         // what a cell that ends in `gap` does
    /// assert!(gap.to_string().starts_with("training error 1.0"));
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

impl fmt::Display for GeneralizationGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "training error {:.4e}; test error {:.4e} ± {:.1e}, generalization error {:.4e}; gap {:.4e} estimated, {:.4e} true",
            self.train_error,
            self.test_error,
            self.standard_error,
            self.true_error,
            self.estimated_gap(),
            self.true_gap()
        )
    }
}
