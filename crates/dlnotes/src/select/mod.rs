//! Model selection: how well a model generalizes, and how to choose one (notes, 模型选择，过拟合和欠拟合).
//!
//! Two errors are told apart everywhere: on the samples that a model was fitted to, and on samples that it has not seen.
//! What fits a model is a closure that takes both sets and returns both errors, so that the same functions serve exact
//! polynomials and trained networks.
//!
//! ```
//! use dlnotes::prelude::*;
//! seed(1);
//! let truth = Truth::notes_polynomial();                      // a known truth with noise
//! let (train, test) = (truth.sample(100), truth.sample(100));
//! let curve = capacity_curve(&train, &test, 0..=8);             // error by degree
//! assert_eq!(curve.figure().summary().split(':').next(), Some("error over degree from 0 to 8 (log y axis)"));
//! let scores = cross_validate(&train, &KFold::new(5).shuffled(1), |train, valid| {
//!     polynomial_fit(train, 3, 0.0).errors(train, valid)
//! });
//! assert!(scores.valid_mean() < 0.05);
//! ```

mod bias_variance;
mod components;
mod cross_validate;
mod curves;
mod features;
mod gap;
mod lasso;
mod least_squares;
mod polynomial;
mod repeat;
mod search;
mod space;
mod sweep;
mod truth;

pub use bias_variance::{BiasVariance, BiasVarianceCurve, bias_variance, bias_variance_curve};
pub use components::{PrincipalComponents, principal_components};
pub use cross_validate::{Scores, cross_validate};
pub use curves::{ErrorCurve, ErrorPair, capacity_curve, error_curve, learning_curve};
pub use features::select_features;
pub use gap::GeneralizationGap;
pub use lasso::{lasso, soft_threshold};
pub use least_squares::{least_squares, min_norm_least_squares, ridge, try_least_squares};
pub use polynomial::{PolynomialFit, polynomial_fit};
pub use repeat::{Quantile, Repeats, repeat};
pub use search::{GridSearch, SearchResult};
pub use space::Params;
pub use sweep::{Importance, Setting, Sweep, SweepResult, Trial};
pub use truth::Truth;

use ndarray_rand::rand::Rng;

/// A seed for work in parallel, drawn from the crate's generator: [`seed`](crate::tensor::seed) determines it.
pub(crate) fn next_seed() -> u64 {
    crate::tensor::generator().random()
}
