//! Which trials are hopeless.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The median rule: a trial is ended early if the best value that it has reported is worse than the median of what the
/// trials that are done had reported at the same step. It is the rule of Optuna's `MedianPruner`.
///
/// D. Golovin, B. Solnik, S. Moitra, G. Kochanski, J. Karro, D. Sculley: Google Vizier: a service for black-box
/// optimization. KDD 2017.
///
/// ```
/// use dlnotes_sweep::Median;
/// assert_eq!(Median::default(), Median { startup: 5, warmup: 0 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Median {
    /// None is ended before so many trials have a value.
    pub startup: usize,
    /// None is ended before it has reported this step.
    pub warmup: u64,
}

/// Five trials, and from the first step on.
impl Default for Median {
    fn default() -> Self {
        Self { startup: 5, warmup: 0 }
    }
}

/// What a trial has reported, by step; NaN for what wasn't finite.
pub(crate) type Curve = BTreeMap<u64, f64>;

/// What the trials that are done had reported.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    count: usize,
    steps: BTreeMap<u64, Vec<f64>>,
}

impl Finished {
    pub(crate) fn add(&mut self, curve: &Curve) {
        self.count += 1;
        for (step, value) in curve.iter().filter(|(_, value)| !value.is_nan()) {
            self.steps.entry(*step).or_default().push(*value);
        }
    }

    fn median(&self, step: u64) -> Option<f64> {
        let mut values = self.steps.get(&step)?.clone();
        values.sort_by(f64::total_cmp);
        let half = values.len() / 2;
        Some(if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) })
    }
}

impl Median {
    /// The step and the value at which a trial is ended, if it is hopeless.
    pub(crate) fn judge(self, curve: &Curve, finished: &Finished, maximize: bool) -> Option<(u64, f64)> {
        let (step, last) = curve.last_key_value()?;
        if finished.count < self.startup.max(1) || *step < self.warmup {
            return None;
        }
        // One that has never been finite won't be; `min` and `max` take the other number.
        let values = curve.values().copied();
        let best = if maximize { values.fold(f64::NAN, f64::max) } else { values.fold(f64::NAN, f64::min) };
        let is_hopeless = best.is_nan()
            || finished.median(*step).is_some_and(|median| if maximize { best < median } else { best > median });
        is_hopeless.then_some((*step, *last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Curve {
        (0..).zip(values.iter().copied()).collect()
    }

    fn finished(curves: &[&[f64]]) -> Finished {
        let mut finished = Finished::default();
        curves.iter().for_each(|values| finished.add(&curve(values)));
        finished
    }

    #[test]
    fn a_trial_is_hopeless_where_its_best_is_worse_than_the_median() {
        let rule = Median { startup: 4, warmup: 0 };
        let done = finished(&[&[1.0, 0.8], &[1.0, 0.6], &[1.0, 0.4], &[1.0, f64::NAN, 0.1]]);
        // The median at step 1 is 0.6, at step 0 it is 1, at step 2 one trial says what it was, at step 3 none does.
        for (values, judged) in [
            (&[1.0][..], None),
            (&[1.1], Some((0, 1.1))),
            (&[1.0, 0.6], None),
            (&[1.0, 0.61], Some((1, 0.61))),
            (&[0.5, 0.9], None),
            (&[1.0, 0.3, 0.2], Some((2, 0.2))),
            (&[1.0, 0.3, 0.2, 9.0], None),
            (&[f64::NAN, 0.5], None),
            (&[], None),
        ] {
            assert_eq!(rule.judge(&curve(values), &done, false), judged, "{values:?}");
        }
        let (step, last) = rule.judge(&curve(&[f64::NAN, f64::NAN]), &done, false).unwrap();
        assert!(step == 1 && last.is_nan());
        // Of four values the median is between the second and the third.
        let even = finished(&[&[1.0], &[2.0], &[4.0], &[8.0]]);
        assert_eq!(rule.judge(&curve(&[3.0]), &even, false), None);
        assert_eq!(rule.judge(&curve(&[3.1]), &even, false), Some((0, 3.1)));
    }

    #[test]
    fn where_larger_is_better_it_is_the_other_way_round() {
        let done = finished(&[&[0.5], &[0.7], &[0.9]]);
        let rule = Median { startup: 1, warmup: 0 };
        assert_eq!(rule.judge(&curve(&[0.6]), &done, true), Some((0, 0.6)));
        assert_eq!(rule.judge(&curve(&[0.7]), &done, true), None);
        assert_eq!(rule.judge(&curve(&[0.6]), &done, false), None);
    }

    #[test]
    fn in_the_beginning_none_is() {
        let done = finished(&[&[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0]]);
        let worse = curve(&[2.0, 2.0]);
        assert_eq!(Median { startup: 3, warmup: 0 }.judge(&worse, &done, false), None);
        assert_eq!(Median { startup: 2, warmup: 2 }.judge(&worse, &done, false), None);
        assert_eq!(Median { startup: 2, warmup: 1 }.judge(&worse, &done, false), Some((1, 2.0)));
        // Without a trial that is done there is nothing to compare with.
        let nothing = curve(&[f64::NAN]);
        assert_eq!(Median { startup: 0, warmup: 0 }.judge(&nothing, &Finished::default(), false), None);
    }
}
