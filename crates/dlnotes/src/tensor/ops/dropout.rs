//! Dropout (notes, 暂退法): zeros at random, the rest scaled up so that the mean stays.

use crate::real::Real;
use crate::tensor::error::{Error, OrFail};
use crate::tensor::graph::{self, one};
use crate::tensor::random::generator;
use crate::tensor::{Tensor, kernels};
use ndarray_rand::rand::Rng;

/// Which elements stay, as a function of their position: a counter run through a hash whose key comes from the crate's
/// generator. Nothing is stored, threads need no order, and backward computes the same mask again.
///
/// Positions are counted modulo 2³².
#[derive(Clone, Copy)]
pub(super) struct Mask {
    key: [u32; 2],
    /// Of 2²⁴ equally likely numbers those below this one are dropped.
    dropped: i32,
    scale: Real,
}

impl Mask {
    /// A new mask that drops each element with probability p; `None` where p is 0.
    pub(super) fn draw(op: &'static str, p: Real) -> Result<Option<Self>, Error> {
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::new(op, format!("p is {p}: the probability of dropping must lie in 0..=1")));
        }
        if p == 0.0 {
            return Ok(None);
        }
        let scale = if p == 1.0 { 0.0 } else { 1.0 / (1.0 - p) };
        let key: u64 = generator().random();
        Ok(Some(Self { key: [key as u32, (key >> 32) as u32], dropped: (p * (1 << 24) as Real).round() as i32, scale }))
    }

    /// The factor of what stays, 1/(1 − p).
    pub(super) fn scale(self) -> Real {
        self.scale
    }

    #[inline(always)]
    fn keeps(self, position: u32) -> bool {
        // Multiply and shift so that every bit of the counter and the key reaches every bit above the lowest eight.
        let mut h = position.wrapping_mul(0x9e37_79b1).wrapping_add(self.key[0]);
        h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
        h = (h ^ (h >> 15) ^ self.key[1]).wrapping_mul(0x846c_a68b);
        ((h ^ (h >> 16)) >> 8) as i32 >= self.dropped
    }

    /// x ← f(x)/(1 − p) or 0 for every element; `first` is the position of the first.
    #[inline(always)]
    pub(super) fn each(self, data: &mut [Real], first: usize, f: impl Fn(Real) -> Real) {
        for (i, x) in data.iter_mut().enumerate() {
            let value = f(*x) * self.scale;
            *x = if self.keeps((first as u32).wrapping_add(i as u32)) { value } else { 0.0 };
        }
    }
}

impl Tensor {
    /// Dropout: each element becomes 0 with probability `p` and xᵢ/(1 − p) otherwise, so that its mean stays; a new
    /// mask at every call. The gradient goes through the same mask.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 16.0, 1.0).reshape([2, 8]);
    /// assert_eq!(x.dropout(0.0).to_vec(), x.to_vec());
    /// assert!(x.dropout(0.5).to_vec().iter().zip(x.to_vec()).all(|(&y, x)| y == 0.0 || y == 2.0 * x));
    /// assert_eq!(x.dropout(1.0).sum().item(), 0.0);
    /// ```
    ///
    /// # Panics
    /// If p lies outside 0..=1 or is NaN.
    #[must_use]
    #[track_caller]
    pub fn dropout(&self, p: Real) -> Self {
        let Some(mask) = Mask::draw("dropout", p).or_fail() else { return self.clone() };
        let y = masked(self, mask);
        if !graph::tracks(&[self]) {
            return y;
        }
        graph::record("dropout", &[self], y, &[], move |_, grad| one(masked(&grad, mask)))
    }
}

fn masked(x: &Tensor, mask: Mask) -> Tensor {
    /// Large enough that threads pay, small enough that the last one is soon done.
    const LINE: usize = 4096;
    let mut y = x.clone_data();
    let out = triomphe::Arc::get_mut(&mut y.storage).expect("a new storage").exclusive();
    kernels::rows_in_place(out, LINE, |first, line| mask.each(line, first, |x| x));
    y
}

/// Dropout as in the notes: `x` with each element dropped with probability `dropout`, the others divided by
/// 1 − `dropout`. [`Tensor::dropout`] as a function.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::ones([1000]);
/// let kept = dropout_layer(&x, 0.2).ne(0.0).mean().item();
/// assert!((kept - 0.8).abs() < 4.0 * (0.2_f32 * 0.8 / 1000.0).sqrt());
/// ```
///
/// # Panics
/// If `dropout` lies outside 0..=1 or is NaN.
#[must_use]
#[track_caller]
pub fn dropout_layer(x: &Tensor, dropout: Real) -> Tensor {
    x.dropout(dropout)
}
