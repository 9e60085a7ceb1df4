//! Data whose truth is known, so that an estimate can be compared with what it estimates.

use std::fmt;
use std::sync::Arc;

use super::least_squares::numbers;
use crate::Real;
use crate::data::{Batches, Dataset};
use crate::dropped::{Field, drops_here};
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Where samples come from: x from N(0, 1) or uniform, y = f(x) + ε with ε from N(0, σ²).
///
/// ```
/// use dlnotes::prelude::*;
/// let truth = Truth::new(|x| x.sin(), 0.1).uniform(-3.0, 3.0);
/// let data = truth.sample(50);
/// assert_eq!((data.features().shape(), data.labels().shape()), (&[50, 1][..], &[50][..]));
/// ```
#[derive(Clone)]
pub struct Truth {
    f: Field<Arc<dyn Fn(f64) -> f64 + Send + Sync>>,
    noise: f64,
    /// The bounds of x, if it is uniform.
    uniform: Option<(f64, f64)>,
    /// The x of every sample, if they are fixed.
    fixed: Field<Option<Tensor>>,
}
drops_here!(Truth: f, fixed);

impl Truth {
    /// Samples of `f` with noise of standard deviation `noise`, x from N(0, 1).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let truth = Truth::new(|x| 2.0 * x, 0.0);
    /// let (x, y) = truth.sample(5).select(&[0]);
    /// assert!((y.item() - 2.0 * x.item()).abs() < 1e-6);           // no noise
    /// ```
    ///
    /// # Panics
    /// If `noise` is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn new(f: impl Fn(f64) -> f64 + Send + Sync + 'static, noise: f64) -> Self {
        Self::of(Arc::new(f), noise)
    }

    #[track_caller]
    fn of(f: Arc<dyn Fn(f64) -> f64 + Send + Sync>, noise: f64) -> Self {
        if !(noise.is_finite() && noise >= 0.0) {
            fail("Truth", format!("the noise's standard deviation is {noise}: it must be a finite number, 0 or more"));
        }
        Self { f: Field::new(f), noise, uniform: None, fixed: Field::default() }
    }

    /// The polynomial of the notes, 5 + 1.2x − 3.4x²/2! + 5.6x³/3! with noise 0.1, x from N(0, 1).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let truth = Truth::notes_polynomial();
    /// assert_eq!(truth.at(&Tensor::zeros([1])).item(), 5.0);
    /// assert!((truth.noise() - 0.01).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn notes_polynomial() -> Self {
        Self::new(|x| 5.0 + 1.2 * x - 3.4 * x * x / 2.0 + 5.6 * x * x * x / 6.0, 0.1)
    }

    /// The same with x uniform in [low, high).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Truth::new(|x| x, 0.0).uniform(2.0, 3.0).sample(100);
    /// assert!(data.features().min().item() >= 2.0 && data.features().max().item() <= 3.0);
    /// ```
    ///
    /// # Panics
    /// If `low` is not below `high` or one is not finite.
    #[must_use]
    #[track_caller]
    pub fn uniform(mut self, low: f64, high: f64) -> Self {
        if !(low < high && low.is_finite() && high.is_finite()) {
            fail("Truth", format!("x from {low} to {high}: both must be finite, the first below the second"));
        }
        self.uniform = Some((low, high));
        self
    }

    /// The same with the x of these samples in every sample: only the noise is drawn anew. What is known of a fit then is
    /// known for these x, without the luck of where others would have fallen.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let truth = Truth::new(|x| x, 0.1);
    /// let fixed = truth.with_x_of(&truth.sample(20));
    /// let (one, other) = (fixed.sample(20), fixed.sample(20));
    /// assert_eq!(one.features().to_vec(), other.features().to_vec());
    /// assert_ne!(one.labels().to_vec(), other.labels().to_vec());
    /// ```
    #[must_use]
    pub fn with_x_of(&self, samples: &Dataset) -> Self {
        let mut truth = self.clone();
        *truth.fixed = Some(samples.features().reshape([samples.len(), 1]));
        truth
    }

    /// The same with x at random, to test with.
    pub(super) fn anywhere(&self) -> Self {
        let mut truth = self.clone();
        *truth.fixed = None;
        truth
    }

    /// `n` samples from the crate's generator: x `[n, 1]`, y `[n]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let data = Truth::new(|_| 7.0, 0.5).sample(1000);
    /// assert!((data.labels().mean().item() - 7.0).abs() < 0.1 && (data.labels().std().item() - 0.5).abs() < 0.05);
    /// ```
    ///
    /// # Panics
    /// If x is fixed and there are more or fewer than `n` of them.
    #[must_use]
    #[track_caller]
    pub fn sample(&self, n: usize) -> Dataset {
        let [one, _] = self.mirrored(n);
        one
    }

    /// Two sets of `n` samples with the same x, and the noise of the one in the other with its sign changed. The mean of
    /// two fits that are linear in y is then the fit to labels without noise.
    #[track_caller]
    pub(super) fn mirrored(&self, n: usize) -> [Dataset; 2] {
        let x = match (&*self.fixed, self.uniform) {
            (Some(x), _) if x.len() != n => {
                fail("Truth", format!("{n} samples with the x of {}: only so many have their x", x.len()))
            }
            (Some(x), _) => x.clone(),
            (None, Some((low, high))) => Tensor::uniform(low as Real, high as Real, [n, 1]),
            (None, None) => Tensor::randn([n, 1]),
        };
        let (f, noise) = (self.at(&x).reshape([n]), Tensor::normal(0.0, self.noise as Real, [n]));
        [Dataset::new(x.clone(), &f + &noise), Dataset::new(x, f - noise)]
    }

    /// f(x), element by element.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Truth::new(|x| x * x, 0.1).at(&Tensor::from([1.0, 2.0, 3.0]));   // without noise
    /// assert_eq!(y.to_vec(), [1.0, 4.0, 9.0]);
    /// ```
    #[must_use]
    pub fn at(&self, x: &Tensor) -> Tensor {
        x.detach().map(|x| (self.f)(x.into()) as Real)
    }

    /// σ², the error that no model can get below.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Truth::new(|x| x, 0.5).noise(), 0.25);
    /// ```
    pub fn noise(&self) -> f64 {
        self.noise * self.noise
    }

    /// The generalization error of a model, known exactly: ∫ p(x) (f̂(x) − f(x))² dx + σ² (by quadrature).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let truth = Truth::new(|x| x, 0.5);
    /// let error = truth.generalization_error(|x| Tensor::zeros(x.shape()));   // f̂ = 0: E[x²] + σ²
    /// assert!((error - 1.25).abs() < 1e-6);
    /// ```
    ///
    /// # Panics
    /// If the model does not return one number for each x (`[n, 1]`).
    #[must_use]
    #[track_caller]
    pub fn generalization_error(&self, model: impl Fn(&Tensor) -> Tensor) -> f64 {
        self.error_of(&model)
    }

    #[track_caller]
    fn error_of(&self, model: &dyn Fn(&Tensor) -> Tensor) -> f64 {
        let (x, weights) = self.nodes();
        let y = model(&x);
        if y.len() != x.len() {
            let (y, n) = (y.shape(), x.len());
            fail(
                "generalization_error",
                format!("the model returned shape {y:?} for {n} samples: one number each is needed"),
            );
        }
        let squares = numbers(&y).into_iter().zip(numbers(&self.at(&x))).map(|(y, f)| (y - f).powi(2));
        squares.zip(weights).map(|(square, weight)| square * weight).sum::<f64>() + self.noise()
    }

    /// The errors of a model on its training and test samples beside its true generalization error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let truth = Truth::notes_polynomial();
    /// let (train, test) = (truth.sample(20), truth.sample(1000));
    /// let fit = polynomial_fit(&train, 3, 0.0);
    /// let gap = truth.generalization_gap(|x| fit.predict(x), &train, &test);
    /// assert!((gap.test_error - gap.true_error).abs() < 4.0 * gap.standard_error);
    /// ```
    ///
    /// # Panics
    /// If the model does not return one number for each sample.
    #[must_use]
    #[track_caller]
    pub fn generalization_gap(
        &self,
        model: impl Fn(&Tensor) -> Tensor,
        train: &Dataset,
        test: &Dataset,
    ) -> GeneralizationGap {
        self.gap_of(&model, train, test)
    }

    #[track_caller]
    fn gap_of(&self, model: &dyn Fn(&Tensor) -> Tensor, train: &Dataset, test: &Dataset) -> GeneralizationGap {
        let squares = |data: &Dataset| -> Vec<f64> {
            // One batch after the other: a large test set need not pass through a network at once.
            let batches = Batches::new(data, 1024);
            let errors = batches.iter().flat_map(|(x, y)| {
                let pairs = numbers(&model(&x)).into_iter().zip(numbers(&y));
                pairs.map(|(y_hat, y)| (y_hat - y).powi(2)).collect::<Vec<_>>()
            });
            errors.collect()
        };
        let (train, test) = (squares(train), squares(test));
        let mean = super::cross_validate::mean;
        GeneralizationGap {
            train_error: mean(&train),
            test_error: mean(&test),
            standard_error: super::cross_validate::std(&test) / (test.len() as f64).sqrt(),
            true_error: self.error_of(model),
        }
    }

    /// Points and weights with Σ weightᵢ·g(xᵢ) = E[g(x)] for smooth g: evenly spaced, which for a density that vanishes
    /// at both ends is as exact as any rule.
    pub(super) fn nodes(&self) -> (Tensor, Vec<f64>) {
        const COUNT: usize = 481;
        let (low, high) = self.uniform.unwrap_or((-12.0, 12.0));
        let step = (high - low) / COUNT as f64;
        let x: Vec<f64> = (0..COUNT).map(|i| low + (i as f64 + 0.5) * step).collect();
        let density = |x: f64| match self.uniform {
            Some(_) => 1.0 / (high - low),
            None => (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt(),
        };
        let weights = x.iter().map(|&x| density(x) * step).collect();
        (Tensor::from_vec(x.into_iter().map(|x| x as Real).collect(), [COUNT, 1]), weights)
    }

    /// Where nearly all x lie, for figures.
    pub(super) fn range(&self) -> (f64, f64) {
        self.uniform.unwrap_or((-2.5, 2.5))
    }
}

impl fmt::Debug for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let x = self.uniform.map_or("N(0, 1)".into(), |(low, high)| format!("U({low}, {high})"));
        write!(f, "Truth(x from {x}, noise {})", self.noise)
    }
}

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
