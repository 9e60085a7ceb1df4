//! Fewer features by combining them: principal components (notes, 降低特征的数量).

use ndarray::{Array2, ArrayView2};

use crate::Real;
use crate::linalg::{Matrix, Svd};
use crate::plot::{Figure, plot};
use crate::tensor::Tensor;
use crate::tensor::error::{counted, fail};

/// The directions in which data vary most, and a way there and back.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[1.0, 0.0], [-1.0, 0.0], [3.0, 0.0], [-3.0, 0.0]]);
/// let pca = principal_components(&x, 1);
/// assert_eq!((pca.components.shape(), pca.mean.to_vec()), (&[1, 2][..], vec![0.0, 0.0]));
/// assert!((pca.variances[0] - 20.0 / 3.0).abs() < 1e-6 && (pca.total - 20.0 / 3.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct PrincipalComponents {
    /// The mean of every feature, `[d]`.
    pub mean: Tensor,
    /// Orthogonal directions of length 1, `[k, d]`, that of the largest variance first.
    pub components: Tensor,
    /// The variance of the data along each of them.
    pub variances: Vec<f64>,
    /// The variance along all directions there are.
    pub total: f64,
}

/// More directions than asked for make the iteration converge sooner,
const SPARE: usize = 10;
/// until no variance changes by more than this part of the largest,
const SETTLED: f64 = 1e-12;
/// or this many rounds have passed: then directions of nearly equal variance are mixed, which no use of them minds.
const ROUNDS: usize = 300;

/// The first `k` principal components of n samples, `[n, …]` (all sizes after the first make up the features).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let along = Tensor::randn([200, 1]).matmul(&Tensor::from([[3.0, 4.0, 0.0]]));   // data on a line, but for noise
/// let pca = principal_components(&(along + 0.1 * Tensor::randn([200, 3])), 1);
/// assert!(pca.explained()[0] > 0.99);
/// let direction = pca.components.i(0).abs();
/// assert!((direction - Tensor::from([0.6, 0.8, 0.0])).abs().max().item() < 0.02);
/// ```
///
/// # Panics
/// If there are fewer than 2 samples, numbers are not finite, or `k` is 0 or above the number of samples or features.
#[must_use]
#[track_caller]
pub fn principal_components(x: &Tensor, k: usize) -> PrincipalComponents {
    let n = x.shape().first().copied().unwrap_or(0);
    if n < 2 || x.is_empty() {
        fail(
            "principal_components",
            format!("data of shape {:?}: at least 2 samples [n, features] are needed", x.shape()),
        );
    }
    let d = x.len() / n;
    let most = n.min(d);
    if k == 0 || k > most {
        fail(
            "principal_components",
            format!(
                "{} of {n} samples with {}: between 1 and {most} exist",
                counted(k, "component"),
                counted(d, "feature")
            ),
        );
    }
    let mut data = Array2::from_shape_vec((n, d), super::least_squares::numbers(x)).expect("n·d numbers");
    if !data.iter().all(|v| v.is_finite()) {
        fail("principal_components", "there are NaN or infinite numbers in the data: leave these samples out");
    }
    let mean = data.mean_axis(ndarray::Axis(0)).expect("there are samples");
    data -= &mean;
    let total = data.iter().map(|v| v * v).sum::<f64>() / (n - 1) as f64;

    let (directions, values) = largest(data.view(), k);
    let components: Vec<Real> = directions.iter().flatten().map(|&v| v as Real).collect();
    PrincipalComponents {
        mean: Tensor::from_vec(mean.iter().map(|&m| m as Real).collect(), [d]),
        components: Tensor::from_vec(components, [k, d]),
        variances: values.iter().map(|s| s * s / (n - 1) as f64).collect(),
        total,
    }
}

/// The right singular vectors of the `k` largest singular values, and these: A is applied to a few directions again and
/// again, which turns them towards the largest, and within them the singular values are exact.
fn largest(a: ArrayView2<'_, f64>, k: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (n, d) = a.dim();
    let width = (k + SPARE).min(n).min(d);
    // Any start does that no direction is orthogonal to; this one gives the same result every time.
    let start = crate::tensor::with_stream(0, 0, || Tensor::randn([width, n]));
    let mut left: Vec<Vec<f64>> = Matrix::of(&start).transposed().columns;
    let mut before = vec![0.0; k];
    for round in 0.. {
        // Directions from samples, made orthogonal: the left vectors of the matrix that has them as columns.
        let right = orthogonal(times(a.t(), &left));
        let image = Svd::new(&Matrix::new(n, times(a, &right)));
        let settled = image.s.iter().zip(&before).all(|(s, b)| (s * s - b * b).abs() <= SETTLED * image.s[0].powi(2));
        before = image.s[..k].to_vec();
        if settled || round == ROUNDS {
            let turned = image.v.iter().take(k).map(|v| Matrix::new(d, right.clone()).times(v));
            return (turned.map(upright).collect(), before);
        }
        left = image.u;
    }
    unreachable!("the loop returns at the latest after ROUNDS")
}

fn times(a: ArrayView2<'_, f64>, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, Vec::len);
    let stacked = Array2::from_shape_vec((columns.len(), rows), columns.concat()).expect("columns of one length");
    let product = stacked.dot(&a.t());
    product.rows().into_iter().map(|row| row.to_vec()).collect()
}

fn orthogonal(columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    Svd::new(&Matrix::new(columns[0].len(), columns)).u
}

/// The sign of a direction is anyone's choice: its largest entry is made positive.
fn upright(mut direction: Vec<f64>) -> Vec<f64> {
    let largest = direction.iter().copied().fold(0.0_f64, |a, b| if b.abs() > a.abs() { b } else { a });
    if largest < 0.0 {
        direction.iter_mut().for_each(|x| *x = -*x);
    }
    direction
}

impl PrincipalComponents {
    /// The share of the whole variance along each component.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]]);
    /// let explained = principal_components(&x, 2).explained();
    /// assert!((explained[0] - 0.9).abs() < 1e-6 && (explained[1] - 0.1).abs() < 1e-6);
    /// ```
    pub fn explained(&self) -> Vec<f64> {
        self.variances.iter().map(|v| if self.total > 0.0 { v / self.total } else { 0.0 }).collect()
    }

    /// Samples `[n, …]` in the new coordinates, `[n, k]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[4.0, 1.0], [6.0, 1.0], [5.0, 1.0]]);  // they differ in the first feature only
    /// let z = principal_components(&x, 1).project(&x);
    /// assert_eq!(z.shape(), [3, 1]);
    /// assert!((z.abs() - Tensor::from([[1.0], [1.0], [0.0]])).abs().max().item() < 1e-5);
    /// ```
    ///
    /// # Panics
    /// If the samples have another number of features.
    #[must_use]
    #[track_caller]
    pub fn project(&self, x: &Tensor) -> Tensor {
        let (n, d) = (x.shape().first().copied().unwrap_or(0), self.mean.len());
        if x.len() != n * d {
            fail("project", format!("data of shape {:?}: {d} features for each sample are needed", x.shape()));
        }
        (x.reshape([n, d]) - &self.mean).matmul(&self.components.t())
    }

    /// Samples from their coordinates `[n, k]`, `[n, d]`: what the other directions held is lost.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[4.0, 1.0], [6.0, 1.0], [5.0, 1.0]]);
    /// let pca = principal_components(&x, 1);
    /// let again = pca.restore(&pca.project(&x));                   // one number for two, and nothing lost
    /// assert!((again - x).abs().max().item() < 1e-5);
    /// ```
    ///
    /// # Panics
    /// If there is not one coordinate for each component.
    #[must_use]
    #[track_caller]
    pub fn restore(&self, z: &Tensor) -> Tensor {
        let k = self.variances.len();
        if z.rank() != 2 || z.shape()[1] != k {
            fail("restore", format!("coordinates of shape {:?}: [n, {k}] is needed", z.shape()));
        }
        z.matmul(&self.components) + &self.mean
    }

    /// The share of the variance that the first components hold together, by their number.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let figure = principal_components(&Tensor::randn([50, 4]), 4).figure();
    /// assert!(figure.summary().starts_with("variance explained over components from 1 to 4"));
    /// ```
    pub fn figure(&self) -> Figure {
        let held: Vec<f64> = self
            .explained()
            .iter()
            .scan(0.0, |sum, v| {
                *sum += v;
                Some(*sum)
            })
            .collect();
        plot(1..=held.len(), &held).xlabel("components").ylabel("variance explained").ylim(0, 1.02)
    }
}
