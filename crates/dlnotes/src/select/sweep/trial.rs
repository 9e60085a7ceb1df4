//! One trial: what its closure is given.

use std::fmt;
use std::ops::Index;

use super::Params;
use crate::dropped::{Field, drops_here};

/// What a trial is given: parameters and a seed; `p["name"]` is the value of a parameter.
///
/// ```
/// use dlnotes::prelude::*;
/// Sweep::new().over("lr", [0.1]).seeds(2).run(|p| {
///     assert_eq!(p.to_string(), format!("lr = 0.1, seed {}", p.seed()));
///     p["lr"]
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub(super) params: Field<Params>,
    pub(super) seed: u64,
}
drops_here!(Trial: params);

impl Trial {
    /// The seed that its random numbers follow, counted from 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1]).seeds(2).run(|p| {
    ///     let drawn = Tensor::randn([3]).to_vec();
    ///     seed(p.seed());                                              // again from the beginning
    ///     f64::from(u8::from(Tensor::randn([3]).to_vec() == drawn))
    /// });
    /// assert_eq!(result.rows()[0].values(), [1.0, 1.0]);
    /// ```
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Its parameters.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("a", [1.0, 2.0]).over("b", [3.0]).run(|p| {
    ///     p.params().iter().map(|(_, value)| value).sum::<f64>()
    /// });
    /// assert_eq!(result.rows()[1].mean(), 5.0);
    /// ```
    pub fn params(&self) -> &Params {
        &self.params
    }
}

impl Index<&str> for Trial {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        &self.params[name]
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, seed {}", *self.params, self.seed)
    }
}
