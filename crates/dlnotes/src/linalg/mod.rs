//! Small linear algebra in double precision, behind [`select`](crate::select): what exact fits need and no more.
//!
//! By hand: Householder's QR and Jacobi's singular values are short, accurate where the notes need it (polynomials of
//! degree 19), and at these sizes no slower than a library that takes minutes to compile (`docs/architecture.md`).

mod qr;
mod solve;
mod svd;

pub(crate) use qr::Qr;
pub(crate) use solve::{Solution, penalized, solve};
pub(crate) use svd::Svd;

use crate::tensor::Tensor;

/// A matrix by columns: all that is done here runs down columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Matrix {
    pub(crate) fn new(rows: usize, columns: Vec<Vec<f64>>) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == rows));
        Self { rows, columns }
    }

    /// A tensor `[n, d]`.
    pub(crate) fn of(x: &Tensor) -> Self {
        let (rows, width) = (x.shape()[0], x.shape()[1]);
        let columns = x.with_data(|data| {
            (0..width).map(|j| (0..rows).map(|i| f64::from(data[i * width + j])).collect()).collect()
        });
        Self::new(rows, columns)
    }

    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn transposed(&self) -> Self {
        let columns = (0..self.rows).map(|i| self.columns.iter().map(|column| column[i]).collect()).collect();
        Self::new(self.width(), columns)
    }

    /// A·w.
    pub(crate) fn times(&self, w: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.rows];
        self.columns.iter().zip(w).for_each(|(column, &w)| add_scaled(&mut out, column, w));
        out
    }
}

/// Σ aᵢbᵢ, in eight sums that the processor can form side by side.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// y += s·x.
pub(crate) fn add_scaled(y: &mut [f64], x: &[f64], s: f64) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += s * x);
}

pub(crate) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}
