//! Polynomials fitted exactly (notes, 多项式回归), as SGD approaches them but seldom reaches.

use super::least_squares::{check_lambda, numbers};
use crate::Real;
use crate::data::Dataset;
use crate::linalg::{Matrix, Solution, penalized};
use crate::plot::Figure;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// A polynomial Σ wᵢ·xⁱ/i! fitted to samples.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, y) = (Tensor::from([0.0, 1.0, 2.0]), Tensor::from([1.0, 3.0, 5.0]));
/// let fit = polynomial_fit(&Dataset::new(x, y), 1, 0.0);
/// assert!((fit.weights[0] - 1.0).abs() < 1e-9 && (fit.weights[1] - 2.0).abs() < 1e-9);   // y = 1 + 2x
/// assert_eq!(fit.rank, 2);
/// ```
#[derive(Clone, Debug)]
pub struct PolynomialFit {
    /// w₀, …, w_degree, in double precision: of high degrees, large ones cancel each other.
    pub weights: Vec<f64>,
    /// How many of them the samples determine; where it is fewer than all, the shortest weights that fit as well were
    /// taken.
    pub rank: usize,
}

/// Fits a polynomial of `degree` to x `[n]` or `[n, 1]` and y `[n]` or `[n, 1]`: exact least squares for `lambda` = 0,
/// else the minimum of (mean squared error)/2 + λ‖w‖²/2, where the constant w₀ is not decayed.
///
/// Columns and solution (Householder's QR) are in double precision.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let (train, test) = (truth.sample(100), truth.sample(100));
/// let fit = polynomial_fit(&train, 3, 0.0);
/// assert!((fit.weights[0] - 5.0).abs() < 0.1);
/// let (train_error, test_error) = fit.errors(&train, &test);
/// assert!(train_error < 0.02 && test_error < 0.04);
/// ```
///
/// # Panics
/// If there is more than one feature, there are no samples or numbers that are not finite, or λ is negative or not
/// finite.
#[must_use]
#[track_caller]
pub fn polynomial_fit(data: &Dataset, degree: usize, lambda: Real) -> PolynomialFit {
    check_lambda("polynomial_fit", lambda);
    let (x, y) = samples(data);
    let a = columns(&x, degree);
    let mut penalty = vec![f64::from(lambda) * x.len() as f64; degree + 1];
    penalty[0] = 0.0;
    let Solution { w, rank } = penalized(&a, &y, &penalty);
    PolynomialFit { weights: w, rank }
}

impl PolynomialFit {
    /// The degree of the polynomial.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::linspace(-1.0, 1.0, 10);
    /// assert_eq!(polynomial_fit(&Dataset::new(x.clone(), x), 4, 0.0).degree(), 4);
    /// ```
    pub fn degree(&self) -> usize {
        self.weights.len() - 1
    }

    /// ‖w‖₂ without the constant.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, y) = (Tensor::from([0.0, 1.0, 2.0]), Tensor::from([9.0, 12.0, 15.0]));
    /// assert!((polynomial_fit(&Dataset::new(x, y), 1, 0.0).norm() - 3.0).abs() < 1e-9);      // y = 9 + 3x
    /// ```
    pub fn norm(&self) -> f64 {
        self.weights[1..].iter().map(|w| w * w).sum::<f64>().sqrt()
    }

    /// The values at x, in its shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, y) = (Tensor::from([0.0, 1.0, 2.0]), Tensor::from([0.0, 1.0, 4.0]));
    /// let fit = polynomial_fit(&Dataset::new(x, y), 2, 0.0);
    /// assert!((fit.predict(&Tensor::from([3.0])).item() - 9.0).abs() < 1e-4);
    /// ```
    #[must_use]
    pub fn predict(&self, x: &Tensor) -> Tensor {
        let values = self.values(&numbers(x));
        Tensor::from_vec(values.into_iter().map(|v| v as Real).collect(), x.shape())
    }

    /// The values at x in double precision.
    pub(super) fn values(&self, x: &[f64]) -> Vec<f64> {
        columns(x, self.degree()).times(&self.weights)
    }

    /// The mean squared error on `data`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::from([0.0, 1.0]), Tensor::from([0.0, 2.0]));
    /// let constant = polynomial_fit(&data, 0, 0.0);                // the mean, 1
    /// assert!((constant.error(&data) - 1.0).abs() < 1e-9);
    /// ```
    ///
    /// # Panics
    /// If there is more than one feature or there are no samples.
    #[must_use]
    #[track_caller]
    pub fn error(&self, data: &Dataset) -> f64 {
        let (x, y) = samples(data);
        let squares = self.values(&x).iter().zip(&y).map(|(y_hat, y)| (y_hat - y).powi(2)).sum::<f64>();
        squares / y.len() as f64
    }

    /// The mean squared errors on the samples it was fitted to and on others, as
    /// [`cross_validate`](super::cross_validate) and [`learning_curve`](super::learning_curve) want them.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let truth = Truth::notes_polynomial();
    /// let (train, test) = (truth.sample(20), truth.sample(100));
    /// let (train_error, test_error) = polynomial_fit(&train, 12, 0.0).errors(&train, &test);
    /// assert!(test_error > 10.0 * train_error);                    // overfitted
    /// ```
    ///
    /// # Panics
    /// If there is more than one feature or there are no samples.
    #[must_use]
    #[track_caller]
    pub fn errors(&self, train: &Dataset, test: &Dataset) -> (f64, f64) {
        (self.error(train), self.error(test))
    }

    /// The samples as points and the polynomial as a line through their range (notes, before and after L2).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let data = Truth::notes_polynomial().sample(30);
    /// let figure = polynomial_fit(&data, 3, 0.0).figure(&data);
    /// assert!(figure.summary().contains("data: 30 points") && figure.summary().contains("degree 3"));
    /// ```
    ///
    /// # Panics
    /// If there is more than one feature or there are no samples.
    #[must_use]
    #[track_caller]
    pub fn figure(&self, data: &Dataset) -> Figure {
        let (x, y) = samples(data);
        let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &x| (lo.min(x), hi.max(x)));
        let line: Vec<f64> = (0..=200).map(|i| low + (high - low) * f64::from(i) / 200.0).collect();
        let (bottom, top) = y.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &y| (lo.min(y), hi.max(y)));
        let room = if top > bottom { 0.3 * (top - bottom) } else { 1.0 };
        let figure =
            Figure::new().points(&x, &y, "data").line(&line, self.values(&line), &format!("degree {}", self.degree()));
        // A wild polynomial would otherwise press the samples into a flat line.
        figure.ylim(bottom - room, top + room).xlabel("x").ylabel("y")
    }
}

#[track_caller]
fn samples(data: &Dataset) -> (Vec<f64>, Vec<f64>) {
    let (x, y) = (data.features(), data.labels());
    if data.is_empty() || x.len() != data.len() || y.len() != data.len() {
        let (x, y) = (x.shape(), y.shape());
        fail(
            "polynomial_fit",
            format!(
                "features of shape {x:?} and labels of shape {y:?}: one number x and one y for each sample are needed"
            ),
        );
    }
    let (x, y) = (numbers(&x), numbers(y));
    if !x.iter().chain(&y).all(|v| v.is_finite()) {
        fail("polynomial_fit", "there are NaN or infinite numbers in the data: leave these samples out");
    }
    (x, y)
}

/// xⁱ/i! for i = 0..=degree.
fn columns(x: &[f64], degree: usize) -> Matrix {
    let mut columns = vec![vec![1.0; x.len()]];
    for i in 1..=degree {
        let column = columns[i - 1].iter().zip(x).map(|(power, x)| power * x / i as f64).collect();
        columns.push(column);
    }
    Matrix::new(x.len(), columns)
}
