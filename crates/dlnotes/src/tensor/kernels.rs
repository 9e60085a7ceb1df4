//! Loops over buffers: SIMD chosen at run time, threads for large ones.
//!
//! Element-wise loops compute the same bits whatever the SIMD width or the number of threads: no fused multiply-add, no
//! reordering. Sums fix their order by blocks, not by threads.

use super::layout::Layout;
use super::pool;
use super::storage::{Buffer, INLINE};
use crate::real::Real;
use crate::share::share_out;

/// Below this, waking a second thread costs more than it gains.
const PAR_MIN: usize = 1 << 16;
/// Up to this, numbers stand in the storage itself, and choosing SIMD costs more than it gains.
const TINY: usize = INLINE;

/// Runs `f` compiled for the widest SIMD of this processor.
#[inline(always)]
pub(crate) fn simd<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

// The loops below are generic, for each function must be compiled into its loop; sharing out to threads is not: it
// would be compiled again for each function.

/// Calls `run` on all of `out`, or on its parts, with the same part of `a`.
pub(crate) fn in_parts(out: &mut [Real], a: &[Real], run: &(dyn Fn(&mut [Real], &[Real]) + Sync)) {
    match part_size(out.len()) {
        None => run(out, a),
        Some(n) => share_out(out.chunks_mut(n).zip(a.chunks(n)), &|(out, a)| run(out, a)),
    }
}

type RunBoth<'a> = &'a (dyn Fn(&mut [Real], &[Real], &[Real]) + Sync);

/// [`in_parts`] with two sources.
fn in_parts_both(out: &mut [Real], a: &[Real], b: &[Real], run: RunBoth<'_>) {
    match part_size(out.len()) {
        None => run(out, a, b),
        Some(n) => {
            share_out(out.chunks_mut(n).zip(a.chunks(n)).zip(b.chunks(n)), &|((out, a), b)| run(out, a, b));
        }
    }
}

/// How many elements a part has, or `None` where one thread is best. Two parts a thread: one that comes late does less.
fn part_size(len: usize) -> Option<usize> {
    if len < PAR_MIN {
        return None;
    }
    let threads = rayon::current_num_threads();
    // Whole cache lines, so that no two threads write to one.
    (threads > 1).then(|| len.div_ceil(2 * threads).next_multiple_of(16))
}

/// out[i] = f(a[i])
pub(crate) fn map(a: &[Real], f: impl Fn(Real) -> Real + Sync) -> Buffer {
    if a.len() <= TINY {
        let mut out = [0.0; TINY];
        out.iter_mut().zip(a).for_each(|(o, &x)| *o = f(x));
        return Buffer::from_buf_and_len(out, a.len());
    }
    let mut out = pool::take(a.len());
    in_parts(&mut out, a, &|out, a| {
        simd(
            #[inline(always)]
            || out.iter_mut().zip(a).for_each(|(o, &x)| *o = f(x)),
        );
    });
    out.into()
}

/// out[i] = f(a[i], b[i])
pub(crate) fn zip(a: &[Real], b: &[Real], f: impl Fn(Real, Real) -> Real + Sync) -> Buffer {
    debug_assert_eq!(a.len(), b.len());
    if a.len() <= TINY {
        let mut out = [0.0; TINY];
        out.iter_mut().zip(a).zip(b).for_each(|((o, &x), &y)| *o = f(x, y));
        return Buffer::from_buf_and_len(out, a.len());
    }
    let mut out = pool::take(a.len());
    in_parts_both(&mut out, a, b, &|out, a, b| {
        simd(
            #[inline(always)]
            || out.iter_mut().zip(a).zip(b).for_each(|((o, &x), &y)| *o = f(x, y)),
        );
    });
    out.into()
}

/// a[i] = f(a[i])
pub(crate) fn map_in_place(a: &mut [Real], f: impl Fn(Real) -> Real + Sync) {
    if a.len() <= TINY {
        return a.iter_mut().for_each(|x| *x = f(*x));
    }
    in_parts_alone(a, &|a| {
        simd(
            #[inline(always)]
            || a.iter_mut().for_each(|x| *x = f(*x)),
        );
    });
}

/// [`in_parts`] without a source.
fn in_parts_alone(out: &mut [Real], run: &(dyn Fn(&mut [Real]) + Sync)) {
    match part_size(out.len()) {
        None => run(out),
        Some(n) => share_out(out.chunks_mut(n), run),
    }
}

/// a[i] = f(a[i], b[i])
pub(crate) fn zip_in_place(a: &mut [Real], b: &[Real], f: impl Fn(Real, Real) -> Real + Sync) {
    debug_assert_eq!(a.len(), b.len());
    if a.len() <= TINY {
        return a.iter_mut().zip(b).for_each(|(x, &y)| *x = f(*x, y));
    }
    in_parts(a, b, &|a, b| {
        simd(
            #[inline(always)]
            || a.iter_mut().zip(b).for_each(|(x, &y)| *x = f(*x, y)),
        );
    });
}

/// Runs `f` on every row of `width` numbers, with the position of its first number; the last row may be short.
pub(crate) fn rows_in_place(a: &mut [Real], width: usize, f: impl Fn(usize, &mut [Real]) + Sync) {
    if width == 0 {
        return;
    }
    let run = |start: usize, a: &mut [Real]| {
        simd(
            #[inline(always)]
            || {
                for (i, row) in a.chunks_mut(width).enumerate() {
                    f(start + i * width, row);
                }
            },
        )
    };
    match part_size(a.len()) {
        None => run(0, a),
        Some(n) => {
            let n = n.next_multiple_of(width);
            share_out(a.chunks_mut(n).enumerate(), &|(i, a)| run(i * n, a));
        }
    }
}

/// The elements of a view in row-major order.
pub(crate) fn pack(data: &[Real], layout: &Layout) -> Vec<Real> {
    let mut out = pool::take(layout.len());
    let mut slots = out.iter_mut();
    match (layout.shape(), layout.strides()) {
        // A transposed matrix: in square tiles, so that neither side jumps through memory.
        (&[rows, cols], &[1, column_stride]) if layout.len() >= 1024 => {
            const TILE: usize = 32;
            let data = &data[layout.offset()..];
            for c0 in (0..cols).step_by(TILE) {
                for r0 in (0..rows).step_by(TILE) {
                    for r in r0..(r0 + TILE).min(rows) {
                        for c in c0..(c0 + TILE).min(cols) {
                            out[r * cols + c] = data[c * column_stride + r];
                        }
                    }
                }
            }
        }
        _ => layout.for_each_position(|p| *slots.next().expect("as many slots as positions") = data[p]),
    }
    out
}

/// Σ a[i], in blocks whose order is fixed: as exact as pairwise summation, and the same for any number of threads.
pub(crate) fn sum(a: &[Real]) -> Real {
    const BLOCK: usize = 1024;
    if a.len() <= BLOCK {
        return simd(
            #[inline(always)]
            || sum_block(a),
        );
    }
    let half = (a.len() / 2).next_multiple_of(BLOCK);
    let (left, right) = a.split_at(half);
    let (x, y) = if a.len() >= PAR_MIN { rayon::join(|| sum(left), || sum(right)) } else { (sum(left), sum(right)) };
    x + y
}

#[inline(always)]
fn sum_block(a: &[Real]) -> Real {
    const LANES: usize = 32;
    let mut lanes = [0.0; LANES];
    let mut chunks = a.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    let tail: Real = chunks.remainder().iter().sum();
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0] + tail
}

/// out[j] = Σᵢ a[i][j] for rows of `out.len()` numbers, in blocks of rows so that errors stay small.
pub(crate) fn sum_rows(a: &[Real], out: &mut [Real]) {
    const ROWS: usize = 128;
    let width = out.len();
    out.fill(0.0);
    let mut partial = pool::take(width);
    for block in a.chunks(ROWS * width) {
        simd(
            #[inline(always)]
            || {
                partial.copy_from_slice(&block[..width]);
                for row in block[width..].chunks_exact(width) {
                    for (p, &x) in partial.iter_mut().zip(row) {
                        *p += x;
                    }
                }
                for (o, &p) in out.iter_mut().zip(&partial) {
                    *o += p;
                }
            },
        );
    }
    pool::give(partial);
}
