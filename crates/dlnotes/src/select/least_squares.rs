//! Linear regression without a learning rate: exact least squares and ridge.

use crate::Real;
use crate::linalg::{Matrix, Solution, penalized, solve};
use crate::tensor::Tensor;
use crate::tensor::error::{Error, OrFail, counted, fail};

/// The weights w that minimize ‖X·w − y‖², exactly: X is `[n, d]`, y `[n]` or `[n, 1]`, w `[d]` or `[d, 1]`.
///
/// By Householder's QR in double precision, without a cut-off for small directions.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]);
/// let w = least_squares(&x, &Tensor::from([1.0, 3.0, 5.0]));       // y = 1 + 2x
/// assert!((&w - Tensor::from([1.0, 2.0])).abs().max().item() < 1e-6);
/// ```
///
/// # Panics
/// If the shapes don't fit, or the columns of X are not independent (there may be fewer samples than columns): then
/// many w are as good, and [`min_norm_least_squares`] and [`ridge`] each choose one.
#[must_use]
#[track_caller]
pub fn least_squares(x: &Tensor, y: &Tensor) -> Tensor {
    try_least_squares(x, y).or_fail()
}

/// [`least_squares`] for programs that want the error.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::select::try_least_squares;
/// let x = Tensor::from([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]);  // the second column is twice the first
/// let error = try_least_squares(&x, &Tensor::from([1.0, 2.0, 3.0])).unwrap_err();
/// assert!(error.to_string().contains("only 1 of the 2 columns are independent"));
/// ```
///
/// # Errors
/// Where [`least_squares`] panics.
pub fn try_least_squares(x: &Tensor, y: &Tensor) -> Result<Tensor, Error> {
    let (a, target) = system("least_squares", x, y)?;
    let Solution { w, rank } = solve(&a, &target);
    if rank < a.width() {
        return Err(Error::new(
            "least_squares",
            format!(
                "the system is singular: only {rank} of the {} columns are independent ({}), so that many weights \
                 fit equally well. min_norm_least_squares takes the shortest, ridge prefers small ones; or leave columns \
                 out, or add samples",
                a.width(),
                counted(a.rows, "sample")
            ),
        ));
    }
    Ok(weights(&w, y))
}

/// Of all weights that minimize ‖X·w − y‖² those of the smallest norm: the pseudoinverse's, X⁺·y, where X may be
/// singular or have more columns than rows. It is where gradient descent from w = 0 ends.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = min_norm_least_squares(&Tensor::from([[3.0, 4.0]]), &Tensor::from([25.0]));   // one equation, two unknowns
/// assert!((&w - Tensor::from([3.0, 4.0])).abs().max().item() < 1e-5);
/// ```
///
/// # Panics
/// If the shapes don't fit.
#[must_use]
#[track_caller]
pub fn min_norm_least_squares(x: &Tensor, y: &Tensor) -> Tensor {
    let (a, target) = system("min_norm_least_squares", x, y).or_fail();
    weights(&solve(&a, &target).w, y)
}

/// The weights w that minimize ‖X·w − y‖²/(2n) + λ‖w‖²/2, exactly (notes, L2 正则化): what SGD with mean squared error
/// halved and `weight_decay` λ tends to, for λ > 0 unique whatever X is. All columns of X are decayed alike.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, y) = (Tensor::from([[1.0], [1.0]]), Tensor::from([2.0, 4.0]));
/// assert!((ridge(&x, &y, 0.0).item() - 3.0).abs() < 1e-6);
/// assert!((ridge(&x, &y, 1.0).item() - 1.5).abs() < 1e-6);      // 3/(1 + λ)
/// ```
///
/// # Panics
/// If the shapes don't fit, or λ is negative or not finite; with λ = 0 as [`least_squares`].
#[must_use]
#[track_caller]
pub fn ridge(x: &Tensor, y: &Tensor, lambda: Real) -> Tensor {
    check_lambda("ridge", lambda);
    if lambda == 0.0 {
        return least_squares(x, y);
    }
    let (a, target) = system("ridge", x, y).or_fail();
    let penalty = vec![f64::from(lambda) * a.rows as f64; a.width()];
    weights(&penalized(&a, &target, &penalty).w, y)
}

#[track_caller]
pub(super) fn check_lambda(op: &'static str, lambda: Real) {
    if !(lambda.is_finite() && lambda >= 0.0) {
        fail(op, format!("λ is {lambda}: it must be a finite number, 0 or more"));
    }
}

/// X and y in double precision, if they make a system.
pub(super) fn system(op: &'static str, x: &Tensor, y: &Tensor) -> Result<(Matrix, Vec<f64>), Error> {
    let fits = match *x.shape() {
        [n, d] if n > 0 && d > 0 => *y.shape() == [n] || *y.shape() == [n, 1],
        _ => false,
    };
    if !fits {
        let (x, y) = (x.shape(), y.shape());
        return Err(Error::new(
            op,
            format!("features of shape {x:?} and labels of shape {y:?}: [n, d] and [n] or [n, 1] are needed"),
        ));
    }
    let (a, target) = (Matrix::of(x), numbers(y));
    let finite = a.columns.iter().flatten().chain(&target).all(|v| v.is_finite());
    if !finite {
        return Err(Error::new(op, "there are NaN or infinite numbers in the data: leave these samples out"));
    }
    Ok((a, target))
}

pub(super) fn numbers(t: &Tensor) -> Vec<f64> {
    t.with_data(|data| data.iter().map(|&v| f64::from(v)).collect())
}

/// w as a tensor of the rank that y has.
pub(super) fn weights(w: &[f64], y: &Tensor) -> Tensor {
    let values = w.iter().map(|&w| w as Real).collect();
    if y.rank() == 1 { Tensor::from_vec(values, [w.len()]) } else { Tensor::from_vec(values, [w.len(), 1]) }
}
