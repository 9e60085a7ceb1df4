//! Lengths of vectors (notes, "L1/L2 正则化和权重衰减").

use crate::real::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;
use crate::tensor::graph::{self, one};

impl Tensor {
    /// The L2 norm √Σxᵢ² of all elements, as a scalar. Its derivative x/‖x‖ is taken as 0 at 0 (notes, "L2范数").
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from_vec(vec![3.0, -4.0], [2]).norm().item(), 5.0);
    /// ```
    #[must_use]
    pub fn norm(&self) -> Self {
        self.norm_p(2.0)
    }

    /// The L1 norm Σ|xᵢ| of all elements, as a scalar; derivative sign(x) (notes, "L1范数").
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::from([[3.0, -4.0], [0.0, 1.0]]).norm_l1().item(), 8.0);
    /// ```
    #[must_use]
    pub fn norm_l1(&self) -> Self {
        self.abs().sum()
    }

    /// The norm (Σ|xᵢ|ᵖ)^(1/p) of all elements, as a scalar; p = ∞ is the largest |xᵢ|. The largest |xᵢ| is taken out
    /// first, so that powers neither overflow nor vanish.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([3.0, -4.0]);
    /// assert_eq!(x.norm_p(1.0).item(), 7.0);
    /// assert_eq!(x.norm_p(2.0).item(), 5.0);
    /// assert_eq!(x.norm_p(f32::INFINITY).item(), 4.0);
    /// assert_eq!((x * 1e30).norm_p(2.0).item(), 5e30);   // though (4e30)² overflows
    /// ```
    ///
    /// # Panics
    /// If p is not above 0.
    #[must_use]
    #[track_caller]
    pub fn norm_p(&self, p: Real) -> Self {
        if p.is_nan() || p <= 0.0 {
            fail("norm", format!("p is {p}: it must be above 0 (1, 2, …, or infinity)"));
        }
        if self.is_empty() {
            return self.abs().sum();
        }
        if p.is_infinite() {
            return self.abs().max();
        }
        if p == 1.0 {
            return self.norm_l1();
        }
        let peak =
            self.with_data(|data| data.iter().fold(0.0, |m: Real, x| if x.is_nan() { *x } else { m.max(x.abs()) }));
        let scale = if peak > 0.0 && peak.is_finite() { peak } else { 1.0 };
        let powers = self.apply(|x| if p == 2.0 { (x / scale) * (x / scale) } else { (x / scale).abs().powf(p) });
        let root = powers.sum().apply(|s| if p == 2.0 { s.sqrt() } else { s.powf(1.0 / p) });
        let y = root.apply(|root| root * scale);
        if !graph::tracks(&[self]) {
            return y;
        }
        let (length, root) = (y.detach(), root.item());
        graph::record("norm", &[self], y, &[self, &length], move |ctx, grad| {
            // dx = sign(x) (|x|/‖x‖)^(p−1)
            let (g, length) = (grad.item(), ctx.saved(1).item());
            one(ctx.saved(0).apply(|x| {
                if length == 0.0 || x == 0.0 {
                    return x * 0.0;
                }
                // Both without the scale: of the smallest numbers the length itself has hardly a digit.
                let ratio = (x / scale).abs() / root;
                g * x.signum() * if p == 2.0 { ratio } else { ratio.powf(p - 1.0) }
            }))
        })
    }
}
