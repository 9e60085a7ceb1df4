//! Means and squared deviations, added up in double precision.
//!
//! Sums are taken around the first number instead of around 0: equal numbers have exactly that number as their mean and
//! no deviation at all, however many they are.

use super::kernels::simd;
use crate::real::Real;

/// From this size on a line is shared out to two threads.
const PAR_MIN: usize = 1 << 16;
/// Numbers that are added up in one go; the order of a sum is fixed by these blocks, not by the threads.
const BLOCK: usize = 1024;

/// The means over the second of the sizes [outer, reduced, inner], as [outer, inner]; NaN of nothing.
pub(crate) fn means(data: &[Real], [outer, reduced, inner]: [usize; 3]) -> Vec<f64> {
    if reduced == 0 {
        return vec![f64::NAN; outer * inner];
    }
    if inner == 1 {
        return data.chunks_exact(reduced).map(mean).collect();
    }
    let mut means = Vec::with_capacity(outer * inner);
    for block in data.chunks_exact((reduced * inner).max(1)) {
        let first: Vec<f64> = block[..inner].iter().map(|&x| f64::from(x)).collect();
        let sums = column_sums(block, inner, |x, j| f64::from(x) - first[j]);
        means.extend(sums.iter().zip(&first).enumerate().map(|(j, (sum, first))| {
            let mean = first + sum / reduced as f64;
            // Where a number isn't finite, the plain sum says which infinity the mean is, or that it's none.
            let plain = || block.iter().skip(j).step_by(inner).map(|&x| f64::from(x)).sum::<f64>() / reduced as f64;
            if mean.is_finite() { mean } else { plain() }
        }));
    }
    means
}

/// Σ (x − mean)² over the second of the sizes [outer, reduced, inner], as [outer, inner].
pub(crate) fn squares(data: &[Real], [outer, reduced, inner]: [usize; 3], means: &[f64]) -> Vec<f64> {
    if reduced == 0 {
        return vec![0.0; outer * inner];
    }
    if inner == 1 {
        let lines = data.chunks_exact(reduced).zip(means);
        return lines.map(|(line, mean)| sum(line, &|x| (f64::from(x) - mean).powi(2))).collect();
    }
    let blocks = data.chunks_exact((reduced * inner).max(1)).zip(means.chunks_exact(inner.max(1)));
    blocks.flat_map(|(block, means)| column_sums(block, inner, |x, j| (f64::from(x) - means[j]).powi(2))).collect()
}

fn mean(line: &[Real]) -> f64 {
    let (first, count) = (f64::from(line[0]), line.len() as f64);
    let mean = first + sum(line, &|x| f64::from(x) - first) / count;
    if mean.is_finite() { mean } else { sum(line, &|x| f64::from(x)) / count }
}

/// Σ f(x).
fn sum(line: &[Real], f: &(impl Fn(Real) -> f64 + Sync)) -> f64 {
    if line.len() <= BLOCK {
        return simd(
            #[inline(always)]
            || {
                const LANES: usize = 16;
                let mut lanes = [0.0; LANES];
                let mut chunks = line.chunks_exact(LANES);
                for chunk in &mut chunks {
                    lanes.iter_mut().zip(chunk).for_each(|(lane, &x)| *lane += f(x));
                }
                let rest: f64 = chunks.remainder().iter().map(|&x| f(x)).sum();
                lanes.iter().sum::<f64>() + rest
            },
        );
    }
    let half = (line.len() / 2).next_multiple_of(BLOCK);
    let (left, right) = line.split_at(half);
    let (a, b) = if line.len() >= PAR_MIN {
        rayon::join(|| sum(left, f), || sum(right, f))
    } else {
        (sum(left, f), sum(right, f))
    };
    a + b
}

/// Σ f(x, column) for every column of rows of `width` numbers.
fn column_sums(block: &[Real], width: usize, f: impl Fn(Real, usize) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    simd(
        #[inline(always)]
        || {
            for row in block.chunks_exact(width.max(1)) {
                sums.iter_mut().zip(row).enumerate().for_each(|(j, (sum, &x))| *sum += f(x, j));
            }
        },
    );
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_exactly_their_mean_and_no_deviation() {
        for value in [1.0, 0.1, 1e-30, 3e38, -7.3] {
            for [outer, reduced, inner] in [[1, 41, 1], [2, 100_003, 1], [2, 41, 3], [1, 1, 1]] {
                let (data, sizes) = (vec![value; outer * reduced * inner], [outer, reduced, inner]);
                let means = means(&data, sizes);
                assert_eq!(means, vec![f64::from(value); outer * inner]);
                assert_eq!(squares(&data, sizes, &means), vec![0.0; outer * inner]);
            }
        }
    }

    #[test]
    fn infinities_and_nothing_have_the_means_that_arithmetic_gives_them() {
        let inf = Real::INFINITY;
        for sizes in [[1, 2, 1], [1, 2, 2]] {
            let mean = |a: Real, b: Real| means(&if sizes[2] == 1 { vec![a, b] } else { vec![a, a, b, b] }, sizes)[0];
            assert_eq!((mean(inf, 1.0), mean(1.0, -inf)), (f64::INFINITY, f64::NEG_INFINITY));
            assert!(mean(inf, -inf).is_nan() && mean(Real::NAN, 1.0).is_nan());
        }
        assert!(means(&[], [1, 0, 1])[0].is_nan() && means(&[], [0, 3, 1]).is_empty());
    }
}
