//! Bins for values that are all multiples of one step, such as shares out of 100.
//!
//! Equal bins between the lowest and the highest value hold now four of the possible values and now five: peaks that the
//! data don't have. Bins of a whole number of steps, whose edges lie between two possible values, hold equally many.

use crate::plot::marks::bins::Bins;

/// Where a bin holds more possible values than this, one more or less can't be seen.
const MOST: f64 = 60.0;
/// Rounding of values that were computed in single precision, relative to the largest.
const ROUNDING: f64 = 4.0 * f32::EPSILON as f64;
/// How far a value may lie beside a multiple of the step, as a part of it.
const BESIDE: f64 = 1e-3;
/// Different values that nobody takes for multiples of one step by chance, if none of them occurs twice.
const EVIDENCE: usize = 10;

/// About `bins` bins that hold equally many possible values each; nothing where the values are not multiples of one step,
/// or bins between the lowest and the highest do as well.
pub(crate) fn aligned(values: impl Iterator<Item = f64>, bins: usize) -> Option<Bins> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len();
    let (&low, &high) = (sorted.first()?, sorted.last()?);
    let rounding = ROUNDING * low.abs().max(high.abs());
    sorted.dedup_by(|next, kept| *next - *kept <= rounding);
    if sorted.len() < 3 || sorted.len() == count && count < EVIDENCE {
        return None;
    }
    let step = step(&sorted, rounding, MOST * bins as f64)?;
    let places = ((high - low) / step).round() as usize + 1;
    if does_as_well(places, bins) {
        return None;
    }
    let each = each(places, bins);
    let count = places.div_ceil(each);
    // The last bin has room left: half of it goes to the first.
    let before = (count * each - places) / 2;
    Some(Bins { low: low - (0.5 + before as f64) * step, width: each as f64 * step, count })
}

/// The step that all of `values` (ascending, different) are apart by multiples of, if there are at most `most` steps.
fn step(values: &[f64], rounding: f64, most: f64) -> Option<f64> {
    let (low, range) = (values[0], values[values.len() - 1] - values[0]);
    let smallest = values.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let part = |parts: f64| range / (range * parts / smallest).round();
    let fits = |step: f64| {
        let beside = |value: &f64| {
            let steps = (value - low) / step;
            (steps - steps.round()).abs() * step
        };
        values.iter().all(|value| beside(value) <= rounding + BESIDE * step)
    };
    // Neighbours that are two steps apart, and others three, are one step apart in truth.
    let mut steps = (1..=4).map(|parts| part(f64::from(parts)));
    steps.find(|&step| step > 20.0 * rounding && range / step <= most && fits(step))
}

/// Whether even bins from the first to the last of `places` possible values hold equally many, and none lies on an edge.
fn does_as_well(places: usize, bins: usize) -> bool {
    if places < bins {
        return false;
    }
    let mut held = vec![0_usize; bins];
    for place in 0..places {
        let at = place as f64 * bins as f64 / (places - 1) as f64;
        if place > 0 && place + 1 < places && (at - at.round()).abs() < 1e-6 {
            return false;
        }
        held[(at as usize).min(bins - 1)] += 1;
    }
    held.iter().all(|&count| count == held[0])
}

/// How many possible values a bin should hold: about as many as asked for, and so that the last bin is full.
fn each(places: usize, bins: usize) -> usize {
    let wanted = (places as f64 / bins as f64).max(1.0);
    let cost = |each: usize| {
        let missing = places.div_ceil(each) * each - places;
        (each as f64 / wanted).ln().abs() + 4.0 * missing as f64 / places as f64
    };
    let around = ((wanted / 1.5).floor().max(1.0) as usize)..=((wanted * 1.5).ceil() as usize);
    around.min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[f64], bins: usize) -> Option<Vec<usize>> {
        let bins = aligned(values.iter().copied(), bins)?;
        let mut counts = vec![0; bins.count];
        for value in values {
            counts[((value - bins.low) / bins.width) as usize] += 1;
        }
        Some(counts)
    }

    #[test]
    fn shares_out_of_100_have_no_false_peaks() {
        let shares: Vec<f64> = (0..100).map(|i| f64::from(i as f32 / 100.0)).collect();
        assert_eq!(counts(&shares, 25), None, "even bins hold four each");
        assert_eq!(counts(&shares, 30), Some(vec![4; 25]));
        let shares: Vec<f64> = (0..=100).map(|i| f64::from(i as f32 / 100.0)).collect();
        let counts = counts(&shares, 25).unwrap();
        assert_eq!(counts[1..counts.len() - 1], vec![4; counts.len() - 2]);
    }

    #[test]
    fn values_without_a_step_keep_the_bins_asked_for() {
        let sines: Vec<f64> = (0..300).map(|i| f64::from(i).sin()).collect();
        assert_eq!(counts(&sines, 20), None);
        assert_eq!(counts(&[0.13, 0.13, 0.77], 10), None);
        assert_eq!(counts(&[], 10), None);
        // One bin for each already.
        assert_eq!(counts(&[0.0, 1.0, 2.0, 2.0, 3.0], 4), None);
    }

    #[test]
    fn a_step_is_found_where_neighbours_are_missing() {
        assert_eq!(step(&[0.0, 2.0, 5.0, 8.0], 1e-6, 100.0), Some(1.0));
        assert_eq!(step(&[0.0, 3.0, 6.0, 9.0], 1e-6, 100.0), Some(3.0));
        assert_eq!(step(&[0.0, 1.0, 1.618, 2.617], 1e-6, 100.0), None);
    }
}
