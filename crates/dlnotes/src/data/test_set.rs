//! Samples that may be looked at once.

use crate::tensor::error::counted;
use std::fmt;

use super::Dataset;

/// A test set, sealed until its one evaluation (notes, 模型选择).
///
/// A set that has helped to choose a model is no longer unseen, and its error no longer an estimate of the generalization
/// error. So there is no way to the samples but [`evaluate`](Self::evaluate), which takes the set: looking twice does not
/// compile.
///
/// ```
/// use dlnotes::prelude::*;
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(100), TestSet::new(truth.sample(100)));
/// let chosen = polynomial_fit(&train, 3, 0.0);
/// let error = test.evaluate(|data| chosen.error(data));
/// assert!(error < 0.05);
/// ```
///
/// A second evaluation is an error of the compiler, "use of moved value":
///
/// ```compile_fail,E0382
/// use dlnotes::prelude::*;
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(100), TestSet::new(truth.sample(100)));
/// let error = |degree: usize| test.evaluate(|data| polynomial_fit(&train, degree, 0.0).error(data));
/// let (cubic, line) = (error(3), error(1));
/// ```
pub struct TestSet {
    data: Dataset,
}

impl TestSet {
    /// Seals these samples. Keep no other copy of them.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let [train, valid, rest] = random_split(&Truth::notes_polynomial().sample(100), [0.6, 0.2, 0.2]);
    /// assert_eq!(TestSet::new(rest).len(), 20);
    /// ```
    #[must_use]
    pub fn new(samples: impl Into<Dataset>) -> Self {
        Self { data: samples.into() }
    }

    /// The number of samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(TestSet::new((Tensor::zeros([4, 1]), Tensor::zeros([4]))).len(), 4);
    /// ```
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are no samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(!TestSet::new((Tensor::zeros([4, 1]), Tensor::zeros([4]))).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// What `measure` finds on the samples. The set is used up: its samples can be evaluated once.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let test = TestSet::new((Tensor::eye(3), Tensor::from([0.0, 1.0, 0.0])));
    /// let accuracy = test.evaluate(|data| evaluate_accuracy(&|x: &Tensor| x.clone(), &Batches::new(data, 2)));
    /// assert!((accuracy - 2.0 / 3.0).abs() < 1e-6);
    /// ```
    pub fn evaluate<R>(self, measure: impl FnOnce(&Dataset) -> R) -> R {
        measure(&self.data)
    }
}

impl fmt::Debug for TestSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestSet({}, sealed)", counted(self.len(), "sample"))
    }
}
