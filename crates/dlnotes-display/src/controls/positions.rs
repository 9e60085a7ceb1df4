//! Where a control can stand, and what its positions are called.

use super::{Control, Kind};
use crate::words::tell;

impl Control {
    /// The smallest and the largest number that it can stand at.
    pub(super) fn ends(&self) -> (f64, f64) {
        match &self.kind {
            Kind::Slider { from, to, .. } | Kind::LogSlider { from, to, .. } | Kind::Play { from, to, .. } => {
                (*from, *to)
            }
            Kind::Choice { options } => (0.0, options.len() as f64 - 1.0),
            Kind::Toggle => (0.0, 1.0),
        }
    }

    /// Where it stands when a page says `value`: inside its range, at a whole number where it has no others. A page may
    /// say anything; what isn't a number leaves it where it is (`None`).
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// let degree = Control::slider(0.0, 19.0, true);
    /// assert_eq!((degree.accept(3.4), degree.accept(1e9), degree.accept(f64::NAN)), (Some(3.0), Some(19.0), None));
    /// ```
    pub fn accept(&self, value: f64) -> Option<f64> {
        if value.is_nan() {
            return None;
        }
        let (from, to) = self.ends();
        let whole = !matches!(self.kind, Kind::Slider { whole: false, .. } | Kind::LogSlider { .. });
        Some(if whole { value.round().clamp(from, to) } else { value.clamp(from, to) })
    }

    /// At most `most` of its positions, evenly, and the one that it starts at.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::slider(0.0, 100.0, true).positions(3), [0.0, 50.0, 100.0]);
    /// ```
    pub fn positions(&self, most: usize) -> Vec<f64> {
        let (from, to) = self.ends();
        let count = match &self.kind {
            Kind::Slider { step, .. } | Kind::Play { step, .. } => steps((to - from) / step),
            Kind::LogSlider { step, .. } => steps((to / from).log10() / step),
            Kind::Choice { options } => options.len() - 1,
            Kind::Toggle => 1,
        };
        let value = |index: usize| match &self.kind {
            Kind::Slider { step, whole: false, .. } => tidy(from + index as f64 * step),
            Kind::Slider { step, .. } | Kind::Play { step, .. } => from + index as f64 * step,
            Kind::LogSlider { step, .. } => tidy(from * 10f64.powf(index as f64 * step)),
            Kind::Choice { .. } | Kind::Toggle => index as f64,
        };
        let shown = (count + 1).min(most.max(2));
        let mut indices: Vec<usize> = match shown {
            1 => vec![0],
            _ => (0..shown).map(|i| (i as f64 * count as f64 / (shown - 1) as f64).round() as usize).collect(),
        };
        indices.dedup();
        let mut values: Vec<f64> = indices.into_iter().map(|index| value(index).clamp(from, to)).collect();
        if !values.iter().any(|value| close(*value, self.start)) {
            values.push(self.start);
            values.sort_by(f64::total_cmp);
        }
        values
    }

    /// What a position is called.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::log_slider(1e-8, 1.0).text(1e-8), "1e-8");
    /// ```
    pub fn text(&self, value: f64) -> String {
        match (&self.kind, self.digits) {
            (Kind::Choice { options }, _) => options.get(value as usize).cloned().unwrap_or_default(),
            (Kind::Toggle, _) => {
                if value == 0.0 {
                    tell("off", &[])
                } else {
                    tell("on", &[])
                }
            }
            (_, Some(digits)) => with_minus(&format!("{value:.digits$}")),
            (Kind::LogSlider { .. }, None) => three_digits(value),
            _ => with_minus(&tidy(value).to_string()),
        }
    }

    /// Its name and what it stands at, such as `degree = 3`.
    pub(crate) fn standing(&self, value: f64) -> String {
        if self.label.is_empty() { self.text(value) } else { format!("{} = {}", self.label, self.text(value)) }
    }
}

/// Where controls stand before anybody moves them, in the edition's language.
///
/// ```
/// use dlnotes_display::controls::{Control, standing};
/// let controls = [Control::slider(0.0, 19.0, true).label("degree").start(3.0), Control::toggle(true)];
/// assert_eq!(standing(&controls), "degree = 3, on");
/// ```
pub fn standing<'a>(controls: impl IntoIterator<Item = &'a Control>) -> String {
    let all: Vec<String> = controls.into_iter().map(|control| control.standing(control.start)).collect();
    all.join(&tell(", ", &[]))
}

fn steps(count: f64) -> usize {
    (count + 1e-6).clamp(0.0, 1e9).floor() as usize
}

/// 1, 2 or 5 times a power of ten, near `step`.
pub(super) fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| step <= times * power * (1.0 + 1e-9)).unwrap_or(10.0);
    tidy(times * power)
}

/// Without the last digits, which are rounding.
fn tidy(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// With the sign that figures and front ends have, which is as wide as a plus.
fn with_minus(number: &str) -> String {
    number.replace('-', "−")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

fn three_digits(value: f64) -> String {
    let short: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    if (1e-3..1e5).contains(&short.abs()) { short.to_string() } else { format!("{short:e}") }
}
