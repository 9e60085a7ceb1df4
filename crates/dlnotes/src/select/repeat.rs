//! The same experiment many times over: what rests on chance is told by medians and bands.

use super::{ErrorCurve, next_seed};
use crate::parallel;
use crate::plot::Figure;
use crate::tensor::error::{counted, fail};

/// The results of an experiment that was run many times.
///
/// ```
/// use dlnotes::prelude::*;
/// let repeats = select::Repeats { runs: vec![3.0, 1.0, 100.0] };
/// assert_eq!(repeats.median(), 3.0);                           // one wild run moves the mean, and not the median
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Repeats<R> {
    /// What each run returned.
    pub runs: Vec<R>,
}

/// Runs an experiment `count` times, on all cores, each time with random numbers of its own: `run` gets the number of the
/// run, counted from 0. [`seed`](crate::tensor::seed) determines all of them.
///
/// Train with [`train_epochs`](crate::train::train_epochs), which draws nothing below the cell.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let truth = Truth::notes_polynomial();
/// let ratios = repeat(25, |_| {
///     let (train, test) = (truth.sample(100), truth.sample(100));
///     let (train_error, test_error) = polynomial_fit(&train, 19, 0.0).errors(&train, &test);
///     test_error / train_error
/// });
/// assert!(ratios.median() > 100.0);                            // degree 19 overfits, and not by bad luck
/// ```
///
/// # Panics
/// If `count` is 0, or `run` panics.
#[track_caller]
pub fn repeat<R: Send>(count: usize, run: impl Fn(usize) -> R + Sync) -> Repeats<R> {
    if count == 0 {
        fail("repeat", "0 runs: at least 1 is needed");
    }
    Repeats { runs: parallel(next_seed(), count, run) }
}

/// A result of which many have a middle: a number, or several of them side by side.
///
/// ```
/// use dlnotes::select::Quantile;
/// assert_eq!(Quantile::quantile(&[5.0, 1.0, 3.0], 0.5), 3.0);
/// assert_eq!(Quantile::quantile(&[[1.0, 20.0], [2.0, 10.0], [3.0, 30.0]], 0.5), [2.0, 20.0]);
/// ```
pub trait Quantile: Clone {
    /// The value below which a share `q` of `all` lies: the nearest of them. Of several numbers side by side, each for
    /// itself.
    ///
    /// ```
    /// use dlnotes::select::Quantile;
    /// assert_eq!(Quantile::quantile(&[4.0, 1.0, 2.0, 3.0, 5.0], 0.25), 2.0);
    /// ```
    ///
    /// # Panics
    /// If they are of different lengths, or there are none.
    #[must_use]
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self;
}

impl Quantile for f64 {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        if all.is_empty() {
            fail("quantile", "of no values: give at least one");
        }
        let mut sorted = all.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[(q * (sorted.len() - 1) as f64).round() as usize]
    }
}

impl Quantile for f32 {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        f64::quantile(&all.iter().map(|&value| value.into()).collect::<Vec<_>>(), q) as f32
    }
}

impl<Q: Quantile, const N: usize> Quantile for [Q; N] {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        std::array::from_fn(|i| Q::quantile(&all.iter().map(|run| run[i].clone()).collect::<Vec<_>>(), q))
    }
}

impl<Q: Quantile> Quantile for Vec<Q> {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        let len = all.first().map_or(0, Vec::len);
        if let Some(other) = all.iter().find(|run| run.len() != len) {
            let len = counted(len, "value");
            fail("quantile", format!("one run has {len}, another {}: all need the same number", other.len()));
        }
        (0..len).map(|i| Q::quantile(&all.iter().map(|run| run[i].clone()).collect::<Vec<_>>(), q)).collect()
    }
}

impl<A: Quantile, B: Quantile> Quantile for (A, B) {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        let (first, second): (Vec<A>, Vec<B>) = all.iter().cloned().unzip();
        (A::quantile(&first, q), B::quantile(&second, q))
    }
}

impl Quantile for ErrorCurve {
    #[track_caller]
    fn quantile(all: &[Self], q: f64) -> Self {
        let of = |part: fn(&ErrorCurve) -> &Vec<f64>| {
            Vec::quantile(&all.iter().map(|run| part(run).clone()).collect::<Vec<_>>(), q)
        };
        Self {
            over: all[0].over.clone(),
            at: all[0].at.clone(),
            train: of(|run| &run.train),
            test: of(|run| &run.test),
        }
    }
}

impl<R: Quantile> Repeats<R> {
    /// The middle of all runs: of curves and lists, place by place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let coins = repeat(101, |_| Tensor::rand([100]).gt(0.5).mean().item());
    /// assert!((coins.median() - 0.5).abs() < 0.05);
    /// ```
    ///
    /// # Panics
    /// If runs returned lists of different lengths.
    #[must_use]
    #[track_caller]
    pub fn median(&self) -> R {
        self.quantile(0.5)
    }

    /// The value below which a share `q` of the runs lies; 0 is the smallest run, 1 the largest.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let repeats = repeat(5, |run| run as f64);
    /// assert_eq!((repeats.quantile(0.0), repeats.quantile(0.25), repeats.quantile(1.0)), (0.0, 1.0, 4.0));
    /// ```
    ///
    /// # Panics
    /// If `q` does not lie in 0..=1, or runs returned lists of different lengths.
    #[must_use]
    #[track_caller]
    pub fn quantile(&self, q: f64) -> R {
        if !(0.0..=1.0).contains(&q) {
            fail("quantile", format!("q is {q}: a share lies in 0..=1"));
        }
        R::quantile(&self.runs, q)
    }
}

impl Repeats<ErrorCurve> {
    /// The medians of both errors, and for the test error a band that holds the middle half of the runs.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let curves = repeat(5, |run| error_curve("degree", 0..=2, |degree| (1.0 / (degree + 1.0), 1.0 + run as f64)));
    /// assert!(curves.figure().summary().contains("test stays at 3"));
    /// ```
    pub fn figure(&self) -> Figure {
        let (low, median, high) = (self.quantile(0.25), self.median(), self.quantile(0.75));
        Figure::new()
            .band(&median.at, &low.test, &high.test, "middle half of the runs")
            .line(&median.at, &median.train, "train")
            .line(&median.at, &median.test, "test")
            .xlabel(&median.over)
            .ylabel("error")
            .ylog()
    }

    /// Shows the curves as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let curves = repeat(3, |_| error_curve("degree", 0..=2, |degree| (1.0 / (degree + 1.0), 0.5)));
    /// curves.evcxr_display();                                      // what a cell that ends in `curves` does
    /// assert_eq!(curves.median().at, [0.0, 1.0, 2.0]);
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}
