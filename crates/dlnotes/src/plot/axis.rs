//! An axis: which values it covers, where each lies, which are labelled.

use super::ink::Ink;
use super::text::{decimal, ems, superscript};

/// Values beyond this are kept off the axes, so that sums and differences of limits stay finite.
const LARGEST: f64 = 1e300;
/// Values more than this many lengths of the axis away are moved nearer, so that clipping stays finite.
const FARTHEST: f64 = 1e6;
/// The narrowest axis, relative to the values on it: below, `f64` cannot tell its ticks apart.
const NARROWEST: f64 = 1e-10;

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
        let (lo, hi) = (range.0.clamp(-LARGEST, LARGEST), range.1.clamp(-LARGEST, LARGEST));
        if log {
            let (lo, hi) = (lo.max(1.0 / LARGEST).log10(), hi.max(1.0 / LARGEST).log10());
            let (lo, hi) = if hi - lo > NARROWEST { (lo, hi) } else { (lo - 0.5, hi + 0.5) };
            let span = hi - lo;
            let limit = LARGEST.log10();
            let power = |exponent: f64| 10f64.powf(exponent.clamp(-limit, limit));
            return Axis { lo: power(lo - pad.0 * span), hi: power(hi + pad.1 * span), log, whole: false };
        }
        let size = lo.abs().max(hi.abs());
        let span = hi - lo;
        if span > size * NARROWEST && span > f64::MIN_POSITIVE {
            return Axis { lo: lo - pad.0 * span, hi: hi + pad.1 * span, log, whole: false };
        }
        let widen = if size > f64::MIN_POSITIVE { size / 2.0 } else { 1.0 };
        Axis { lo: lo - widen, hi: hi + widen, log, whole: false }
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
        let least = if self.whole { 1.0 } else { 0.0 };
        let step = nice_step((hi - lo) / room.max(2) as f64).max(least);
        // Ends that lie a rounding error inside the next tick still get it.
        let slack = step * 1e-6;
        let (first, last) = (((lo - slack) / step).ceil(), ((hi + slack) / step).floor());
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
        if last - first < 1 {
            // Less than two decades: plain numbers tell more than powers.
            return Axis { log: false, ..*self }.linear_ticks(room);
        }
        let every = ((last - first) as usize).div_ceil(room.max(2)) as i32;
        let major = (first..=last)
            .filter(|decade| (decade - first) % every == 0)
            .map(|decade| (10f64.powi(decade), format!("10{}", superscript(decade))))
            .collect();
        let between = |decade: i32| {
            let digits = if every == 1 { 2..=9 } else { 1..=1 };
            digits.map(move |digit| f64::from(digit) * 10f64.powi(decade))
        };
        let minor = (first - 1..=last).flat_map(between).filter(|v| (lo..=hi).contains(v)).collect();
        Ticks { major, minor, factor: String::new() }
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
        assert_eq!(labels(2.0, 8.0, true).0, ["2", "4", "6", "8"]);
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
