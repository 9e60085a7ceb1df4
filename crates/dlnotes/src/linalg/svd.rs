//! Singular values by Jacobi's rotations.

use super::{Matrix, Qr, dot, norm};

/// A = U·S·Vᵀ with the singular values in falling order.
pub(crate) struct Svd {
    /// The left vectors, as columns.
    pub(crate) u: Vec<Vec<f64>>,
    /// The singular values, as many as the shorter side of A.
    pub(crate) s: Vec<f64>,
    /// The right vectors, as columns.
    pub(crate) v: Vec<Vec<f64>>,
}

/// More than ever needed: each sweep squares what is left to do.
const SWEEPS: usize = 60;

impl Svd {
    pub(crate) fn new(a: &Matrix) -> Self {
        if a.rows < a.width() {
            let Self { u, s, v } = Self::new(&a.transposed());
            return Self { u: v, s, v: u };
        }
        // Rotating R instead of A is less work, and pivoting lets the rotations converge in a few sweeps.
        let qr = Qr::new(a);
        let mut columns = qr.r().transposed().columns;
        let n = columns.len();
        let mut turned: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for _ in 0..SWEEPS {
            if !sweep(&mut columns, &mut turned) {
                break;
            }
        }
        // Rᵀ·T = W·S, so R = T·S·Wᵀ and A·P = Q·T·S·Wᵀ.
        let mut found: Vec<(f64, Vec<f64>, Vec<f64>)> = columns
            .into_iter()
            .zip(turned)
            .map(|(mut w, t)| {
                let s = norm(&w);
                if s > 0.0 {
                    w.iter_mut().for_each(|x| *x /= s);
                }
                let mut v = vec![0.0; n];
                qr.order.iter().zip(w).for_each(|(&place, x)| v[place] = x);
                (s, qr.times(&t), v)
            })
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut svd = Self { u: Vec::new(), s: Vec::new(), v: Vec::new() };
        for (s, u, v) in found {
            svd.s.push(s);
            svd.u.push(u);
            svd.v.push(v);
        }
        svd
    }

    /// How many singular values are not 0 but for rounding in a matrix of this size.
    pub(crate) fn rank(&self, longer_side: usize) -> usize {
        let least = self.s.first().copied().unwrap_or(0.0) * longer_side as f64 * f64::EPSILON;
        self.s.iter().filter(|&&s| s > least).count()
    }
}

/// Turns every pair of columns that isn't orthogonal until it is; says whether there was one.
fn sweep(columns: &mut [Vec<f64>], turned: &mut [Vec<f64>]) -> bool {
    let mut any = false;
    for i in 0..columns.len() {
        for j in i + 1..columns.len() {
            let (a, b) = pair(columns, i, j);
            let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
            if ab.abs() <= f64::EPSILON * (aa * bb).sqrt() || ab == 0.0 {
                continue;
            }
            any = true;
            // The smaller of the two angles that make the columns orthogonal.
            let zeta = (bb - aa) / (2.0 * ab);
            let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
            let c = 1.0 / (1.0 + t * t).sqrt();
            rotate((a, b), c, c * t);
            rotate(pair(turned, i, j), c, c * t);
        }
    }
    any
}

fn pair(columns: &mut [Vec<f64>], i: usize, j: usize) -> (&mut [f64], &mut [f64]) {
    let (left, right) = columns.split_at_mut(j);
    (&mut left[i], &mut right[0])
}

fn rotate((a, b): (&mut [f64], &mut [f64]), c: f64, s: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Tensor, with_stream};

    fn check(a: &Matrix) {
        let svd = Svd::new(a);
        let k = a.rows.min(a.width());
        assert_eq!((svd.s.len(), svd.u.len(), svd.v.len()), (k, k, k));
        assert!(svd.s.windows(2).all(|s| s[0] >= s[1]));
        let scale = svd.s[0].max(1.0);
        for (j, column) in a.columns.iter().enumerate() {
            for (i, &value) in column.iter().enumerate() {
                let back: f64 = (0..k).map(|r| svd.u[r][i] * svd.s[r] * svd.v[r][j]).sum();
                assert!((back - value).abs() < 1e-13 * scale * k as f64, "({i}, {j}): {back} instead of {value}");
            }
        }
        let rank = svd.rank(a.rows.max(a.width()));
        for side in [&svd.u, &svd.v] {
            for (i, a) in side[..rank].iter().enumerate() {
                for (j, b) in side[..rank].iter().enumerate() {
                    assert!((dot(a, b) - f64::from(u8::from(i == j))).abs() < 1e-12, "vectors {i} and {j}");
                }
            }
        }
    }

    #[test]
    fn the_factors_give_the_matrix_back_and_are_orthogonal() {
        for (case, shape) in [[7, 4], [4, 7], [5, 5], [1, 3], [3, 1], [60, 40]].into_iter().enumerate() {
            check(&Matrix::of(&with_stream(1, case as u64, || Tensor::randn(shape))));
        }
        // Rank 2 of 4.
        let thin = with_stream(2, 0, || Tensor::randn([9, 2]));
        let a = Matrix::of(&thin.matmul(&with_stream(2, 1, || Tensor::randn([2, 4]))));
        let exact =
            Matrix::new(9, vec![a.columns[0].clone(), a.columns[1].clone(), a.columns[0].clone(), vec![0.0; 9]]);
        check(&exact);
        assert_eq!(Svd::new(&exact).rank(9), 2);
    }

    #[test]
    fn known_singular_values() {
        // The Hilbert matrix of order 4: 1.5002142800592426 and 9.67023040225868e-05 are its ends, which a backward
        // stable method finds up to a few ε·‖A‖.
        let hilbert = (0..4).map(|j| (0..4).map(|i| 1.0 / f64::from(i + j + 1)).collect()).collect();
        let s = Svd::new(&Matrix::new(4, hilbert)).s;
        assert!((s[0] - 1.500_214_280_059_242_6).abs() < 2e-15, "{s:?}");
        assert!((s[3] - 9.670_230_402_258_68e-5).abs() < 2e-15, "{s:?}");
    }
}
