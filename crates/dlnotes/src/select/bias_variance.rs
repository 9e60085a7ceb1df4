//! Bias, variance and noise: what an error is made of (notes, 偏差-方差权衡).

use std::fmt;
use std::ops::RangeInclusive;

use super::least_squares::numbers;
use super::{Truth, polynomial_fit};
use crate::data::Dataset;
use crate::parallel;
use crate::plot::{Figure, plot};
use crate::select::next_seed;
use crate::tensor::Tensor;
use crate::tensor::error::{counted, fail};

/// The expected squared error of a way of fitting, taken apart: E[(y − f̂(x))²] = bias² + variance + σ².
///
/// The expectations run over x, over the noise of y and over the training samples that f̂ was fitted to.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let parts = bias_variance(&truth, 50, 100, |train, x| polynomial_fit(train, 3, 0.0).predict(x));
/// assert!(parts.bias2 < 0.01 && (parts.noise - 0.01).abs() < 1e-12);   // the right degree: σ² is what is left
/// assert_eq!(parts.x.len(), parts.mean.len());
/// ```
#[derive(Clone, Debug)]
pub struct BiasVariance {
    /// E[(f(x) − E f̂(x))²]: how far the mean fit is from the truth.
    pub bias2: f64,
    /// E[(f̂(x) − E f̂(x))²]: how much fits to different samples differ.
    pub variance: f64,
    /// σ², which no model escapes.
    pub noise: f64,
    /// The mean squared error on new samples, measured independently of the three above.
    pub error: f64,
    /// The standard error of that measurement.
    pub standard_error: f64,
    /// Where most x lie, in ascending order.
    pub x: Vec<f64>,
    /// The truth f(x) there.
    pub truth: Vec<f64>,
    /// The mean fit there.
    pub mean: Vec<f64>,
    /// Below this lie 5 % of the fits.
    pub low: Vec<f64>,
    /// Above this lie 5 % of the fits.
    pub high: Vec<f64>,
}

/// Fits to `refits` training sets (an even number: one more if need be) of `n` new samples each and takes the error apart. `fit` gets a training set and x
/// `[m, 1]`, and returns its predictions there; it is called on several threads at once.
///
/// Refits come in pairs with the same x and mirrored noise, so that the mean of fits that are linear in y is exact for
/// their x. Of what remains, the bias is corrected for the variance of the mean of all pairs. Where now and then a sample
/// leaves a gap, a few fits may outweigh all others, and means over them say little: fix x then
/// ([`Truth::with_x_of`]).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let parts = bias_variance(&Truth::notes_polynomial(), 50, 100, |train, x| polynomial_fit(train, 1, 0.0).predict(x));
/// assert!(parts.bias2 > parts.variance);              // a straight line can't bend: bias
/// println!("{parts}");
/// ```
///
/// # Panics
/// If there are fewer than 3 refits or no samples, or `fit` panics or returns another number of predictions.
#[track_caller]
pub fn bias_variance(
    truth: &Truth,
    n: usize,
    refits: usize,
    fit: impl Fn(&Dataset, &Tensor) -> Tensor + Sync,
) -> BiasVariance {
    decompose(truth, n, refits, &fit)
}

#[track_caller]
fn decompose(
    truth: &Truth,
    n: usize,
    refits: usize,
    fit: &(dyn Fn(&Dataset, &Tensor) -> Tensor + Sync),
) -> BiasVariance {
    if refits < 3 || n == 0 {
        let given = format!("{} to {}", counted(refits, "refit"), counted(n, "sample"));
        fail("bias_variance", format!("{given}: at least 3 refits and 1 sample are needed"));
    }
    let (x, weights) = truth.nodes();
    let expected = numbers(&truth.at(&x));
    let needed = expected.len() + n;
    let refit = |train: &Dataset| {
        let (new_x, new_y) = truth.anywhere().sample(n).select(&(0..n).collect::<Vec<_>>());
        // All x at once: what takes time is the fit.
        let predictions = numbers(&fit(train, &crate::tensor::concat(&[&x, &new_x], 0)));
        if predictions.len() != needed {
            return Err(predictions.len());
        }
        let (at_nodes, at_new) = predictions.split_at(expected.len());
        let squares = at_new.iter().zip(numbers(&new_y)).map(|(y_hat, y)| (y_hat - y).powi(2));
        Ok((at_nodes.to_vec(), squares.sum::<f64>() / n as f64))
    };
    let pairs = parallel(next_seed(), refits.div_ceil(2), |_| truth.mirrored(n).map(|train| refit(&train)));
    let runs: Vec<(Vec<f64>, f64)> = match pairs.into_iter().flatten().collect::<Result<_, usize>>() {
        Ok(runs) => runs,
        Err(got) => {
            let got = counted(got, "prediction");
            fail("bias_variance", format!("{got} for {needed} values of x: one for each is needed"));
        }
    };
    let count = runs.len() as f64;
    let mut parts = BiasVariance {
        bias2: 0.0,
        variance: 0.0,
        noise: truth.noise(),
        error: super::cross_validate::mean(&runs.iter().map(|run| run.1).collect::<Vec<_>>()),
        standard_error: super::cross_validate::std(&runs.iter().map(|run| run.1).collect::<Vec<_>>()) / count.sqrt(),
        x: Vec::new(),
        truth: Vec::new(),
        mean: Vec::new(),
        low: Vec::new(),
        high: Vec::new(),
    };
    let (from, to) = truth.range();
    for (i, (x, weight)) in numbers(&x).into_iter().zip(weights).enumerate() {
        let mut fits: Vec<f64> = runs.iter().map(|run| run.0[i]).collect();
        let mean = super::cross_validate::mean(&fits);
        // Two and two are fits to mirrored samples.
        let middles: Vec<f64> = runs.chunks_exact(2).map(|pair| f64::midpoint(pair[0].0[i], pair[1].0[i])).collect();
        // The square of a mean is larger than the square of what is expected of it by the variance of the mean.
        let of_mean = super::cross_validate::std(&middles).powi(2) / middles.len() as f64;
        parts.bias2 += weight * ((mean - expected[i]).powi(2) - of_mean);
        parts.variance += weight * (fits.iter().map(|fit| (fit - mean).powi(2)).sum::<f64>() / count + of_mean);
        if (from..=to).contains(&x) {
            fits.sort_by(f64::total_cmp);
            let quantile = |q: f64| fits[(q * (count - 1.0)).round() as usize];
            parts.x.push(x);
            parts.truth.push(expected[i]);
            parts.mean.push(mean);
            parts.low.push(quantile(0.05));
            parts.high.push(quantile(0.95));
        }
    }
    parts
}

impl BiasVariance {
    /// bias² + variance + noise.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let truth = Truth::new(|x| x, 0.5);
    /// let parts = bias_variance(&truth, 50, 100, |_, x| Tensor::zeros(x.shape()));   // always 0: bias alone
    /// assert!((parts.sum() - (1.0 + 0.25)).abs() < 1e-3);                             // E[x²] + σ²
    /// ```
    pub fn sum(&self) -> f64 {
        self.bias2 + self.variance + self.noise
    }

    /// The truth, the mean fit, and the band in which 90 % of the fits lie.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let truth = Truth::notes_polynomial();
    /// let parts = bias_variance(&truth, 30, 40, |train, x| polynomial_fit(train, 1, 0.0).predict(x));
    /// assert!(parts.figure().summary().contains("mean fit"));
    /// ```
    pub fn figure(&self) -> Figure {
        let (bottom, top) =
            self.truth.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &y| (lo.min(y), hi.max(y)));
        let room = if top > bottom { 0.4 * (top - bottom) } else { 1.0 };
        Figure::new()
            .band(&self.x, &self.low, &self.high, "90 % of fits")
            .line(&self.x, &self.mean, "mean fit")
            .line(&self.x, &self.truth, "truth")
            .xlabel("x")
            .ylabel("y")
            .ylim(bottom - room, top + room)
    }

    /// Shows the numbers as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let parts = bias_variance(&Truth::new(|x| x, 0.5), 10, 20, |_, x| Tensor::zeros(x.shape()));
    /// parts.evcxr_display();                                       // what a cell that ends in `parts` does
    /// assert!(parts.to_string().starts_with("bias² "));
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

impl fmt::Display for BiasVariance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bias2, variance, noise, error, standard_error, .. } = self;
        let sum = self.sum();
        write!(
            f,
            "bias² {bias2:.3e} + variance {variance:.3e} + noise {noise:.3e} = {sum:.3e}; measured {error:.3e} ± {standard_error:.1e}"
        )
    }
}

/// Bias², variance and noise by capacity.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let curve = bias_variance_curve(&Truth::notes_polynomial(), 30, 20, 1..=3);
/// assert_eq!(curve.degrees, [1, 2, 3]);
/// assert!(curve.parts[0].bias2 > curve.parts[2].bias2);
/// ```
#[derive(Clone, Debug)]
pub struct BiasVarianceCurve {
    /// The degrees of the polynomials.
    pub degrees: Vec<usize>,
    /// The parts for each of them.
    pub parts: Vec<BiasVariance>,
}

/// [`bias_variance`] of polynomials fitted exactly, by degree: bias falls, variance rises.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
/// let curve = bias_variance_curve(&truth, 30, 50, 0..=8);
/// assert!(curve.parts[0].bias2 > curve.parts[5].bias2 && curve.parts[0].variance < curve.parts[8].variance);
/// ```
///
/// # Panics
/// As [`bias_variance`].
#[track_caller]
pub fn bias_variance_curve(
    truth: &Truth,
    n: usize,
    refits: usize,
    degrees: RangeInclusive<usize>,
) -> BiasVarianceCurve {
    let degrees: Vec<usize> = degrees.collect();
    let mut parts = Vec::new();
    for &degree in &degrees {
        parts.push(bias_variance(truth, n, refits, |train, x| polynomial_fit(train, degree, 0.0).predict(x)));
    }
    BiasVarianceCurve { degrees, parts }
}

impl BiasVarianceCurve {
    /// The three parts, and the error measured, by degree.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let curve = bias_variance_curve(&Truth::notes_polynomial(), 30, 20, 1..=3);
    /// assert!(curve.figure().summary().starts_with("squared error over degree from 1 to 3 (log y axis)"));
    /// ```
    pub fn figure(&self) -> Figure {
        let of = |part: fn(&BiasVariance) -> f64| self.parts.iter().map(part).collect::<Vec<f64>>();
        let curves = [of(|p| p.bias2), of(|p| p.variance), of(|p| p.noise), of(|p| p.error)];
        plot(&self.degrees, curves)
            .legend(["bias²", "variance", "noise", "error"])
            .xlabel("degree")
            .ylabel("squared error")
            .ylog()
    }

    /// Shows the figure as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let curve = bias_variance_curve(&Truth::notes_polynomial(), 30, 20, 1..=3);
    /// curve.evcxr_display();                                       // what a cell that ends in `curve` does
    /// assert!(curve.figure().summary().contains("variance"));
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}
