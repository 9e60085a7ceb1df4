//! Least squares: exact, of minimum norm, with a penalty.

use super::{Matrix, Qr, Svd, add_scaled, dot, norm};

/// A least-squares solution, and how much there was to go by.
#[derive(Clone, Debug)]
pub(crate) struct Solution {
    pub(crate) w: Vec<f64>,
    /// How many columns are independent: fewer than there are means that other w fit as well.
    pub(crate) rank: usize,
}

/// argmin ‖A·w − y‖, and of all such w the shortest.
pub(crate) fn solve(a: &Matrix, y: &[f64]) -> Solution {
    // Columns of length 1: their units say nothing about the rank.
    let lengths: Vec<f64> = a.columns.iter().map(|c| norm(c)).map(|l| if l > 0.0 { l } else { 1.0 }).collect();
    let scaled = |(column, length): (&Vec<f64>, &f64)| column.iter().map(|x| x / length).collect();
    let even = Matrix::new(a.rows, a.columns.iter().zip(&lengths).map(scaled).collect());
    let qr = Qr::new(&even);
    let least = a.rows.max(a.width()) as f64 * f64::EPSILON;
    let rank = qr.diagonal().filter(|&r| r > least).count();
    if rank == a.width() {
        let w = qr.solve(y).into_iter().zip(lengths).map(|(w, length)| w / length).collect();
        return Solution { w, rank };
    }
    shortest(a, y)
}

/// w = V·S⁺·Uᵀ·y over the singular values that are not 0 but for rounding.
fn shortest(a: &Matrix, y: &[f64]) -> Solution {
    let svd = Svd::new(a);
    let rank = svd.rank(a.rows.max(a.width()));
    let mut w = vec![0.0; a.width()];
    for ((u, v), s) in svd.u.iter().zip(&svd.v).zip(&svd.s).take(rank) {
        add_scaled(&mut w, v, dot(u, y) / s);
    }
    Solution { w, rank }
}

/// argmin ‖A·w − y‖² + Σ penaltyⱼ·wⱼ²: ordinary least squares with a row √penaltyⱼ·eⱼ for each column. Forming AᵀA
/// instead would square the condition number.
pub(crate) fn penalized(a: &Matrix, y: &[f64], penalty: &[f64]) -> Solution {
    if penalty.iter().all(|&p| p == 0.0) {
        return solve(a, y);
    }
    let width = a.width();
    let columns = a.columns.iter().zip(penalty).enumerate().map(|(j, (column, &penalty))| {
        let mut column = column.clone();
        column.resize(a.rows + width, 0.0);
        column[a.rows + j] = penalty.sqrt();
        column
    });
    let mut y = y.to_vec();
    y.resize(a.rows + width, 0.0);
    solve(&Matrix::new(a.rows + width, columns.collect()), &y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_system_gets_its_shortest_solution() {
        let a = Matrix::new(1, vec![vec![3.0], vec![4.0]]);
        let Solution { w, rank } = solve(&a, &[25.0]);
        assert_eq!(rank, 1);
        assert!((w[0] - 3.0).abs() < 1e-14 && (w[1] - 4.0).abs() < 1e-14, "{w:?}");
    }

    #[test]
    fn units_of_columns_do_not_change_the_rank() {
        let a = Matrix::new(3, vec![vec![1.0, 1.0, 1.0], vec![1e-20, 2e-20, 4e-20]]);
        let Solution { w, rank } = solve(&a, &[3.0, 5.0, 9.0]);
        assert_eq!(rank, 2);
        assert!((w[0] - 1.0).abs() < 1e-12 && (w[1] / 2e20 - 1.0).abs() < 1e-12, "{w:?}");
    }
}
