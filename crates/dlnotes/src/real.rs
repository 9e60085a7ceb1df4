//! The number type, and what depends on it.
//!
//! Everything under `tensor/` is written against [`Real`]. This crate sets it to `f32`; `dlnotes-f64` compiles the same
//! files with `f64`, so that finite differences can prove each derivative to 1e-8.

/// The number type of every tensor: `f32`.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::Real;
/// fn step(w: &Tensor, lr: Real) -> Tensor {
///     w - &w.mul_scalar(lr)
/// }
/// assert_eq!(step(&Tensor::from([2.0]), 0.5).item(), 1.0);
/// ```
pub type Real = f32;

/// eˣ to 2 units in the last place, for every input; written without branches so that loops over it use SIMD.
#[inline(always)]
pub(crate) fn exp(x: Real) -> Real {
    let x = if x < -104.5 { -104.5 } else { x };
    let (p, n) = exp_parts(x);
    // 2ⁿ in two factors: n runs from −151 to 128, past what one exponent can hold.
    let half = n >> 1;
    p * power_of_two(half) * power_of_two(n - half)
}

/// eˣ as [`exp`], but e⁻⁸⁶ for every x below −86: a tenth quicker, and the same to whoever adds 1 to it.
#[inline(always)]
pub(crate) fn exp_from_minus_86(x: Real) -> Real {
    let x = if x < -86.0 { -86.0 } else { x };
    let (p, n) = exp_parts(x);
    // n is at most 128, where 2ⁿ is past the largest number, but p·2ⁿ may not be.
    2.0 * p * power_of_two(n - 1)
}

/// p and n of eˣ = p · 2ⁿ, with n = round(x / ln 2) and p = eʳ, |r| ≤ ln 2 / 2; from x = 89 on what overflows.
#[inline(always)]
fn exp_parts(x: Real) -> (Real, i32) {
    let x = if x > 89.0 { 89.0 } else { x };
    // Adding 1.5·2²³ leaves the rounded integer in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts, so that n · high part is exact.
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    // Taylor's series is good to 1.1e-8 at this range by degree 7; in pairs, which don't wait for one another.
    let (r2, low, high) = (r * r, 1.0 + r, 0.5 + r * (1.0 / 6.0));
    let r4 = r2 * r2;
    let p = (low + r2 * high) + r4 * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0)));
    (p, (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32))
}

#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// tanh x to 2 units in the last place, also near 0 where 1 − 2/(e²ˣ + 1) loses all its digits.
#[inline(always)]
pub(crate) fn tanh(x: Real) -> Real {
    let a = x.abs();
    let far = 1.0 - 2.0 / (exp_from_minus_86(2.0 * a) + 1.0);
    // The continued fraction x/(1 + x²/(3 + x²/(5 + x²/(7 + x²/(9 + x²/11))))) as x minus a correction, which is small
    // and so are its rounding errors.
    let s = x * x;
    let near = a - a * s * (3_465.0 + s * (189.0 + s)) / (10_395.0 + s * (4_725.0 + s * (210.0 + s)));
    (if a < 0.9 { near } else { far }).copysign(x)
}

/// The error function.
pub(crate) fn erf(x: Real) -> Real {
    libm::erff(x)
}
