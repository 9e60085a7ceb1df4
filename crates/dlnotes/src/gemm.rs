//! Matrix products: the one door to the `gemm-f32` crate.
#![allow(unsafe_code)] // gemm-f32 takes raw pointers; `Mat::new` checks that every element lies inside its slice.

use crate::real::Real;
use crate::tensor::share::share_out;

/// A matrix in a slice: element (i, j) stands at `i · row_stride + j · column_stride`.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a> {
    data: &'a [Real],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Mat<'a> {
    pub(crate) fn new(data: &'a [Real], [rows, columns]: [usize; 2], [row_stride, column_stride]: [usize; 2]) -> Self {
        let last = rows.saturating_sub(1) * row_stride + columns.saturating_sub(1) * column_stride;
        assert!(rows * columns == 0 || last < data.len(), "a matrix must lie inside its buffer");
        Self { data, rows, columns, row_stride, column_stride }
    }

    fn rows_from(self, start: usize, count: usize) -> Self {
        Self { data: &self.data[start * self.row_stride..], rows: count, ..self }
    }
}

/// Products of fewer multiplications run on one thread: waking another takes longer.
const PAR_MIN: usize = 1 << 20;

/// Up to this many multiplications, plain loops are faster than arranging operands for SIMD.
const TINY: usize = 512;

/// out ← A·B, or out ← out + A·B; `out` is row-major and without gaps.
///
/// Large products are split by rows, one part a thread: faster than threads inside one product, and every element is
/// computed in the same order whatever the number of threads.
pub(crate) fn gemm(a: Mat<'_>, b: Mat<'_>, out: &mut [Real], add: bool) {
    assert_eq!(a.columns, b.rows, "inner sizes of a product");
    assert_eq!(out.len(), a.rows * b.columns, "size of a product");
    if out.is_empty() {
        return;
    }
    if a.columns == 0 {
        if !add {
            out.fill(0.0);
        }
        return;
    }
    if a.rows * a.columns * b.columns <= TINY {
        return tiny(a, b, out, add);
    }
    let threads = rayon::current_num_threads();
    if threads == 1 || a.rows < 2 * threads || a.rows * a.columns * b.columns < PAR_MIN {
        return single(a, b, out, add);
    }
    // Whole tiles of the micro-kernels, which are 4 or 6 rows high. One part a thread: each packs all of B.
    let rows = a.rows.div_ceil(threads).next_multiple_of(12);
    share_out(out.chunks_mut(rows * b.columns).enumerate(), &|(i, out)| {
        single(a.rows_from(i * rows, out.len() / b.columns), b, out, add);
    });
}

fn tiny(a: Mat<'_>, b: Mat<'_>, out: &mut [Real], add: bool) {
    for (i, row) in out.chunks_exact_mut(b.columns).enumerate() {
        for (j, o) in row.iter_mut().enumerate() {
            let term =
                |k| a.data[i * a.row_stride + k * a.column_stride] * b.data[k * b.row_stride + j * b.column_stride];
            let dot: Real = (0..a.columns).map(term).sum();
            *o = if add { *o + dot } else { dot };
        }
    }
}

fn single(a: Mat<'_>, b: Mat<'_>, out: &mut [Real], add: bool) {
    let product = gemm_f32::gemm::f32::get_gemm_fn();
    // SAFETY: `Mat::new` checked that both operands' last elements lie inside their slices (strides are not negative,
    // so no other element lies past the last one; `rows_from` only drops rows); `out` was checked to hold rows × columns
    // numbers without gaps, and is borrowed mutably, so it can't overlap the operands.
    unsafe {
        product(
            a.rows,
            b.columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            b.columns as isize,
            add,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers 1, 2, … of a matrix that takes exactly its elements, with its strides.
    fn numbers(rows: usize, columns: usize, transposed: bool) -> (Box<[Real]>, [usize; 2]) {
        let values = (1..=rows * columns).map(|i| i as Real).collect();
        (values, if transposed { [1, rows] } else { [columns, 1] })
    }

    /// Every remainder of every tile, through every way in. `cargo xtask test` runs this under AddressSanitizer, to
    /// which one element read past these buffers is an error.
    #[test]
    fn products_of_every_shape_are_right_and_read_nothing_outside_their_operands() {
        for &(m, k, n) in &[(1, 1, 1), (3, 5, 7), (17, 31, 33), (33, 1, 65), (2, 300, 2), (129, 67, 190)] {
            for (a_transposed, b_transposed, add) in
                [(false, false, false), (true, false, true), (false, true, false), (true, true, true)]
            {
                let ((a, a_strides), (b, b_strides)) = (numbers(m, k, a_transposed), numbers(k, n, b_transposed));
                let mut out = vec![0.5; m * n].into_boxed_slice();
                gemm(Mat::new(&a, [m, k], a_strides), Mat::new(&b, [k, n], b_strides), &mut out, add);
                for i in 0..m {
                    for j in 0..n {
                        let at = |i: usize, j: usize, [r, c]: [usize; 2]| i * r + j * c;
                        let term = |l| f64::from(a[at(i, l, a_strides)]) * f64::from(b[at(l, j, b_strides)]);
                        let expect = (0..k).map(term).sum::<f64>() + if add { 0.5 } else { 0.0 };
                        let found = f64::from(out[i * n + j]);
                        // All terms are positive: k roundings, each at most half a unit in the last place.
                        let tolerance = expect * k as f64 * f64::from(Real::EPSILON);
                        assert!((found - expect).abs() <= tolerance, "{m}x{k}x{n} at ({i}, {j}): {found} for {expect}");
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "a matrix must lie inside its buffer")]
    fn a_matrix_larger_than_its_buffer_is_refused() {
        let _ = Mat::new(&[0.0; 5], [2, 3], [3, 1]);
    }
}
