//! Cross-validation (notes, K 折交叉验证).

use std::fmt;

use super::curves::ErrorPair;
use crate::data::{Dataset, KFold};
use crate::parallel;
use crate::plot::{Figure, bar};
use crate::select::next_seed;

/// The errors of a cross-validation, fold by fold.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let data = Truth::notes_polynomial().sample(60);
/// let scores = cross_validate(&data, &KFold::new(5).shuffled(1), |train, valid| {
///     polynomial_fit(train, 3, 0.0).errors(train, valid)
/// });
/// assert_eq!((scores.train.len(), scores.valid.len()), (5, 5));
/// assert!(scores.to_string().ends_with("over 5 folds"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The error on the samples trained on.
    pub train: Vec<f64>,
    /// The error on the samples held back.
    pub valid: Vec<f64>,
}

/// Fits K times, each time on all folds but one, and validates on that one. `fit` gets the training and the validation
/// set, and returns the errors on both; it is called on several threads at once.
///
/// Each fold draws its random numbers from a stream of its own: however many threads there are, the numbers are the
/// same, and [`seed`](crate::tensor::seed) repeats them. Train with [`train_epoch`](crate::train::train_epoch), which
/// draws nothing below the cell.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let data = Dataset::from(synthetic_data(&Tensor::from([2.0, -3.4]), 4.2, 100));
/// let scores = cross_validate(&data, &KFold::new(5).shuffled(1), |train, valid| {
///     let (train, valid) = (Batches::new(train, 10).shuffled(), Batches::new(valid, 10));
///     let net = sequential![Linear::new(2, 1)];
///     let mut trainer = Sgd::new(net.parameters(), 0.03);
///     let loss = MseLoss::none();
///     (0..20).for_each(|_| { train_epoch(&net, &train, &loss, &mut trainer); });
///     (evaluate_loss(&net, &train, &loss), evaluate_loss(&net, &valid, &loss))
/// });
/// assert_eq!(scores.valid.len(), 5);
/// assert!(scores.valid_mean() < 1e-3);
/// ```
///
/// # Panics
/// As [`KFold::folds_of`], and if `fit` does.
#[track_caller]
pub fn cross_validate<E: ErrorPair>(
    data: &Dataset,
    folds: &KFold,
    fit: impl Fn(&Dataset, &Dataset) -> E + Sync,
) -> Scores {
    validate(data, folds, &|train, valid| fit(train, valid).pair())
}

#[track_caller]
fn validate(data: &Dataset, folds: &KFold, fit: &(dyn Fn(&Dataset, &Dataset) -> (f64, f64) + Sync)) -> Scores {
    let folds = folds.folds_of(data);
    // Each piece copies its own samples: K copies of the training data need not exist at once.
    let errors =
        parallel(next_seed(), folds.len(), |i| fit(&data.subset(&folds[i].train), &data.subset(&folds[i].valid)));
    let (train, valid) = errors.into_iter().unzip();
    Scores { train, valid }
}

impl Scores {
    /// The mean training error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![1.0, 2.0, 3.0], valid: vec![4.0, 5.0, 9.0] };
    /// assert_eq!(scores.train_mean(), 2.0);
    /// ```
    pub fn train_mean(&self) -> f64 {
        mean(&self.train)
    }

    /// The mean validation error: the estimate of how well the model generalizes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![1.0, 2.0, 3.0], valid: vec![4.0, 5.0, 9.0] };
    /// assert_eq!(scores.valid_mean(), 6.0);
    /// ```
    pub fn valid_mean(&self) -> f64 {
        mean(&self.valid)
    }

    /// The standard deviation of the training error over the folds (n − 1 below).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![1.0, 2.0, 3.0], valid: vec![4.0, 5.0, 9.0] };
    /// assert_eq!(scores.train_std(), 1.0);
    /// ```
    pub fn train_std(&self) -> f64 {
        std(&self.train)
    }

    /// The standard deviation of the validation error over the folds (n − 1 below).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![1.0, 2.0, 3.0], valid: vec![4.0, 5.0, 9.0] };
    /// assert!((scores.valid_std() - 7.0_f64.sqrt()).abs() < 1e-12);
    /// ```
    pub fn valid_std(&self) -> f64 {
        std(&self.valid)
    }

    /// Both errors by fold, as bars.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![0.1, 0.2], valid: vec![0.3, 0.4] };
    /// assert!(scores.figure().summary().contains("fold 1"));
    /// ```
    pub fn figure(&self) -> Figure {
        let names: Vec<String> = (1..=self.valid.len()).map(|i| format!("fold {i}")).collect();
        bar([&self.train, &self.valid]).labels(&names).legend(["train", "validation"]).ylabel("error")
    }

    /// Shows the scores as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let scores = select::Scores { train: vec![0.1, 0.2], valid: vec![0.3, 0.4] };
    /// scores.evcxr_display();                                      // what a cell that ends in `scores` does
    /// assert!(scores.to_string().starts_with("validation error 0.3500 ± 0.0707"));
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = |mean: f64, std: f64| format!("{mean:.4} ± {std:.4}");
        let (train, valid) = (errors(self.train_mean(), self.train_std()), errors(self.valid_mean(), self.valid_std()));
        write!(f, "validation error {valid}, training error {train} over {} folds", self.valid.len())
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// With n − 1 below: the folds are a sample.
pub(super) fn std(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)).sqrt()
}
