//! Training and test error over something that changes: capacity, number of samples, a hyper-parameter.

use std::fmt;
use std::ops::RangeInclusive;

use super::polynomial_fit;
use crate::data::Dataset;
use crate::parallel;
use crate::plot::{Figure, Values, plot};
use crate::select::next_seed;
use crate::tensor::error::{counted, fail};

/// Two errors, the training error first: `(f32, f32)` as networks give them or `(f64, f64)` as exact fits do.
///
/// ```
/// use dlnotes::select::ErrorPair;
/// assert_eq!((0.5_f32, 0.25_f32).pair(), (0.5, 0.25));         // a network's errors
/// assert_eq!((0.5_f64, 0.25_f64).pair(), (0.5, 0.25));         // an exact fit's
/// ```
pub trait ErrorPair: Send {
    /// Both in double precision.
    ///
    /// ```
    /// use dlnotes::select::ErrorPair;
    /// assert_eq!((1.5_f32, 2.5_f32).pair(), (1.5_f64, 2.5_f64));
    /// ```
    fn pair(self) -> (f64, f64);
}

impl ErrorPair for (f64, f64) {
    fn pair(self) -> (f64, f64) {
        self
    }
}

impl ErrorPair for (f32, f32) {
    fn pair(self) -> (f64, f64) {
        (self.0.into(), self.1.into())
    }
}

/// Training and test error over what changes.
///
/// ```
/// use dlnotes::prelude::*;
/// let curve = error_curve("x", [1.0, 2.0], |x| (x, x * x));
/// assert_eq!((curve.over.as_str(), curve.at), ("x", vec![1.0, 2.0]));
/// assert_eq!((curve.train, curve.test), (vec![1.0, 2.0], vec![1.0, 4.0]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorCurve {
    /// What changes, such as `degree`.
    pub over: String,
    /// Its values.
    pub at: Vec<f64>,
    /// The training error at each of them.
    pub train: Vec<f64>,
    /// The test (or validation) error at each of them.
    pub test: Vec<f64>,
}

/// Both errors for each value of a quantity named `over`; `fit` takes the value and returns training and test error,
/// and is called on several threads at once, each call with random numbers of its own.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(100), truth.sample(100));
/// let curve = error_curve("λ", [1e-4, 1e-2, 1.0, 100.0], |lambda| {
///     polynomial_fit(&train, 19, lambda as f32).errors(&train, &test)
/// });
/// assert!(curve.train[0] < curve.train[3]);              // a larger penalty fits the training samples less
/// let figure = curve.figure().xlog();
/// ```
///
/// # Panics
/// If `fit` does.
pub fn error_curve<E: ErrorPair>(over: &str, at: impl Values, fit: impl Fn(f64) -> E + Sync) -> ErrorCurve {
    curve_over(over, &at, &|value| fit(value).pair())
}

/// Both errors for a value.
type Errors<'a> = &'a (dyn Fn(f64) -> (f64, f64) + Sync);

fn curve_over(over: &str, at: &dyn Values, fit: Errors<'_>) -> ErrorCurve {
    curve(over, at.curves().concat(), fit)
}

fn curve(over: &str, at: Vec<f64>, fit: Errors<'_>) -> ErrorCurve {
    let (train, test) = parallel(next_seed(), at.len(), |i| fit(at[i])).into_iter().unzip();
    ErrorCurve { over: over.into(), at, train, test }
}

/// Both errors of polynomials fitted exactly, by degree (notes, 模型的复杂性).
///
/// The training error never rises with the degree, as each polynomial is among those of the next degree. With as many
/// coefficients as samples (degree n − 1) it is 0.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let curve = capacity_curve(&truth.sample(100), &truth.sample(100), 0..=19);
/// assert!(curve.test[3] < 0.05 && curve.test[1] > 1.0);   // of degree 3 are the data
/// ```
///
/// # Panics
/// As [`polynomial_fit`].
#[track_caller]
pub fn capacity_curve(train: &Dataset, test: &Dataset, degrees: RangeInclusive<usize>) -> ErrorCurve {
    // The first fit is here, so that data of the wrong kind are named at the caller's line.
    let _ = polynomial_fit(train, 0, 0.0).error(test);
    error_curve("degree", degrees, |degree| polynomial_fit(train, degree as usize, 0.0).errors(train, test))
}

/// Both errors by number of training samples: the first `size` of `train`, for each of `sizes` (notes, 数据集大小).
/// `fit` gets these and the test set, and returns the errors on both.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(200), truth.sample(500));
/// let curve = learning_curve(&train, &test, &[6, 20, 60, 200], |train, test| {
///     polynomial_fit(train, 4, 0.0).errors(train, test)
/// });
/// assert!(curve.test[3] < curve.test[0]);                // the gap closes
/// ```
///
/// # Panics
/// If a size is 0 or above the number of samples, or `fit` panics.
#[track_caller]
pub fn learning_curve<E: ErrorPair>(
    train: &Dataset,
    test: &Dataset,
    sizes: &[usize],
    fit: impl Fn(&Dataset, &Dataset) -> E + Sync,
) -> ErrorCurve {
    curve_over_sizes(train, test, sizes, &|train, test| fit(train, test).pair())
}

#[track_caller]
fn curve_over_sizes(
    train: &Dataset,
    test: &Dataset,
    sizes: &[usize],
    fit: &(dyn Fn(&Dataset, &Dataset) -> (f64, f64) + Sync),
) -> ErrorCurve {
    if let Some(size) = sizes.iter().find(|&&size| size == 0 || size > train.len()) {
        fail(
            "learning_curve",
            format!("{size} of {}: each size must be between 1 and that", counted(train.len(), "sample")),
        );
    }
    curve("samples", sizes.iter().map(|&size| size as f64).collect(), &|size| fit(&train.take(size as usize), test))
}

impl ErrorCurve {
    /// Where the test error is smallest.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let curve = error_curve("degree", 0..=6, |degree| (10.0 - degree, 1.0 + (degree - 3.0).powi(2)));
    /// assert_eq!(curve.best(), 3.0);                               // where the test error turns
    /// ```
    pub fn best(&self) -> f64 {
        let by_error = self.test.iter().zip(&self.at).min_by(|a, b| a.0.total_cmp(b.0));
        by_error.map_or(f64::NAN, |(_, &at)| at)
    }

    /// Both errors as curves, on a logarithmic axis.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let curve = error_curve("degree", 0..=2, |degree| (0.1_f64.powf(degree), 0.5));
    /// assert!(curve.figure().summary().contains("train falls from 1 to 0.01; test stays at 0.5"));
    /// ```
    pub fn figure(&self) -> Figure {
        plot(&self.at, [&self.train, &self.test]).legend(["train", "test"]).xlabel(&self.over).ylabel("error").ylog()
    }

    /// Shows the curves as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let curve = error_curve("degree", 0..=2, |degree| (1.0 / (degree + 1.0), 0.5));
    /// curve.evcxr_display();                                       // what a cell that ends in `curve` does
    /// assert!(curve.to_string().trim_start().starts_with("degree"));
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}

impl fmt::Display for ErrorCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10} {:>12} {:>12}", self.over, "train", "test")?;
        for ((at, train), test) in self.at.iter().zip(&self.train).zip(&self.test) {
            write!(f, "\n{at:>10} {train:>12.4e} {test:>12.4e}")?;
        }
        Ok(())
    }
}
