//! Householder's QR with column pivoting.

use super::{Matrix, add_scaled, dot, norm};

/// A·P = Q·R: R upper triangular, with a diagonal that falls in size, so that it shows the rank.
pub(crate) struct Qr {
    rows: usize,
    /// The reflections' vectors; `reflections[k]` acts on the elements from k on.
    reflections: Vec<Vec<f64>>,
    /// R by columns: `r[j][i]` for i ≤ j, and i below the number of reflections.
    r: Vec<Vec<f64>>,
    /// Which column of A stands at each place.
    pub(crate) order: Vec<usize>,
}

impl Qr {
    pub(crate) fn new(a: &Matrix) -> Self {
        let rows = a.rows;
        let mut columns = a.columns.clone();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        let mut reflections = Vec::new();
        for k in 0..rows.min(columns.len()) {
            // The norms each time: updating them is quicker, but loses digits where columns are nearly dependent.
            let longest = (k..columns.len()).max_by(|&i, &j| {
                let length = |c: usize| norm(&columns[c][k..]);
                length(i).total_cmp(&length(j))
            });
            let longest = longest.expect("k is below the number of columns");
            columns.swap(k, longest);
            order.swap(k, longest);
            let mut v = columns[k][k..].to_vec();
            let length = norm(&v);
            // The sign that doesn't cancel.
            let diagonal = if v[0] > 0.0 { -length } else { length };
            v[0] -= diagonal;
            let size = norm(&v);
            if size > 0.0 {
                v.iter_mut().for_each(|x| *x /= size);
            }
            columns[k][k] = diagonal;
            columns[k][k + 1..].fill(0.0);
            columns[k + 1..].iter_mut().for_each(|column| reflect(&v, &mut column[k..]));
            reflections.push(v);
        }
        let kept = reflections.len();
        let r = columns.into_iter().map(|mut column| {
            column.truncate(kept);
            column
        });
        Self { rows, r: r.collect(), reflections, order }
    }

    /// The diagonal of R, as sizes.
    pub(crate) fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.reflections.len()).map(|k| self.r[k][k].abs())
    }

    /// R as a square or wide matrix.
    pub(crate) fn r(&self) -> Matrix {
        Matrix::new(self.reflections.len(), self.r.clone())
    }

    /// Qᵀ·y.
    fn transposed_times(&self, y: &[f64]) -> Vec<f64> {
        let mut y = y.to_vec();
        self.reflections.iter().enumerate().for_each(|(k, v)| reflect(v, &mut y[k..]));
        y
    }

    /// Q·u for a u that is filled up with zeros.
    pub(crate) fn times(&self, u: &[f64]) -> Vec<f64> {
        let mut out = u.to_vec();
        out.resize(self.rows, 0.0);
        self.reflections.iter().enumerate().rev().for_each(|(k, v)| reflect(v, &mut out[k..]));
        out
    }

    /// The w that minimizes ‖A·w − y‖, where A has full column rank.
    pub(crate) fn solve(&self, y: &[f64]) -> Vec<f64> {
        let mut b = self.transposed_times(y);
        let mut w = vec![0.0; self.r.len()];
        for j in (0..self.r.len()).rev() {
            let value = b[j] / self.r[j][j];
            add_scaled(&mut b[..j], &self.r[j][..j], -value);
            w[self.order[j]] = value;
        }
        w
    }
}

/// x − 2v(v·x), for a v of length 1 (or 0).
fn reflect(v: &[f64], x: &mut [f64]) {
    let along = dot(v, x);
    add_scaled(x, v, -2.0 * along);
}
