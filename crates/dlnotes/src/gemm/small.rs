//! Products that no panel is packed for: tiny ones, and those with a vector.

use std::cell::Cell;

use pulp::{Arch, Simd, WithSimd};

use super::matrix::Mat;
use crate::real::Real;
use crate::share::share_out;

/// Rows of a part.
const ROWS: usize = 256;

pub(super) fn tiny(a: Mat<'_>, b: Mat<'_>, out: &mut [Real]) {
    for (i, row) in out.chunks_exact_mut(b.columns).enumerate() {
        for (j, o) in row.iter_mut().enumerate() {
            *o = (0..a.columns).map(|k| a.at(i, k) * b.at(k, j)).sum();
        }
    }
}

/// out ← A·b for a vector b.
pub(super) fn vector(arch: Arch, a: Mat<'_>, b: Mat<'_>, out: &mut [Real], threads: usize) {
    if b.row_stride == 1 {
        return rows(arch, a, &b.data[..b.rows], out, threads);
    }
    thread_local!(static VECTOR: Cell<Vec<Real>> = const { Cell::new(Vec::new()) });
    let mut x = VECTOR.take();
    x.clear();
    x.extend((0..b.rows).map(|k| b.at(k, 0)));
    rows(arch, a, &x, out, threads);
    VECTOR.set(x);
}

fn rows(arch: Arch, a: Mat<'_>, x: &[Real], out: &mut [Real], threads: usize) {
    let parts = out.chunks_mut(ROWS).enumerate().map(|(i, out)| Rows { a: a.rows(i * ROWS, out.len()), x, out });
    if threads == 1 {
        parts.for_each(|part| arch.dispatch(part));
    } else {
        share_out(parts, &|part| arch.dispatch(part));
    }
}

/// Some rows of a matrix times a vector.
struct Rows<'a> {
    a: Mat<'a>,
    x: &'a [Real],
    out: &'a mut [Real],
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { a, x, out } = self;
        if a.row_stride == 1 {
            out.fill(0.0);
            for (k, &x) in x.iter().enumerate() {
                let column = &a.data[k * a.column_stride..][..out.len()];
                out.iter_mut().zip(column).for_each(|(o, &a)| *o += a * x);
            }
        } else if a.column_stride == 1 {
            for (i, o) in out.iter_mut().enumerate() {
                *o = dot(simd, &a.data[i * a.row_stride..][..x.len()], x);
            }
        } else {
            for (i, o) in out.iter_mut().enumerate() {
                *o = x.iter().enumerate().map(|(k, &x)| a.at(i, k) * x).sum();
            }
        }
    }
}

/// Σ xᵢ·yᵢ, in four vectors of sums that don't wait for one another.
#[inline(always)]
fn dot<S: Simd>(simd: S, x: &[Real], y: &[Real]) -> Real {
    const AT_ONCE: usize = 4;
    let ((x, x_rest), (y, y_rest)) = (S::as_simd_f32s(x), S::as_simd_f32s(y));
    let ((x, x_last), (y, y_last)) = (x.as_chunks::<AT_ONCE>(), y.as_chunks::<AT_ONCE>());
    let mut sums = [simd.splat_f32s(0.0); AT_ONCE];
    for (x, y) in x.iter().zip(y) {
        for i in 0..AT_ONCE {
            sums[i] = simd.mul_add_e_f32s(x[i], y[i], sums[i]);
        }
    }
    for (&x, &y) in x_last.iter().zip(y_last) {
        sums[0] = simd.mul_add_e_f32s(x, y, sums[0]);
    }
    let (x, y) = (simd.partial_load_f32s(x_rest), simd.partial_load_f32s(y_rest));
    sums[1] = simd.mul_add_e_f32s(x, y, sums[1]);
    let [a, b, c, d] = sums;
    simd.reduce_sum_f32s(simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d)))
}
