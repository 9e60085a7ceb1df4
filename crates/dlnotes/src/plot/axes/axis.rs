//! An axis: which values it covers, where each lies, which are labelled.

use crate::plot::page::ink::Ink;
use crate::plot::page::text::{decimal, ems, number, superscript};

/// Values beyond this are kept off the axes, so that sums and differences of limits stay finite.
pub(crate) const LARGEST: f64 = 1e300;
/// Values more than this many lengths of the axis away are moved nearer, so that clipping stays finite.
const FARTHEST: f64 = 1e6;
/// The narrowest axis, relative to the values on it: below, `f64` cannot tell its ticks apart.
pub(crate) const NARROWEST: f64 = 1e-10;
/// The smallest number above 0.
pub(crate) const SMALLEST: f64 = 5e-324;
/// Decades from which on a log axis is labelled with powers of ten; below, with 1, 2, 5, 10, 20, …
const POWERS_FROM: f64 = 3.0;

/// The values that an axis covers, from the left (or bottom) to the right (or top).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    pub(crate) log: bool,
    /// Whether only whole numbers are labelled.
    pub(crate) whole: bool,
}

/// What stands at an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ticks {
    /// Value and label of each labelled tick.
    pub(crate) major: Vec<(f64, String)>,
    /// Values of the faint lines between them.
    pub(crate) minor: Vec<f64>,
    /// A power of ten that all labels were divided by, such as `×10⁻⁵`.
    pub(crate) factor: String,
}

impl Axis {
    /// An axis over `range`, with `pad` of its length added on either side; a flat range is widened.
    pub(crate) fn over(range: (f64, f64), pad: (f64, f64), log: bool) -> Axis {
        if log {
            let (lo, hi) = (range.0.max(SMALLEST).log10(), range.1.max(SMALLEST).log10());
            let (lo, hi) = if hi - lo > NARROWEST { (lo, hi) } else { (lo - 0.5, hi + 0.5) };
            let span = hi - lo;
            let power = |exponent: f64| 10f64.powf(exponent).clamp(SMALLEST, f64::MAX);
            return Axis { lo: power(lo - pad.0 * span), hi: power(hi + pad.1 * span), log, whole: false };
        }
        let (lo, hi) = (range.0.clamp(-LARGEST, LARGEST), range.1.clamp(-LARGEST, LARGEST));
        let size = lo.abs().max(hi.abs());
        let span = hi - lo;
        if span > size * NARROWEST && span > f64::MIN_POSITIVE {
            return Axis { lo: lo - pad.0 * span, hi: hi + pad.1 * span, log, whole: false };
        }
        let widen = if size > f64::MIN_POSITIVE { size / 2.0 } else { 1.0 };
        Axis { lo: lo - widen, hi: hi + widen, log, whole: false }
    }

    /// An axis from one value to another, which may run backwards; one too narrow for `f64` is widened.
    pub(crate) fn between(from: f64, to: f64, log: bool) -> Axis {
        let axis = Axis::over((from.min(to), from.max(to)), (0.0, 0.0), log);
        let exact = |limit: f64, end: f64| if (limit / end - 1.0).abs() < 1e-9 { limit } else { end };
        let (lo, hi) = (exact(from.min(to), axis.lo), exact(from.max(to), axis.hi));
        if from < to { Axis { lo, hi, ..axis } } else { Axis { lo: hi, hi: lo, ..axis } }
    }

    /// The axis that covers both; logarithmic if both are.
    pub(crate) fn and(self, other: Axis) -> Axis {
        let (lo, hi) = (self.lo.min(other.lo), self.hi.max(other.hi));
        Axis { lo, hi, log: self.log && other.log, whole: self.whole && other.whole }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end; nothing for a value that has no place.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return None;
        }
        if self.log && value <= 0.0 {
            return None;
        }
        let scale = |v: f64| if self.log { v.log10() } else { v.clamp(-LARGEST, LARGEST) };
        let place = (scale(value) - scale(self.lo)) / (scale(self.hi) - scale(self.lo));
        Some(place.clamp(-FARTHEST, FARTHEST))
    }

    /// Ticks for an axis with room for about `room` labels.
    pub(crate) fn ticks(&self, room: usize) -> Ticks {
        if self.log { self.log_ticks(room) } else { self.linear_ticks(room) }
    }

    fn linear_ticks(&self, room: usize) -> Ticks {
        let (lo, hi) = (self.lo.min(self.hi), self.lo.max(self.hi));
        if hi - lo < f64::MIN_POSITIVE * 1e3 {
            // Steps between the smallest numbers there are can't be computed with.
            return Ticks { major: vec![(lo, number(lo)), (hi, number(hi))], ..Ticks::default() };
        }
        let least = if self.whole { 1.0 } else { 0.0 };
        let step = nice_step((hi - lo) / room.max(2) as f64).max(least);
        // Ends that lie a rounding error inside the next tick still get it.
        let (first, last) = ((lo / step - 1e-6).ceil(), (hi / step + 1e-6).floor());
        let values: Vec<f64> = (0..=(last - first) as usize).map(|i| (first + i as f64) * step).collect();
        let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let exponent = if largest > 0.0 { (largest * 1.000_001).log10().floor() as i32 } else { 0 };
        let shift = if (-3..5).contains(&exponent) { 0 } else { exponent };
        let places = usize::try_from(shift - step.log10().floor() as i32).unwrap_or(0);
        let label = |v: f64| decimal(v / 10f64.powi(shift / 2) / 10f64.powi(shift - shift / 2), places);
        Ticks {
            major: values.into_iter().map(|v| (v, label(v))).collect(),
            minor: Vec::new(),
            factor: if shift == 0 { String::new() } else { format!("×10{}", superscript(shift)) },
        }
    }

    fn log_ticks(&self, room: usize) -> Ticks {
        let (lo, hi) = (self.lo.min(self.hi), self.lo.max(self.hi));
        let (first, last) = ((lo.log10() - 1e-9).ceil() as i32, (hi.log10() + 1e-9).floor() as i32);
        if hi.log10() - lo.log10() < POWERS_FROM {
            let even = || Axis { log: false, ..*self }.linear_ticks(room);
            return self.steps(room).unwrap_or_else(even);
        }
        let every = ((last - first) as usize).div_ceil(room.max(2)) as i32;
        let major = (first..=last)
            .filter(|decade| (decade - first) % every == 0)
            .map(|decade| (scaled(1, decade), format!("10{}", superscript(decade))))
            .collect();
        let between = |decade: i32| {
            let digits = if every == 1 { 2..=9 } else { 1..=1 };
            digits.map(move |digit| scaled(digit, decade))
        };
        let minor = (first - 1..=last).flat_map(between).filter(|v| (lo..=hi).contains(v)).collect();
        Ticks { major, minor, factor: String::new() }
    }
}

impl Axis {
    /// Ticks at 1, 2, 5, 10, 20, …, or at fewer of them where there is no room; nothing where less than three are on the
    /// axis: there even distances tell more.
    fn steps(&self, room: usize) -> Option<Ticks> {
        let (lo, hi) = (self.lo.min(self.hi), self.lo.max(self.hi));
        let decades = (lo.log10().floor() as i32)..=(hi.log10().floor() as i32);
        let (lo, hi) = (lo * (1.0 - 1e-9), (hi * (1.0 + 1e-9)).min(f64::MAX));
        let at = |digits: &[i32]| -> Vec<(i32, i32)> {
            let all = decades.clone().flat_map(|decade| digits.iter().map(move |&digit| (digit, decade)));
            all.filter(|&(digit, decade)| (lo..=hi).contains(&scaled(digit, decade))).collect()
        };
        if at(&[1, 2, 5]).len() < 3 {
            return None;
        }
        // Labels may stand half as close again as on a linear axis: there are few of them, and they are short.
        let most = (room + room / 2).max(3);
        let choices = [&[1, 2, 5][..], &[1, 3], &[1]];
        let chosen = choices.into_iter().map(at).find(|ticks| ticks.len() <= most).unwrap_or_else(|| at(&[1]));
        let plain = chosen.iter().all(|(_, decade)| (-3..5).contains(decade));
        let label = |digit: i32, decade: i32| match digit {
            _ if plain => decimal(scaled(digit, decade), usize::try_from(-decade).unwrap_or(0)),
            1 => format!("10{}", superscript(decade)),
            _ => format!("{digit}×10{}", superscript(decade)),
        };
        let minor = at(&[1, 2, 3, 4, 5, 6, 7, 8, 9]).into_iter().filter(|tick| !chosen.contains(tick));
        Some(Ticks {
            minor: minor.map(|(digit, decade)| scaled(digit, decade)).collect(),
            major: chosen.iter().map(|&(digit, decade)| (scaled(digit, decade), label(digit, decade))).collect(),
            factor: String::new(),
        })
    }
}

impl Ticks {
    /// Names at 0, 1, 2, …; none where a name is empty.
    pub(crate) fn named(names: &[String]) -> Ticks {
        let named = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        let major = named.map(|(i, name)| (i as f64, name.clone())).collect();
        Ticks { major, ..Ticks::default() }
    }

    /// Every second, third, … tick only, so that no more than `room` are left.
    pub(crate) fn thinned(mut self, room: usize) -> Ticks {
        let every = self.major.len().div_ceil(room.max(1)).max(1);
        let mut at = 0;
        self.major.retain(|_| {
            at += 1;
            (at - 1) % every == 0
        });
        self
    }

    /// Width of the widest label in pixels.
    pub(crate) fn width(&self) -> f64 {
        let size = Ink::Tick.font_size();
        self.major.iter().map(|(_, label)| ems(label) * size).fold(0.0, f64::max)
    }
}

/// The next of 1, 2, 5, 10, … (times a power of ten) above `step`.
fn nice_step(step: f64) -> f64 {
    let exponent = step.log10().floor() as i32;
    let digit = [1, 2, 5].into_iter().find(|&digit| scaled(digit, exponent) >= step * 0.999_999);
    digit.map_or_else(|| scaled(1, exponent + 1), |digit| scaled(digit, exponent))
}

/// `digit`·10^`exponent`, rounded once.
fn scaled(digit: i32, exponent: i32) -> f64 {
    format!("{digit}e{exponent}").parse().unwrap_or(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64, log: bool) -> (Vec<String>, String) {
        let ticks = Axis { lo, hi, log, whole: false }.ticks(5);
        (ticks.major.into_iter().map(|(_, label)| label).collect(), ticks.factor)
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(-8.0, 7.9, false).0, ["−5", "0", "5"]);
        assert_eq!(labels(0.0, 0.25, false).0, ["0", "0.05", "0.1", "0.15", "0.2", "0.25"]);
        assert_eq!(labels(1.0, 400.0, false).0, ["100", "200", "300", "400"]);
        let (values, factor) = labels(0.0, 3e-12, false);
        assert_eq!((values[1].as_str(), factor.as_str()), ("1", "×10⁻¹²"));
        let (values, factor) = labels(-1e300, 1e300, false);
        assert_eq!((values.join(" ").as_str(), factor.as_str()), ("−1 −0.5 0 0.5 1", "×10³⁰⁰"));
    }

    #[test]
    fn decades_are_powers_of_ten() {
        assert_eq!(labels(1e-3, 1e2, true).0, ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²"]);
        assert_eq!(labels(1e-12, 1e12, true).0.len(), 5);
    }

    #[test]
    fn below_three_decades_a_log_axis_counts_1_2_5() {
        assert_eq!(labels(1.69, 71.0, true).0, ["2", "5", "10", "20", "50"]);
        assert_eq!(labels(0.01, 0.1, true).0, ["0.01", "0.02", "0.05", "0.1"]);
        assert_eq!(labels(1.0, 900.0, true).0, ["1", "3", "10", "30", "100", "300"]);
        assert_eq!(labels(1e7, 2e8, true).0, ["10⁷", "2×10⁷", "5×10⁷", "10⁸", "2×10⁸"]);
        assert_eq!(labels(70.0, 1.7, true).0, ["2", "5", "10", "20", "50"]);
        // Too short for three of them: even distances.
        assert_eq!(labels(2.0, 8.0, true).0, ["2", "4", "6", "8"]);
        assert_eq!(labels(20.0, 23.0, true).0, ["20", "21", "22", "23"]);
    }

    #[test]
    fn any_range_becomes_an_axis() {
        for (lo, hi) in [(0.0, 0.0), (5.0, 5.0), (1e308, 1e308), (-1e308, 1e308), (0.0, 5e-324), (1e9, 1e9 + 1e-9)] {
            for log in [false, true] {
                let axis = Axis::over((lo, hi), (0.05, 0.05), log);
                assert!(axis.hi > axis.lo && (axis.hi - axis.lo).is_finite(), "{axis:?}");
                let ticks = axis.ticks(5);
                assert!((1..=12).contains(&ticks.major.len()), "{axis:?} {ticks:?}");
            }
        }
    }
}
