//! What a control is, whatever it looks like in a front end.

use super::positions::round_step;
use crate::words::say;

/// What a reader moves: a slider, a choice, a switch, a clock. Where it stands is a number: a slider's value, the index of
/// a choice, 0 or 1 for a toggle.
///
/// ```
/// use dlnotes_display::controls::Control;
/// let degree = Control::slider(0.0, 19.0, true).label("degree").start(3.0);
/// assert_eq!(degree.text(3.0), "3");
/// assert_eq!(degree.positions(5), [0.0, 3.0, 5.0, 10.0, 14.0, 19.0]);
/// ```
#[derive(Debug, PartialEq)]
pub struct Control {
    /// What stands beside it.
    pub label: String,
    /// What it looks like and where it can stand.
    pub kind: Kind,
    /// Where it starts.
    pub start: f64,
    /// Digits behind the point, where the author has said so.
    pub digits: Option<usize>,
    /// Whether it is the one that moves in a page of [`Frames`](super::Frames).
    pub moves: bool,
    /// Which coordinate of a click into the figure it follows.
    pub click: Option<Click>,
}

/// A coordinate of the place where a reader clicks into a figure.
///
/// ```
/// use dlnotes_display::controls::{Click, Control};
/// let start = Control::slider(-5.0, 5.0, false).click(Click::X);
/// assert_eq!(start.click, Some(Click::X));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Click {
    /// Along the figure's horizontal axis.
    X,
    /// Along its vertical axis.
    Y,
}

/// Written out, because a derived one is compiled again in each cell that copies a control.
impl Clone for Control {
    fn clone(&self) -> Self {
        let Self { label, kind, start, digits, moves, click } = self;
        Self { label: label.clone(), kind: kind.clone(), start: *start, digits: *digits, moves: *moves, click: *click }
    }
}

/// What a control looks like and where it can stand.
///
/// ```
/// use dlnotes_display::controls::Kind;
/// let degree = Kind::Slider { from: 0.0, to: 19.0, step: 1.0, whole: true };
/// assert!(matches!(degree, Kind::Slider { whole: true, .. }));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A slider with even steps.
    Slider {
        /// The smallest value.
        from: f64,
        /// The largest value.
        to: f64,
        /// The distance of two positions.
        step: f64,
        /// Whether it stands at whole numbers only.
        whole: bool,
    },
    /// A slider over powers of ten.
    LogSlider {
        /// The smallest value, above 0.
        from: f64,
        /// The largest value.
        to: f64,
        /// The distance of two positions as a part of a power of ten: 0.1 are ten positions from 1 to 10.
        step: f64,
    },
    /// A choice of one among several.
    Choice {
        /// Their names.
        options: Vec<String>,
    },
    /// On or off.
    Toggle,
    /// A clock that goes through whole numbers.
    Play {
        /// The first one.
        from: f64,
        /// The last one.
        to: f64,
        /// How far it goes at once.
        step: f64,
        /// Milliseconds between two of them.
        interval: f64,
    },
}

/// Whole numbers beyond this aren't exact any more.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;
/// How many steps a slider has unless its author says how large they are.
const STEPS: f64 = 100.0;

impl Control {
    fn new(kind: Kind, start: f64) -> Self {
        Self { label: String::new(), kind, start, digits: None, moves: false, click: None }
    }

    /// A slider from `from` to `to`, over whole numbers or in a hundred steps; it starts at `from`.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::slider(0.0, 1.0, false).text(0.25), "0.25");
    /// ```
    ///
    /// # Panics
    /// If the range is empty or not finite.
    #[track_caller]
    pub fn slider(from: f64, to: f64, whole: bool) -> Self {
        range("slider", from, to);
        if whole && from.abs().max(to.abs()) > LARGEST_WHOLE {
            panic!("slider: {from} to {to}: whole numbers stay below 2⁵³ here");
        }
        let step = if whole { 1.0 } else { round_step((to - from) / STEPS) };
        Self::new(Kind::Slider { from, to, step, whole }, from)
    }

    /// A slider over powers of ten from `from` to `to`, with ten positions to each; it starts at `from`.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// let rate = Control::log_slider(1e-4, 1.0);
    /// assert_eq!(rate.positions(5), [1e-4, 1e-3, 1e-2, 1e-1, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the range is empty, not finite or doesn't begin above 0.
    #[track_caller]
    pub fn log_slider(from: f64, to: f64) -> Self {
        range("log_slider", from, to);
        if from <= 0.0 {
            panic!("log_slider: {from} to {to}: powers of ten are above 0; begin there, or take `slider`");
        }
        Self::new(Kind::LogSlider { from, to, step: 0.1 }, from)
    }

    /// A choice of one of `options`; it starts with the first.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// let norm = Control::choice(vec!["L1".into(), "L2".into()]);
    /// assert_eq!(norm.text(1.0), "L2");
    /// ```
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    pub fn choice(options: Vec<String>) -> Self {
        if options.is_empty() {
            panic!("choice: there is nothing to choose from; give at least one option");
        }
        Self::new(Kind::Choice { options: options.iter().map(|option| say(option)).collect() }, 0.0)
    }

    /// A switch.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::toggle(true).text(1.0), "on");
    /// ```
    pub fn toggle(on: bool) -> Self {
        Self::new(Kind::Toggle, f64::from(u8::from(on)))
    }

    /// A clock that goes through the whole numbers from `from` to `to`, ten a second.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::play(1.0, 3.0).positions(20), [1.0, 2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If the range is empty or not finite.
    #[track_caller]
    pub fn play(from: f64, to: f64) -> Self {
        range("play", from, to);
        Self::new(Kind::Play { from, to, step: 1.0, interval: 100.0 }, from)
    }

    /// What stands beside it.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::toggle(false).label("dropout").label, "dropout");
    /// ```
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        self.label = say(label);
        self
    }

    /// Where it starts.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::slider(0.0, 19.0, true).start(3.0).start, 3.0);
    /// ```
    ///
    /// # Panics
    /// If it can't stand there.
    #[must_use]
    #[track_caller]
    pub fn start(mut self, start: f64) -> Self {
        let (from, to) = self.ends();
        if !(from..=to).contains(&start) {
            panic!("start: {start} is not in the control's range, {from} to {to}");
        }
        self.start = start;
        self
    }

    /// How far it goes at once; of a slider over powers of ten, as a part of one power.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::slider(0.0, 1.0, false).step(0.25).positions(20), [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the step is not above 0, if it isn't whole where the positions are, or if the control has no steps.
    #[must_use]
    #[track_caller]
    pub fn step(mut self, size: f64) -> Self {
        if !(size.is_finite() && size > 0.0) {
            panic!("step: {size}: a step is a number above 0");
        }
        match &mut self.kind {
            Kind::Slider { whole: true, .. } | Kind::Play { .. } if size.fract() != 0.0 => {
                panic!("step: {size} between whole numbers; give a whole step")
            }
            Kind::Slider { step, .. } | Kind::LogSlider { step, .. } | Kind::Play { step, .. } => *step = size,
            Kind::Choice { .. } | Kind::Toggle => panic!("step: only sliders and clocks have steps"),
        }
        self
    }

    /// How many digits its number has behind the point.
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert_eq!(Control::slider(0.0, 1.0, false).digits(3).text(0.25), "0.250");
    /// ```
    #[must_use]
    pub fn digits(mut self, digits: usize) -> Self {
        self.digits = Some(digits.min(12));
        self
    }

    /// Milliseconds between two steps of a clock.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Kind};
    /// let clock = Control::play(0.0, 9.0).interval(500.0);
    /// assert!(matches!(clock.kind, Kind::Play { interval: 500.0, .. }));
    /// ```
    ///
    /// # Panics
    /// If the time is not above 0, or if it isn't a clock.
    #[must_use]
    #[track_caller]
    pub fn interval(mut self, milliseconds: f64) -> Self {
        if !(milliseconds.is_finite() && milliseconds >= 1.0) {
            panic!("interval: {milliseconds} ms: give at least one");
        }
        match &mut self.kind {
            Kind::Play { interval, .. } => *interval = milliseconds,
            _ => panic!("interval: only a clock, `play`, has one"),
        }
        self
    }

    /// Makes it the one of several controls that moves in a page of [`Frames`](super::Frames).
    ///
    /// ```
    /// use dlnotes_display::controls::Control;
    /// assert!(Control::toggle(false).moves_in_frames().moves);
    /// ```
    #[must_use]
    pub fn moves_in_frames(mut self) -> Self {
        self.moves = true;
        self
    }

    /// Makes it follow a coordinate of the place where a reader clicks into the figure below.
    ///
    /// ```
    /// use dlnotes_display::controls::{Click, Control};
    /// let y = Control::slider(0.0, 1.0, false).click(Click::Y);
    /// assert_eq!(y.accept(7.0), Some(1.0));             // a click beside the control's range moves it to its end
    /// ```
    ///
    /// # Panics
    /// If it isn't a slider.
    #[must_use]
    #[track_caller]
    pub fn click(mut self, coordinate: Click) -> Self {
        if !matches!(self.kind, Kind::Slider { .. } | Kind::LogSlider { .. }) {
            panic!("click: only sliders follow a click into the figure");
        }
        self.click = Some(coordinate);
        self
    }
}

#[track_caller]
fn range(what: &str, from: f64, to: f64) {
    if !(from.is_finite() && to.is_finite()) {
        panic!("{what}: {from} to {to}: both ends must be finite numbers");
    }
    if from >= to {
        panic!("{what}: {from} to {to} is an empty range; give the smaller number first");
    }
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
