//! Products against sums in double precision, on every kind of processor, layout and number of threads.

use proptest::prelude::*;
use pulp::Arch;

use super::*;

/// This processor's widest SIMD and all narrower ones.
fn processors() -> Vec<Arch> {
    let mut all = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(pulp::x86::V3::try_new().map(Arch::V3));
        all.extend(pulp::x86::V4::try_new().map(Arch::V4));
    }
    #[cfg(not(target_arch = "x86_64"))]
    all.push(Arch::new());
    all
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// How a matrix lies in its buffer.
#[derive(Clone, Copy, Debug)]
enum Lies {
    ByRows,
    ByColumns,
    /// Part of a wider matrix.
    WithGaps,
    /// Every other column of one.
    EveryOther,
}

const EVERY_WAY: [Lies; 4] = [Lies::ByRows, Lies::ByColumns, Lies::WithGaps, Lies::EveryOther];

/// A matrix of random numbers in a buffer that ends with its last element, so that AddressSanitizer, under which
/// `cargo xtask test` runs this, finds one read past it.
struct Numbers {
    data: Box<[Real]>,
    size: [usize; 2],
    strides: [usize; 2],
}

impl Numbers {
    fn new(size: [usize; 2], lies: Lies, seed: usize) -> Self {
        let [rows, columns] = size;
        let strides = match lies {
            Lies::ByRows => [columns, 1],
            Lies::ByColumns => [1, rows],
            Lies::WithGaps => [columns + 3, 1],
            Lies::EveryOther => [2 * columns + 1, 2],
        };
        let last = rows.saturating_sub(1) * strides[0] + columns.saturating_sub(1) * strides[1];
        let mut state = seed as u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as Real / (1 << 24) as Real - 0.5
        };
        let len = if rows * columns == 0 { 0 } else { last + 1 };
        Self { data: std::iter::repeat_with(&mut next).take(len).collect(), size, strides }
    }

    fn mat(&self) -> Mat<'_> {
        Mat::new(&self.data, self.size, self.strides)
    }
}

/// The product, by one processor's way, on the threads of the pool around.
fn product(arch: Arch, a: &Numbers, b: &Numbers, threads: usize) -> Box<[Real]> {
    let mut out = vec![Real::NAN; a.size[0] * b.size[1]].into_boxed_slice();
    compute(arch, [Product::new(a.mat(), b.mat(), &mut out)], threads);
    out
}

/// Asserts that `found` is the product up to the roundings of its sums.
fn assert_product(a: &Numbers, b: &Numbers, found: &[Real]) {
    let ([rows, depth], columns) = (a.size, b.size[1]);
    for i in 0..rows {
        for j in 0..columns {
            let terms = (0..depth).map(|k| f64::from(a.mat().at(i, k)) * f64::from(b.mat().at(k, j)));
            let (sum, size) = terms.fold((0.0, 0.0), |(sum, size), x| (sum + x, size + x.abs()));
            // A rounding for each term and each sum, of at most half a unit in the last place.
            let (found, tolerance) =
                (f64::from(found[i * columns + j]), size * depth as f64 * f64::from(Real::EPSILON));
            assert!((found - sum).abs() <= tolerance, "{rows}x{depth}x{columns} at ({i}, {j}): {found} for {sum}");
        }
    }
}

/// Under Miri, which takes ten thousand times as long, shapes of a few tiles.
const LARGEST: usize = if cfg!(miri) { 20 } else { 131 };

/// Whether Miri gets through a product of this shape in a minute.
fn bearable(shape: &[usize; 3]) -> bool {
    !cfg!(miri) || shape.iter().product::<usize>() < 10_000
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 3 } else { 200 }))]

    #[test]
    fn a_product_of_any_shape_and_layout_is_right_on_every_processor(
        [m, k, n] in [0..LARGEST, 0..LARGEST, 0..LARGEST],
        [a, b] in [prop::sample::select(&EVERY_WAY[..]), prop::sample::select(&EVERY_WAY[..])],
        seed in 0..1000_usize,
    ) {
        let (a, b) = (Numbers::new([m, k], a, seed), Numbers::new([k, n], b, seed + 1));
        for arch in processors() {
            assert_product(&a, &b, &product(arch, &a, &b, 1));
        }
    }
}

/// Every remainder of every tile.
#[test]
fn products_of_all_small_shapes_are_right() {
    let largest = if cfg!(miri) { 5 } else { 40 };
    for m in 0..=largest {
        for n in 0..=largest {
            let (a, b) = (Numbers::new([m, 19], Lies::ByRows, m), Numbers::new([19, n], Lies::ByRows, n));
            for arch in processors() {
                assert_product(&a, &b, &product(arch, &a, &b, 1));
            }
        }
    }
}

/// Past the bounds at which depth and lines are cut, and what is left beyond them.
#[test]
fn products_of_several_rounds_are_right_and_the_same_bits_on_any_number_of_threads() {
    let pools: Vec<_> = (1..=8).map(pool).collect();
    let shapes = [
        [256, 784, 256],
        [64, 50, 784],
        [130, 1100, 65],
        [1030, 33, 1040],
        // Rows at distances for which they are packed.
        [70, 1024, 90],
        [2000, 300, 1],
        [1, 4000, 300],
        [7, 1025, 40],
        [2, 300, 2],
        [1500, 513, 10],
    ];
    for (number, [m, k, n]) in shapes.into_iter().enumerate() {
        let (a_lies, b_lies) = (EVERY_WAY[number % 4], EVERY_WAY[number / 2 % 4]);
        let (a, b) = (Numbers::new([m, k], a_lies, m), Numbers::new([k, n], b_lies, n));
        for arch in processors() {
            let alone = product(arch, &a, &b, 1);
            assert_product(&a, &b, &alone);
            for (pool, threads) in pools.iter().zip(1..) {
                let equal = pool.install(|| product(arch, &a, &b, threads)) == alone;
                assert!(equal, "{m}x{k}x{n} on {threads} threads of {arch:?}");
            }
        }
    }
}

#[test]
fn products_computed_together_are_those_computed_alone() {
    let [m, k, n] = if cfg!(miri) { [15, 60, 7] } else { [150, 600, 70] };
    let (g, x, w) = (
        Numbers::new([m, k], Lies::ByRows, 1),
        Numbers::new([m, n], Lies::ByRows, 2),
        Numbers::new([k, n], Lies::ByColumns, 3),
    );
    let (mut dx, mut dw) = (vec![0.0; m * n], vec![0.0; k * n]);
    pool(3).install(|| {
        gemm([Product::new(g.mat(), w.mat(), &mut dx), Product::new(g.mat().t(), x.mat(), &mut dw)]);
    });
    let (mut dx_alone, mut dw_alone) = (vec![0.0; m * n], vec![0.0; k * n]);
    pool(1).install(|| {
        gemm([Product::new(g.mat(), w.mat(), &mut dx_alone)]);
        gemm([Product::new(g.mat().t(), x.mat(), &mut dw_alone)]);
    });
    assert!(dx == dx_alone && dw == dw_alone);
}

#[test]
fn what_comes_after_happens_to_every_number_once_at_its_place() {
    let shapes = [[3, 5, 4], [1, 600, 9], [90, 80, 1], [70, 30, 100], [100, 30, 70], [257, 1100, 33]];
    for [m, k, n] in shapes.into_iter().filter(bearable) {
        let (a, b) = (Numbers::new([m, k], Lies::ByRows, m), Numbers::new([k, n], Lies::ByRows, n));
        for arch in processors() {
            let plain = product(arch, &a, &b, 1);
            for threads in [1, 2, 3] {
                let mut out = vec![0.0; m * n];
                let negate = |block: Block<'_>| {
                    block.each_row(|row, first, columns| {
                        assert_eq!((first % n, row.len()), (columns.start, columns.len()));
                        row.iter_mut().enumerate().for_each(|(i, x)| *x = -*x - (first + i) as Real);
                    });
                };
                let product = Product::new(a.mat(), b.mat(), &mut out).then(&negate);
                pool(threads).install(|| compute(arch, [product], threads));
                for (i, (&found, &plain)) in out.iter().zip(&plain).enumerate() {
                    assert_eq!(found, -plain - i as Real, "{m}x{k}x{n} at {i} on {threads} threads");
                }
            }
        }
    }
}

#[test]
fn what_is_not_a_number_reaches_its_row_and_column_and_nothing_else() {
    for [m, k, n] in [[3, 4, 5], [1, 700, 5], [30, 40, 1], [33, 70, 45]].into_iter().filter(bearable) {
        let (mut a, mut b) = (Numbers::new([m, k], Lies::ByRows, 1), Numbers::new([k, n], Lies::ByRows, 2));
        a.data[(m - 1) * k] = Real::NAN;
        // Infinity times 0 in row 0 of the result, infinity elsewhere.
        b.data[n + n - 1] = Real::INFINITY;
        a.data[1] = 0.0;
        for arch in processors() {
            let out = product(arch, &a, &b, 1);
            for i in 0..m {
                for j in 0..n {
                    let found = out[i * n + j];
                    let nan = i == m - 1 || (i == 0 && j == n - 1);
                    assert_eq!(found.is_nan(), nan, "{found} at ({i}, {j}) of {m}x{k}x{n} by {arch:?}");
                    assert_eq!(found.is_infinite(), !nan && j == n - 1, "{found} at ({i}, {j}) of {m}x{k}x{n}");
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
