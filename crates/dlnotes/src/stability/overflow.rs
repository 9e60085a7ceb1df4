//! Overflow and cancellation made visible: the same formula in single and in double precision, and its stable form.
//!
//! On `ndarray`'s arrays, as tensors are of single precision only. Generic over the precision, so that both columns of a
//! comparison run the same code.

use std::fmt;

use ndarray::{Array1, ArrayView1, NdFloat, aview1};

use crate::plot::Values;

/// softmax as its formula stands, eˣⁱ/Σeˣʲ: overflows above 88 in single precision and above 709 in double.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::array;
/// assert!(naive_softmax(array![100.0_f32, 0.0].view())[0].is_nan());
/// assert_eq!(naive_softmax(array![100.0_f64, 0.0].view())[0], 1.0);
/// assert_eq!(stable_softmax(array![100.0_f32, 0.0].view())[0], 1.0);
/// ```
#[must_use]
pub fn naive_softmax<F: NdFloat>(x: ArrayView1<'_, F>) -> Array1<F> {
    let powers = x.mapv(F::exp);
    let sum = powers.sum();
    powers / sum
}

/// softmax with the largest xⱼ taken off first, which changes nothing but the range: eˣⁱ⁻ᵐ/Σeˣʲ⁻ᵐ.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::array;
/// let x = array![1000.0_f32, 1000.0];
/// assert!(naive_softmax(x.view())[0].is_nan());                // ∞/∞
/// assert_eq!(stable_softmax(x.view()), array![0.5, 0.5]);
/// ```
#[must_use]
pub fn stable_softmax<F: NdFloat>(x: ArrayView1<'_, F>) -> Array1<F> {
    let most = x.fold(F::neg_infinity(), |a, &b| a.max(b));
    naive_softmax(x.mapv(|x| x - most).view())
}

/// The variance as E(x²) − E(x)²: two large numbers whose difference has lost all digits where the mean is large.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::array;
/// let x = array![10_000.0_f32, 10_001.0, 10_002.0];        // its variance is ⅔
/// assert!((naive_variance(x.view()) - 2.0 / 3.0).abs() > 0.1);
/// assert!((two_pass_variance(x.view()) - 2.0 / 3.0).abs() < 1e-6);
/// ```
#[must_use]
pub fn naive_variance<F: NdFloat>(x: ArrayView1<'_, F>) -> F {
    let n = count::<F>(x.len());
    let mean = x.sum() / n;
    x.mapv(|x| x * x).sum() / n - mean * mean
}

/// The variance as E(x − E(x))²: the mean goes first, and what is squared is small.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::array;
/// assert_eq!(two_pass_variance(array![1e6_f32, 1e6 + 2.0].view()), 1.0);
/// ```
#[must_use]
pub fn two_pass_variance<F: NdFloat>(x: ArrayView1<'_, F>) -> F {
    let n = count::<F>(x.len());
    let mean = x.sum() / n;
    x.mapv(|x| (x - mean) * (x - mean)).sum() / n
}

/// Πxᵢ, which overflows or vanishes where factors are many.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::Array1;
/// assert_eq!(product(Array1::from_elem(10, 2.0_f32).view()), 1024.0);
/// assert_eq!(product(Array1::from_elem(200, 2.0_f32).view()), f32::INFINITY);
/// ```
#[must_use]
pub fn product<F: NdFloat>(x: ArrayView1<'_, F>) -> F {
    x.product()
}

/// ln Πxᵢ = Σ ln xᵢ for positive factors: in range however many there are.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray::Array1;
/// let x = Array1::from_elem(100, 0.1_f32);
/// assert_eq!(product(x.view()), 0.0);
/// assert!((log_product(x.view()) - 100.0 * 0.1_f32.ln()).abs() < 1e-3);
/// ```
#[must_use]
pub fn log_product<F: NdFloat>(x: ArrayView1<'_, F>) -> F {
    x.mapv(F::ln).sum()
}

fn count<F: NdFloat>(n: usize) -> F {
    F::from(n).expect("floating-point types hold every count")
}

/// What single precision, double precision and the stable form make of the same numbers.
///
/// ```
/// use dlnotes::prelude::*;
/// let table = precision_table([0.5, 0.5]);
/// assert_eq!(table.rows.len(), 3);                             // softmax, variance, product
/// let (what, single, double, stable) = &table.rows[2];
/// assert_eq!((what.as_str(), *single, *double), ("product", 0.25, 0.25));
/// assert!((stable - 0.25).abs() < 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct PrecisionTable {
    /// What is computed; as written in single precision, in double; stable in single precision.
    pub rows: Vec<(String, f64, f64, f64)>,
}

/// The first entry of softmax, the variance and the product of the numbers given, as the formulas stand and in their
/// stable forms (the product by way of its logarithm).
///
/// ```
/// use dlnotes::prelude::*;
/// let table = precision_table([1e4, 1e4 + 1.0]);
/// let (_, f32, f64, stable) = &table.rows[0];
/// assert!(f32.is_nan() && f64.is_nan() && (stable - 0.2689).abs() < 1e-4);     // even f64 overflows
/// println!("{table}");
/// ```
#[must_use]
pub fn precision_table(x: impl Values) -> PrecisionTable {
    table(&x)
}

fn table(x: &dyn Values) -> PrecisionTable {
    let x = x.curves().concat();
    let single: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let (double, single) = (aview1(&x), aview1(&single));
    let first = |y: Array1<f32>| y.first().map_or(f64::NAN, |&y| y.into());
    PrecisionTable {
        rows: vec![
            (
                "softmax, first entry".into(),
                first(naive_softmax(single)),
                naive_softmax(double).first().copied().unwrap_or(f64::NAN),
                first(stable_softmax(single)),
            ),
            (
                "variance".into(),
                naive_variance(single).into(),
                naive_variance(double),
                two_pass_variance(single).into(),
            ),
            ("product".into(), product(single).into(), product(double), f64::from(log_product(single)).exp()),
        ],
    }
}

impl PrecisionTable {
    /// Shows the table as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let table = precision_table([1.0, 2.0]);
    /// table.evcxr_display();                                       // what a cell that ends in `table` does
    /// assert_eq!(table.to_string().lines().count(), 4);
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

impl fmt::Display for PrecisionTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<22} {:>14} {:>14} {:>14}", "", "f32", "f64", "f32, stable")?;
        for (what, single, double, stable) in &self.rows {
            write!(f, "\n{what:<22} {single:>14.6e} {double:>14.6e} {stable:>14.6e}")?;
        }
        Ok(())
    }
}
