//! One data set in parts.

use super::Dataset;
use crate::Real;
use crate::tensor::error::{counted, fail};
use crate::tensor::permutation;

/// Distributes the samples at random over parts of the given shares: training, validation and test sets, say (notes,
/// 模型选择). Every sample lands in exactly one part; the crate's generator shuffles, so [`seed`](crate::tensor::seed)
/// repeats a split.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Dataset::from((&Tensor::randn([10, 3]), &Tensor::zeros([10])));
/// let [train, valid, test] = random_split(&data, [0.6, 0.2, 0.2]);
/// assert_eq!((train.len(), valid.len(), test.len()), (6, 2, 2));
/// ```
///
/// # Panics
/// If a share is negative or NaN, they don't add up to 1, or a part with a share would get no sample.
#[must_use]
#[track_caller]
pub fn random_split<const PARTS: usize>(data: &Dataset, shares: [Real; PARTS]) -> [Dataset; PARTS] {
    let mut parts = parts(data, &shares).into_iter();
    std::array::from_fn(|_| parts.next().expect("a part for each share"))
}

#[track_caller]
fn parts(data: &Dataset, shares: &[Real]) -> Vec<Dataset> {
    let ends = ends(data.len(), shares);
    let order = permutation(data.len());
    (0..ends.len()).map(|i| data.subset(&order[if i == 0 { 0 } else { ends[i - 1] }..ends[i]])).collect()
}

/// Where each part ends.
#[track_caller]
fn ends(samples: usize, shares: &[Real]) -> Vec<usize> {
    let total: f64 = shares.iter().map(|&share| f64::from(share)).sum();
    // The comparison is false for NaN.
    if !(shares.iter().all(|&share| share >= 0.0) && (total - 1.0).abs() < 1e-4) {
        fail(
            "random_split",
            format!("the shares {shares:?} add up to {total}: they must be 0 or more, and 1 together"),
        );
    }
    let mut sum = 0.0;
    let mut start = 0;
    let mut ends = Vec::with_capacity(shares.len());
    for &share in shares {
        sum += f64::from(share);
        let end = ((sum / total * samples as f64).round() as usize).clamp(start, samples);
        if share > 0.0 && end == start {
            fail(
                "random_split",
                format!("{} can't give a share of {share}: that part would be empty", counted(samples, "sample")),
            );
        }
        ends.push(end);
        start = end;
    }
    ends
}
