//! The product of many random matrices (notes, 梯度爆炸).

use crate::Real;
use crate::plot::{Figure, plot};
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// How large a product of random matrices is after each factor.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let product = matrix_product(4, 10);
/// assert_eq!((product.size, product.log10_max.len()), (4, 11));
/// assert!((f64::from(product.direct[10]).log10() - product.log10_max[10]).abs() < 1e-3);   // still in range
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixProduct {
    /// log₁₀ of the largest entry's size; the first one is that of a single matrix.
    pub log10_max: Vec<f64>,
    /// The largest entry's size as single precision holds it: infinite once the product has left its range.
    pub direct: Vec<Real>,
    /// Rows and columns of each matrix.
    pub size: usize,
}

/// Multiplies a `size` × `size` matrix with entries from N(0, 1) by `factors` more, one after the other.
///
/// The sizes are carried as logarithms, so that they don't end at the largest number of single precision, 3.4·10³⁸.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let product = matrix_product(4, 200);
/// assert_eq!(product.log10_max.len(), 201);
/// assert!((18.0..32.0).contains(&product.log10_max[100]));
/// assert!(product.direct[200].is_infinite() || product.direct[200].is_nan());
/// ```
///
/// # Panics
/// If `size` is 0.
#[must_use]
#[track_caller]
pub fn matrix_product(size: usize, factors: usize) -> MatrixProduct {
    if size == 0 {
        fail("matrix_product", "the matrices have size 0: it must be at least 1");
    }
    let largest = |m: &Tensor| m.abs().max().item();
    let mut scaled = Tensor::randn([size, size]);
    let mut direct = scaled.clone();
    let mut log10 = 0.0;
    let mut product = MatrixProduct { log10_max: Vec::new(), direct: Vec::new(), size };
    for factor in 0..=factors {
        if factor > 0 {
            let next = Tensor::randn([size, size]);
            (scaled, direct) = (scaled.matmul(&next), direct.matmul(&next));
        }
        let peak = largest(&scaled);
        log10 += f64::from(peak).log10();
        scaled = scaled / peak;
        product.log10_max.push(log10);
        product.direct.push(largest(&direct));
    }
    product
}

/// The growth that theory gives for each factor, in powers of ten: (ln 2 + ψ(n/2))/(2 ln 10) for n × n matrices with
/// entries from N(0, 1), with ψ the derivative of ln Γ.
///
/// ```
/// use dlnotes::prelude::*;
/// assert!((growth_per_factor(4) * 10.0_f64.ln() - 0.558).abs() < 1e-3);    // 100 factors: 10^24.2
/// ```
///
/// # Panics
/// If `size` is 0.
#[must_use]
#[track_caller]
pub fn growth_per_factor(size: usize) -> f64 {
    if size == 0 {
        fail("growth_per_factor", "the matrices have size 0: it must be at least 1");
    }
    const EULER: f64 = 0.577_215_664_901_532_9;
    // ψ(½) = −γ − 2 ln 2 and ψ(1) = −γ; ψ(x + 1) = ψ(x) + 1/x.
    let (mut x, mut psi) = if size % 2 == 1 { (0.5, -EULER - 2.0 * 2.0_f64.ln()) } else { (1.0, -EULER) };
    while x < size as f64 / 2.0 {
        psi += 1.0 / x;
        x += 1.0;
    }
    0.5 * (2.0_f64.ln() + psi) / 10.0_f64.ln()
}

impl MatrixProduct {
    /// The size after each factor, with the growth that theory gives, and the largest number of single precision.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let figure = matrix_product(4, 100).figure();
    /// assert!(figure.summary().contains("largest f32 is at y = 38.53"));
    /// ```
    pub fn figure(&self) -> Figure {
        let last = self.log10_max.len() - 1;
        let expected = self.log10_max[0] + growth_per_factor(self.size) * last as f64;
        plot(0..self.log10_max.len(), &self.log10_max)
            .legend(["product"])
            .line([0, last], [self.log10_max[0], expected], "theory")
            .hline(f64::from(Real::MAX).log10(), "largest f32")
            .xlabel("factors")
            .ylabel("log₁₀ of the largest entry")
            .size(5, 2.5)
    }

    /// Shows the figure as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let product = matrix_product(4, 20);
    /// product.evcxr_display();                                     // what a cell that ends in `product` does
    /// assert!(product.figure().summary().contains("factors from 0 to 20"));
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}
