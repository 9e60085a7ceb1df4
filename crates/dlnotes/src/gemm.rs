//! Matrix products: the one door to the `gemm-f32` crate.
#![allow(unsafe_code)] // gemm-f32 takes raw pointers; `Mat::new` checks that every element lies inside its slice.

use crate::real::Real;
use crate::share::share_out;

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

    /// Transposed.
    pub(crate) fn t(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    fn rows_from(self, start: usize, count: usize) -> Self {
        Self { data: &self.data[start * self.row_stride..], rows: count, ..self }
    }
}

/// Products of fewer multiplications run on one thread: waking another takes longer.
const PAR_MIN: usize = 1 << 18;

/// The rows of a part are a multiple of this, the height of most micro-kernels.
const PART_ROWS: usize = 6;

/// Up to this many multiplications, plain loops are faster than arranging operands for SIMD.
const TINY: usize = 512;

/// A product that is to be written: out ← A·B; `out` is row-major and without gaps.
pub(crate) struct Product<'a> {
    a: Mat<'a>,
    b: Mat<'a>,
    out: &'a mut [Real],
}

impl<'a> Product<'a> {
    pub(crate) fn new(a: Mat<'a>, b: Mat<'a>, out: &'a mut [Real]) -> Self {
        assert_eq!(a.columns, b.rows, "inner sizes of a product");
        assert_eq!(out.len(), a.rows * b.columns, "size of a product");
        Self { a, b, out }
    }

    fn multiplications(&self) -> usize {
        self.a.rows * self.a.columns * self.b.columns
    }

    /// The product in at most this many parts of about as many rows, from the top.
    fn parts(self, threads: usize) -> impl Iterator<Item = Self> {
        let (rows, columns) = (self.a.rows, self.b.columns);
        let count = threads.min(rows / self.smallest_part().max(1)).max(1);
        let (a, b, mut out, mut start) = (self.a, self.b, self.out, 0);
        (1..=count).map(move |i| {
            // Whole tiles; the last part takes what is left.
            let end = if i == count { rows } else { (rows * i / count) / PART_ROWS * PART_ROWS };
            let (here, below) = std::mem::take(&mut out).split_at_mut((end - start) * columns);
            let part = Self { a: a.rows_from(start, end - start), b, out: here };
            (out, start) = (below, end);
            part
        })
    }

    /// How many rows a part must have, so that gemm-f32 adds up in the same order as for the whole: it has ways of its own
    /// for vectors and for up to 256 elements, and cuts the inner dimension, where it is above 512, elsewhere if no side
    /// of the result is above 64.
    fn smallest_part(&self) -> usize {
        let (rows, columns) = (self.a.rows, self.b.columns);
        if columns <= 1 {
            return rows;
        }
        let cut_elsewhere = rows > 64 && columns <= 64 && self.a.columns > 512;
        // The bounds of parts are rounded down to whole tiles.
        PART_ROWS + (256 / columns + 1).max(if cut_elsewhere { 65 } else { 2 })
    }

    /// On this thread.
    fn compute(self) {
        if self.out.is_empty() {
        } else if self.a.columns == 0 {
            self.out.fill(0.0);
        } else if self.multiplications() <= TINY {
            tiny(self.a, self.b, self.out);
        } else {
            large(self.a, self.b, self.out);
        }
    }
}

/// Computes independent products.
///
/// Large ones are split by rows, one part of each for a thread: faster than threads inside one product, a thread is woken
/// once for all, and every element is computed in the same order whatever the number of threads.
pub(crate) fn gemm<const N: usize>(products: [Product<'_>; N]) {
    let threads = rayon::current_num_threads();
    if threads == 1 || products.iter().map(Product::multiplications).sum::<usize>() < PAR_MIN {
        return products.into_iter().for_each(Product::compute);
    }
    // One part a thread: each packs all of B.
    let mut rest = products.map(|product| product.parts(threads));
    let parts: Vec<_> = (0..threads).flat_map(|_| rest.each_mut().map(Iterator::next)).flatten().collect();
    share_out(parts.into_iter(), &Product::compute);
}

fn tiny(a: Mat<'_>, b: Mat<'_>, out: &mut [Real]) {
    for (i, row) in out.chunks_exact_mut(b.columns).enumerate() {
        for (j, o) in row.iter_mut().enumerate() {
            let term =
                |k| a.data[i * a.row_stride + k * a.column_stride] * b.data[k * b.row_stride + j * b.column_stride];
            *o = (0..a.columns).map(term).sum();
        }
    }
}

fn large(a: Mat<'_>, b: Mat<'_>, out: &mut [Real]) {
    let product = gemm_f32::gemm::f32::get_gemm_fn();
    // SAFETY: `Mat::new` checked that both operands' last elements lie inside their slices (strides are not negative,
    // so no other element lies past the last one; `rows_from` only drops rows); `Product::new` checked that `out` holds
    // rows × columns numbers without gaps; it is borrowed mutably, so it can't overlap the operands.
    unsafe {
        product(
            a.rows,
            b.columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            b.columns as isize,
            false,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            0.0,
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
            for (a_transposed, b_transposed) in [(false, false), (true, false), (false, true), (true, true)] {
                let ((a, a_strides), (b, b_strides)) = (numbers(m, k, a_transposed), numbers(k, n, b_transposed));
                let mut out = vec![0.5; m * n].into_boxed_slice();
                let (a_mat, b_mat) = (Mat::new(&a, [m, k], a_strides), Mat::new(&b, [k, n], b_strides));
                gemm([Product::new(a_mat, b_mat, &mut out)]);
                for i in 0..m {
                    for j in 0..n {
                        let at = |i: usize, j: usize, [r, c]: [usize; 2]| i * r + j * c;
                        let term = |l| f64::from(a[at(i, l, a_strides)]) * f64::from(b[at(l, j, b_strides)]);
                        let expect = (0..k).map(term).sum::<f64>();
                        let found = f64::from(out[i * n + j]);
                        // All terms are positive: k roundings, each at most half a unit in the last place.
                        let tolerance = expect * k as f64 * f64::from(Real::EPSILON);
                        assert!((found - expect).abs() <= tolerance, "{m}x{k}x{n} at ({i}, {j}): {found} for {expect}");
                    }
                }
            }
        }
    }

    /// Shapes at the bounds of gemm-f32's different ways, and the parts of a product of odd size.
    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let (shapes, mut state) =
            ([(50, 784, 64), (64, 50, 784), (130, 784, 64), (66, 600, 65), (2000, 300, 1)], 1_u32);
        let more = [(1000, 600, 3), (7, 4000, 40), (256, 2, 784), (25, 5000, 11), (256, 784, 256)];
        for (m, k, n) in shapes.into_iter().chain(more) {
            let mut random = |len: usize| -> Vec<Real> {
                let next = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) as Real / (1 << 24) as Real - 0.5
                };
                std::iter::repeat_with(next).take(len).collect()
            };
            let (a, b) = (random(m * k), random(k * n));
            for (a_strides, b_strides) in [([k, 1], [n, 1]), ([1, m], [n, 1]), ([k, 1], [1, k])] {
                let on = |threads: usize| {
                    let mut out = vec![0.0; m * n];
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                    pool.install(|| {
                        gemm([Product::new(
                            Mat::new(&a, [m, k], a_strides),
                            Mat::new(&b, [k, n], b_strides),
                            &mut out,
                        )]);
                    });
                    out
                };
                let alone = on(1);
                for threads in [2, 3, 5, 8, 16] {
                    let equal = on(threads) == alone;
                    assert!(equal, "{m}x{k}x{n}, strides {a_strides:?} and {b_strides:?}, on {threads} threads");
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
