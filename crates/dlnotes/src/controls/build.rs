//! Sliders, choices and switches, made step by step.

use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use dlnotes_display::controls::{Click, Control};

use super::input::{Input, Live, Position};

/// A slider or a clock over numbers; [`slider`], [`log_slider`] and [`play`] make one.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::Slider;
/// let degree: Slider<usize> = slider(0..=19).label("degree").start(3).step(1);
/// ```
#[derive(Clone, Debug)]
pub struct Slider<T> {
    control: Control,
    value: PhantomData<fn() -> T>,
}

/// A choice of one among several; [`choice`] makes one.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::Choice;
/// let norm: Choice<&str> = choice(["L1", "L2"]).label("norm").start("L2");
/// ```
#[derive(Clone, Debug)]
pub struct Choice<T> {
    control: Control,
    options: Vec<T>,
}

/// A switch; [`toggle`] makes one.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::Toggle;
/// let dropout: Toggle = toggle(true).label("dropout");
/// ```
#[derive(Clone, Debug)]
pub struct Toggle {
    control: Control,
}

/// A slider over whole or real numbers, which starts at the first one.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(frames(slider(0..=9), |degree| degree + 1).len(), 10);
/// assert_eq!(frames(slider(0.0..=1.0).step(0.25), |p| 1.0 - p).len(), 5);
/// ```
///
/// # Panics
/// If the range is empty or not finite.
#[track_caller]
pub fn slider<T: Position>(range: RangeInclusive<T>) -> Slider<T> {
    Slider::of(Control::slider(range.start().to_f64(), range.end().to_f64(), T::WHOLE))
}

/// A slider over powers of ten, ten positions to each, which starts at the first one.
///
/// ```
/// use dlnotes::prelude::*;
/// let lambdas = log_slider(1e-8..=1.0).label("λ").step(1.0);
/// assert!(frames(lambdas, |lambda| lambda).summary().starts_with("λ = 1e-8 (9 positions, 1e-8 to 1)"));
/// ```
///
/// # Panics
/// If the range is empty, not finite, or doesn't begin above 0.
#[track_caller]
pub fn log_slider<T: Position>(range: RangeInclusive<T>) -> Slider<T> {
    Slider::of(Control::log_slider(range.start().to_f64(), range.end().to_f64()))
}

/// A clock that goes through whole numbers, ten a second, with a slider beside it.
///
/// ```
/// use dlnotes::prelude::*;
/// let epochs = play(1..=5).interval(500).label("epoch");
/// assert_eq!(frames(epochs, |epoch: usize| 1.0 / epoch as f64).len(), 5);
/// ```
///
/// # Panics
/// If the range is empty.
#[track_caller]
pub fn play<T: Position>(range: RangeInclusive<T>) -> Slider<T> {
    Slider::of(Control::play(range.start().to_f64(), range.end().to_f64()))
}

/// A choice of one of `options`; it starts with the first.
///
/// ```
/// use dlnotes::prelude::*;
/// let page = frames(choice([2, 16, 256]).label("units"), |units| Tensor::randn([units]).std().item());
/// assert!(page.summary().starts_with("units = 2 (3 positions, 2 to 256)"));
/// ```
///
/// # Panics
/// If there are none.
#[track_caller]
pub fn choice<T: Clone + Display + 'static>(options: impl IntoIterator<Item = T>) -> Choice<T> {
    let options: Vec<T> = options.into_iter().collect();
    Choice { control: Control::choice(options.iter().map(T::to_string).collect()), options }
}

/// A switch that starts on or off.
///
/// ```
/// use dlnotes::prelude::*;
/// let page = frames(toggle(false).label("bias"), |bias| if bias { 1.0 } else { 0.0 });
/// assert_eq!(page.summary(), "bias = off (2 positions, off to on): 0");
/// ```
pub fn toggle(on: bool) -> Toggle {
    Toggle { control: Control::toggle(on) }
}

/// What all controls have.
macro_rules! builder {
    ([$($parameter:tt)*] $kind:ty, $example:literal) => {
        impl<$($parameter)*> $kind {
            /// What stands beside it.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = concat!("let page = frames(", $example, ".label(\"α\"), |at| at);")]
            #[doc = "assert!(page.summary().starts_with(\"α = \"));"]
            #[doc = "```"]
            #[must_use]
            pub fn label(mut self, label: &str) -> Self {
                self.control = self.control.label(label);
                self
            }

            /// Makes it the one of several controls that moves where no reader does: in pages that are saved or exported
            /// it is the first one otherwise.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = concat!("let moving = ", $example, ".moves_in_frames();")]
            #[doc = "interact!((slider(0..=9), moving), |fixed, at| (fixed, at));"]
            #[doc = "```"]
            #[must_use]
            pub fn moves_in_frames(mut self) -> Self {
                self.control = self.control.moves_in_frames();
                self
            }

            /// Shows the control below the cell; its value follows the reader, even while a cell runs.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = concat!("let at = ", $example, ".live();")]
            #[doc = "println!(\"{}\", at.value());         // in a loop, each time where the control stands then"]
            #[doc = "```"]
            pub fn live(self) -> Live<Self> {
                Live::show(self)
            }
        }
    };
}
builder!([T: Position] Slider<T>, "slider(1..=3)");
builder!([T: Clone + Display + 'static] Choice<T>, "choice([\"one\", \"two\"])");
builder!([] Toggle, "toggle(true)");

impl<T: Position> Slider<T> {
    fn of(control: Control) -> Self {
        Self { control, value: PhantomData }
    }

    /// Where it starts.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(frames(slider(0..=9).start(3), |at| at).summary().starts_with("3 (10 positions"));
    /// ```
    ///
    /// # Panics
    /// If that is outside its range.
    #[must_use]
    #[track_caller]
    pub fn start(self, start: T) -> Self {
        Self::of(self.control.start(start.to_f64()))
    }

    /// How far it goes at once; of a [`log_slider`], as a part of a power of ten.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(frames(slider(0..=100).step(25), |at| at).len(), 5);
    /// ```
    ///
    /// # Panics
    /// If it isn't above 0, or not whole between whole numbers.
    #[must_use]
    #[track_caller]
    pub fn step(self, step: T) -> Self {
        Self::of(self.control.step(step.to_f64()))
    }

    /// How many digits its number has behind the point.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(frames(slider(0.0..=1.0).digits(2), |at| at).summary().starts_with("0.00 (20 positions, 0.00 to 1.00)"));
    /// ```
    #[must_use]
    pub fn digits(self, digits: usize) -> Self {
        Self::of(self.control.digits(digits))
    }

    /// Milliseconds between two steps of a clock.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let slow = play(0..=9).interval(1000);
    /// ```
    ///
    /// # Panics
    /// If it isn't a clock, or if the time is 0.
    #[must_use]
    #[track_caller]
    pub fn interval(self, milliseconds: u32) -> Self {
        Self::of(self.control.interval(f64::from(milliseconds)))
    }

    /// Makes it follow clicks into the figure below: it moves to the x of the place, on the figure's own axis. Where the
    /// front end can't tell clicks, the slider is moved by hand.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let start = (slider(-5.0..=5.0_f32).label("w₁").click_x(), slider(-3.0..=3.0_f32).label("w₂").click_y());
    /// interact!(start, |a, b| {
    ///     let f = |x: &Tensor, y: &Tensor| x.square() * 0.1 + y.square() * 2.0;
    ///     let path = descent(f, [a, b], 0.4, 20);
    ///     loss_surface(f, (-5.0, 5.0), (-3.0, 3.0)).path(&path.x, &path.y)
    /// });
    /// ```
    ///
    /// # Panics
    /// If it is a clock.
    #[must_use]
    #[track_caller]
    pub fn click_x(self) -> Self {
        Self::of(self.control.click(Click::X))
    }

    /// Makes it follow clicks into the figure below, to the y of the place; see [`click_x`](Self::click_x).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// interact!(slider(0.0..=1.0).label("threshold").click_y(), |at| plot([0, 1], [0.2, 0.7]).hline(at, "threshold"));
    /// ```
    ///
    /// # Panics
    /// If it is a clock.
    #[must_use]
    #[track_caller]
    pub fn click_y(self) -> Self {
        Self::of(self.control.click(Click::Y))
    }
}

impl<T: Clone + Display + PartialEq + 'static> Choice<T> {
    /// Which one is chosen to begin with.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(frames(choice(["L1", "L2"]).start("L2"), |norm| norm).summary().starts_with("L2"));
    /// ```
    ///
    /// # Panics
    /// If it isn't one of the options.
    #[must_use]
    #[track_caller]
    pub fn start(self, start: T) -> Self {
        let Some(place) = self.options.iter().position(|option| *option == start) else {
            panic!("start: {start} is not among the options of the choice");
        };
        Self { control: self.control.start(place as f64), ..self }
    }
}

impl<T: Position> Input for Slider<T> {
    type Value = T;

    fn described(&self) -> Control {
        self.control.clone()
    }

    fn read(&self, at: f64) -> T {
        T::from_f64(at)
    }
}

impl<T: Clone + 'static> Input for Choice<T> {
    type Value = T;

    fn described(&self) -> Control {
        self.control.clone()
    }

    fn read(&self, at: f64) -> T {
        self.options[(at as usize).min(self.options.len() - 1)].clone()
    }
}

impl Input for Toggle {
    type Value = bool;

    fn described(&self) -> Control {
        self.control.clone()
    }

    fn read(&self, at: f64) -> bool {
        at != 0.0
    }
}
