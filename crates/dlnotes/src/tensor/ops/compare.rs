//! Comparisons, as tensors of ones and zeros, and choice between two tensors.

use super::arithmetic::sum_to;
use super::broadcast::{combine, stretched};
use crate::real::Real;
use crate::tensor::Tensor;
use crate::tensor::error::OrFail;
use crate::tensor::graph::{self, two};
use crate::tensor::layout::broadcast_shape;

/// What a tensor can be compared with: another tensor, shapes broadcast, or a number.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[1.0, 5.0], [3.0, 2.0]]);
/// assert_eq!(x.gt(2.0).to_vec(), [0.0, 1.0, 1.0, 0.0]);                       // with a number
/// assert_eq!(x.gt(&Tensor::from([2.0, 4.0])).to_vec(), [0.0, 1.0, 1.0, 0.0]); // with a row, broadcast
/// ```
pub trait Operand {
    /// The operand as a tensor, off the record.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::tensor::Operand;
    /// assert_eq!(0.5_f32.operand().item(), 0.5);
    /// assert!(!(&Tensor::ones([2]).requires_grad()).operand().is_tracked());
    /// ```
    fn operand(&self) -> Tensor;
}

impl Operand for &Tensor {
    fn operand(&self) -> Tensor {
        self.detach()
    }
}

impl Operand for Real {
    fn operand(&self) -> Tensor {
        Tensor::scalar(*self)
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident: $test:expr;)*) => {
        impl Tensor {
            $($(#[$doc])*
            ///
            /// # Panics
            /// If the shapes can't be broadcast.
            #[must_use]
            #[track_caller]
            pub fn $name(&self, other: impl Operand) -> Self {
                compared::$name(self, other.operand())
            })*
        }

        /// The loops, apart from the methods: these are compiled again for each kind of operand.
        mod compared {
            use super::{Real, Tensor, combine};
            $(
            #[track_caller]
            pub(super) fn $name(x: &Tensor, other: Tensor) -> Tensor {
                let test: fn(&Real, &Real) -> bool = $test;
                combine(stringify!($name), x, &other, |a, b| Real::from(u8::from(test(&a, &b))))
            })*
        }
    };
}

comparisons! {
    /// 1 where equal, else 0 (NaN equals nothing).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::from_vec(vec![0.0, 2.0, 1.0], [3]);
    /// let accuracy = y.eq(&Tensor::from_vec(vec![0.0, 1.0, 1.0], [3])).mean();
    /// assert!((accuracy.item() - 2.0 / 3.0).abs() < 1e-6);
    /// ```
    eq: Real::eq;
    /// 1 where different, else 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let predicted = Tensor::from([3.0, 1.0, 4.0, 4.0]);
    /// let wrong = predicted.ne(&Tensor::from([3.0, 1.0, 4.0, 1.0]));
    /// assert_eq!(wrong.sum().item(), 1.0);
    /// ```
    ne: Real::ne;
    /// 1 where greater, else 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-2.0, 3.0, 1.0);
    /// assert_eq!(x.gt(0.0).to_vec(), [0.0, 0.0, 0.0, 1.0, 1.0]);   // ReLU's derivative
    /// ```
    gt: Real::gt;
    /// 1 where greater or equal, else 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([0.4, 0.5, 0.6]);
    /// assert_eq!(x.ge(0.5).to_vec(), [0.0, 1.0, 1.0]);             // decide at a threshold
    /// ```
    ge: Real::ge;
    /// 1 where less, else 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let draws = Tensor::from([0.1, 0.9, 0.3]);
    /// let dropped = draws.lt(0.5);                                 // a mask, as in the notes' dropout_layer
    /// assert_eq!(dropped.to_vec(), [1.0, 0.0, 1.0]);
    /// ```
    lt: Real::lt;
    /// 1 where less or equal, else 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let a = Tensor::from([[1.0], [3.0]]);
    /// let b = Tensor::from([1.0, 2.0]);
    /// assert_eq!(a.le(&b).to_vec(), [1.0, 1.0, 0.0, 0.0]);         // [2, 1] with [2]: each with each
    /// ```
    le: Real::le;
}

impl Tensor {
    /// `a` where this tensor is not 0, else `b`; shapes broadcast. The gradient of each element goes to the one chosen, and
    /// the other one gets 0.
    ///
    /// That 0 is then multiplied by the slope of whatever computed the value that was not chosen, and 0 · ∞ is NaN: in
    /// `x.le(0.0).where_(&x.exp(), &(1.0 + &x))` the gradient at x = 100 is NaN, for the slope of eˣ overflows there (as in
    /// PyTorch). Choose the *input* first, so that the other branch sees only numbers that it can bear:
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-1.0, 100.0]).requires_grad();
    /// let y = x.le(0.0).where_(&x.clamp(f32::NEG_INFINITY, 0.0).exp(), &(1.0 + &x));
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [(-1.0_f32).exp(), 1.0]);
    /// ```
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-2.0, 3.0, 1.0);
    /// let y = x.gt(0.0).where_(&x, &Tensor::zeros([1]));
    /// assert_eq!(y.to_vec(), [0.0, 0.0, 0.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes can't be broadcast.
    #[must_use]
    #[track_caller]
    pub fn where_(&self, a: &Self, b: &Self) -> Self {
        let shape = broadcast_shape("where", a.shape(), b.shape()).or_fail();
        let shape = broadcast_shape("where", self.shape(), &shape).or_fail();
        let condition = stretched(self, &shape).packed();
        let chosen = choose(&condition, &stretched(a, &shape), &stretched(b, &shape));
        if !graph::tracks(&[a, b]) {
            return chosen;
        }
        graph::record("where", &[a, b], chosen, &[&condition], |ctx, grad| {
            let condition = ctx.saved(0);
            let zeros = condition.zeros_like();
            two(
                ctx.needs(0).then(|| sum_to(choose(condition, &grad, &zeros), ctx.shape(0))),
                ctx.needs(1).then(|| sum_to(choose(condition, &zeros, &grad), ctx.shape(1))),
            )
        })
    }
}

/// Chooses by a condition of the same shape, off the record; a value not chosen may be NaN without harm.
fn choose(condition: &Tensor, a: &Tensor, b: &Tensor) -> Tensor {
    let mut out = a.to_vec();
    condition.with_both(b, |condition, b| {
        for ((o, &y), &c) in out.iter_mut().zip(b).zip(condition) {
            if c == 0.0 {
                *o = y;
            }
        }
    });
    Tensor::from_buffer(out, a.shape())
}
