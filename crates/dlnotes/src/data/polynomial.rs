//! The polynomial of the notes (多项式回归).

use crate::Real;
use crate::tensor::Tensor;

/// The columns 1, x, x²/2!, …, xᵈ⁻¹/(d − 1)! of each x: `[n]` or `[n, 1]` → `[n, columns]`.
///
/// Dividing by i! keeps high powers from growing beyond all measure.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = polynomial_features(&Tensor::from([2.0]), 4);
/// assert_eq!(x.to_vec(), [1.0, 2.0, 2.0, 8.0 / 6.0]);
/// ```
#[must_use]
pub fn polynomial_features(x: &Tensor, columns: usize) -> Tensor {
    let values = x.to_vec().into_iter().flat_map(|x| {
        // In f64: nineteen products in f32 would lose two digits.
        (0..columns).scan(1.0, move |term: &mut f64, i| {
            let value = *term;
            *term *= f64::from(x) / (i + 1) as f64;
            Some(value as Real)
        })
    });
    Tensor::from_vec(values.collect(), [x.len(), columns])
}

/// Samples of the notes' polynomial.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = polynomial_data(200);
/// assert_eq!(data.features.shape(), [200, 1]);
/// assert_eq!(data.true_w.i(..4).to_vec(), [5.0, 1.2, -3.4, 5.6]);
/// let noise = data.poly_features.matmul(&data.true_w) - &data.labels;
/// assert!((noise.std().item() - 0.1).abs() < 0.03);
/// ```
#[derive(Clone, Debug)]
pub struct Polynomial {
    /// The weights behind the labels: 5, 1.2, −3.4, 5.6, then zeros.
    pub true_w: Tensor,
    /// x, `[n, 1]`.
    pub features: Tensor,
    /// The columns xⁱ/i!, `[n, 20]`.
    pub poly_features: Tensor,
    /// y, `[n]`.
    pub labels: Tensor,
}

/// `n` samples of y = 5 + 1.2x − 3.4x²/2! + 5.6x³/3! + ε with x from N(0, 1) and ε from N(0, 0.1²), with 20 columns.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = polynomial_data(200);
/// assert_eq!(data.poly_features.shape(), [200, 20]);
/// ```
#[must_use]
pub fn polynomial_data(n: usize) -> Polynomial {
    let true_w = Tensor::zeros([20]);
    true_w.i(0..4).copy_(&Tensor::from([5.0, 1.2, -3.4, 5.6]));
    let features = Tensor::randn([n, 1]);
    let poly_features = polynomial_features(&features, 20);
    let labels = poly_features.matmul(&true_w) + Tensor::normal(0.0, 0.1, [n]);
    Polynomial { true_w, features, poly_features, labels }
}
