//! Ways to start weights, as values to compare.

use crate::Real;
use crate::nn::init;
use crate::tensor::Tensor;

/// How the weights of a layer start; the functions are those of [`nn::init`](crate::nn::init).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let net = sequential![Linear::new(256, 256), Relu, Linear::new(256, 10)];
/// net.apply(|m| if let Some(layer) = m.downcast_ref::<Linear>() { Init::He.apply(&layer.weight) });
/// assert!((net.get::<Linear>(0).weight.var().item() - 2.0 / 256.0).abs() < 1e-3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// N(0, std²), whatever the sizes.
    Normal(Real),
    /// Xavier, N(0, 2/(in + out)).
    Xavier,
    /// He, N(0, 2/in).
    He,
    /// PyTorch's default for a linear layer, U(±1/√in).
    Default,
}

impl Init {
    /// Draws new values for a weight matrix `[out, in]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::zeros([300, 200]);
    /// Init::He.apply(&w);
    /// assert!((w.var().item() - 2.0 / 200.0).abs() < 1e-3);
    /// ```
    ///
    /// # Panics
    /// If it isn't a matrix, or the standard deviation is negative or not finite.
    #[track_caller]
    pub fn apply(self, weight: &Tensor) {
        match self {
            Self::Normal(std) => init::normal_(weight, 0.0, std),
            Self::Xavier => init::xavier_normal_(weight),
            Self::He => init::he_normal_(weight),
            Self::Default => {
                let bound = 1.0 / (weight.shape().last().copied().unwrap_or(1) as Real).sqrt();
                init::uniform_(weight, -bound, bound);
            }
        }
    }

    /// The name in a legend.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!([Init::He, Init::Normal(0.01)].map(Init::name), ["He", "N(0, 0.01²)"]);
    /// ```
    pub fn name(self) -> String {
        match self {
            Self::Normal(std) => format!("N(0, {std}²)"),
            Self::Xavier => "Xavier".into(),
            Self::He => "He".into(),
            Self::Default => "default".into(),
        }
    }
}
