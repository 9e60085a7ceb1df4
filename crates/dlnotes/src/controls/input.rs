//! What controls are to a cell: their values have types.

use dlnotes_display::controls::{self, Control};

/// Numbers that a slider can stand at: whole and real ones.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::{Input, Position};
/// assert_eq!((usize::WHOLE, f32::WHOLE), (true, false));
/// assert_eq!(slider(0..=9_usize).read(3.0), 3);
/// ```
pub trait Position: Copy + Send + Sync + 'static {
    /// Whether they are whole.
    const WHOLE: bool;

    /// The number as controls have it.
    ///
    /// ```
    /// use dlnotes::controls::Position;
    /// assert_eq!(0.1_f32.to_f64(), 0.1);         // not 0.10000000149011612
    /// ```
    fn to_f64(self) -> f64;

    /// The number that a control stands at, which is in its range.
    ///
    /// ```
    /// use dlnotes::controls::Position;
    /// assert_eq!(usize::from_f64(3.0), 3);
    /// ```
    fn from_f64(at: f64) -> Self;
}

macro_rules! positions {
    ($whole:literal: $($kind:ty),*) => {$(
        impl Position for $kind {
            const WHOLE: bool = $whole;

            fn to_f64(self) -> f64 {
                // By way of its shortest name: 0.1 stays 0.1.
                self.to_string().parse().unwrap_or(f64::NAN)
            }

            fn from_f64(at: f64) -> Self {
                at as $kind
            }
        }
    )*};
}
positions!(true: i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
positions!(false: f32, f64);

/// A control, and what its value is in a cell.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::Input;
/// let norm = choice(["L1", "L2"]).label("norm");
/// assert_eq!((norm.read(1.0), norm.described().label.as_str()), ("L2", "norm"));
/// ```
pub trait Input: 'static {
    /// What a closure gets.
    type Value;

    /// What the kernel is told of it.
    ///
    /// ```
    /// use dlnotes::controls::Input;
    /// use dlnotes::prelude::*;
    /// assert_eq!(slider(0..=9).label("degree").described().label, "degree");
    /// ```
    fn described(&self) -> Control;

    /// The value where the control stands at `at`.
    ///
    /// ```
    /// use dlnotes::controls::Input;
    /// use dlnotes::prelude::*;
    /// assert_eq!(choice(["L1", "L2"]).read(1.0), "L2");
    /// ```
    fn read(&self, at: f64) -> Self::Value;
}

/// One control, or a tuple of up to six.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::controls::Controls;
/// let both = (slider(0..=9), toggle(true));
/// assert_eq!(both.read(&[3.0, 1.0]), (3, true));
/// ```
pub trait Controls: 'static {
    /// What a closure gets.
    type Value;

    /// What the kernel is told of them.
    ///
    /// ```
    /// use dlnotes::controls::Controls;
    /// use dlnotes::prelude::*;
    /// assert_eq!((slider(0..=9), toggle(true)).described().len(), 2);
    /// ```
    fn described(&self) -> Vec<Control>;

    /// The values where the controls stand at `at`.
    ///
    /// ```
    /// use dlnotes::controls::Controls;
    /// use dlnotes::prelude::*;
    /// assert_eq!((slider(0..=9), toggle(true)).read(&[7.0, 0.0]), (7, false));
    /// ```
    fn read(&self, at: &[f64]) -> Self::Value;
}

impl<I: Input> Controls for I {
    type Value = I::Value;

    fn described(&self) -> Vec<Control> {
        vec![Input::described(self)]
    }

    fn read(&self, at: &[f64]) -> I::Value {
        Input::read(self, at[0])
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),+);)*) => {$(
        impl<$($name: Input),+> Controls for ($($name,)+) {
            type Value = ($($name::Value,)+);

            fn described(&self) -> Vec<Control> {
                vec![$(self.$place.described()),+]
            }

            fn read(&self, at: &[f64]) -> Self::Value {
                ($(self.$place.read(at[$place]),)+)
            }
        }
    )*};
}
tuples! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

/// A value that somebody changes while cells run; [`live`](crate::controls::Slider::live) makes one. Copies follow the same
/// control, in other threads too.
///
/// ```
/// use dlnotes::prelude::*;
/// let rate = log_slider(1e-3..=1.0_f32).label("learning rate").start(0.1).live();
/// let w = Tensor::from([4.0]).requires_grad();
/// for _ in 0..100 {
///     w.square().sum().backward();
///     sgd([&w], rate.value(), 1);            // where the control stands at this step
/// }
/// assert!(w.item().abs() < 1e-3);
/// ```
#[derive(Clone, Debug)]
pub struct Live<I> {
    at: controls::Live,
    input: I,
}

impl<I: Input> Live<I> {
    pub(super) fn show(input: I) -> Self {
        Self { at: controls::Live::show(input.described()), input }
    }

    /// The value where the control stands now; it costs one load.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(toggle(true).label("shuffle").live().value());
    /// ```
    pub fn value(&self) -> I::Value {
        self.input.read(self.at.value())
    }
}
