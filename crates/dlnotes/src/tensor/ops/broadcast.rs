//! Broadcasting, off the record: what functions of two tensors and reductions stand on.

use crate::real::Real;
use crate::tensor::error::OrFail;
use crate::tensor::layout::broadcast_shape;
use crate::tensor::{Tensor, kernels, pool};

/// f of every pair of elements, shapes broadcast, off the record.
#[track_caller]
pub(super) fn combine(op: &'static str, a: &Tensor, b: &Tensor, f: impl Fn(Real, Real) -> Real + Sync) -> Tensor {
    if a.same_shape(b) {
        return Tensor::new(a.with_both(b, |x, y| kernels::zip(x, y, f)), a.result_layout());
    }
    let shape = broadcast_shape(op, a.shape(), b.shape()).or_fail();
    if b.len() == 1 && shape[..] == *a.shape() {
        let y = b.item();
        return a.apply(|x| f(x, y));
    }
    if a.len() == 1 && shape[..] == *b.shape() {
        let x = a.item();
        return b.apply(|y| f(x, y));
    }
    // A row added to every row of a matrix: the shape of a bias.
    if is_suffix(b.shape(), &shape) && a.shape() == &shape[..] && b.len() > 1 {
        let out = a.with_both(b, |x, y| rows(x, y, &f));
        return Tensor::from_buffer(out, &shape);
    }
    if is_suffix(a.shape(), &shape) && b.shape() == &shape[..] && a.len() > 1 {
        let out = b.with_both(a, |y, x| rows(y, x, |y, x| f(x, y)));
        return Tensor::from_buffer(out, &shape);
    }
    let (x, y) = (stretched(a, &shape), stretched(b, &shape));
    let out = x.with_both(&y, |x, y| kernels::zip(x, y, f));
    Tensor::from_buffer(out, &shape)
}

/// Whether the last dimensions of `shape` are those of `row`, leading ones of size 1 aside.
fn is_suffix(row: &[usize], shape: &[usize]) -> bool {
    let lead = row.iter().take_while(|&&size| size == 1).count();
    shape.ends_with(&row[lead..])
}

fn rows(matrix: &[Real], row: &[Real], f: impl Fn(Real, Real) -> Real + Sync) -> Vec<Real> {
    let mut out = pool::take(matrix.len());
    kernels::simd(
        #[inline(always)]
        || {
            for (out, line) in out.chunks_exact_mut(row.len()).zip(matrix.chunks_exact(row.len())) {
                for ((o, &x), &y) in out.iter_mut().zip(line).zip(row) {
                    *o = f(x, y);
                }
            }
        },
    );
    out
}

/// A view of `t` as `shape`, off the record.
pub(super) fn stretched(t: &Tensor, shape: &[usize]) -> Tensor {
    t.view(t.layout.broadcast(shape).expect("a shape from broadcast_shape"))
}
