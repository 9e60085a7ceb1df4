//! Sliders, choices, toggles and clocks that move a figure below a notebook's cell.
//!
//! ```
//! use dlnotes::prelude::*;
//! let points = Truth::notes_polynomial().sample(20);
//! interact!([points], slider(0..=12).label("degree").start(3), |degree| {
//!     polynomial_fit(&points, degree, 0.0).figure(&points)
//! });
//! points.len();                              // the cell that follows has them still: the closure took copies
//! ```
//!
//! | where the cell runs | [`interact!`](crate::interact!) shows | [`live`](Slider::live) values |
//! |---|---|---|
//! | in a notebook, with a reader | controls; each move calls the closure | follow the reader, even while a cell runs |
//! | in a program that executes notebooks, or on the stock kernel | a slider over pictures made beforehand, as [`frames`] | keep their start |
//! | in an ordinary program | the first picture in words | keep their start |
//!
//! The closure is called between cells. It may be called at any position and any number of times, so it changes nothing
//! that later cells see; its random numbers are those of stream 0 of seed 0, the same at each call, and not the
//! notebook's. What it panics with, and what it prints, stands below the controls.

mod build;
mod input;
mod views;

pub use build::{Choice, Slider, Toggle, choice, log_slider, play, slider, toggle};
pub use dlnotes_display::controls::{Frames, View, captured};
pub use input::{Controls, Input, Live, Position};

use dlnotes_display::Bundle;

use crate::plot::steadily;
use crate::tensor::with_stream;

/// Shows controls, and what `show` gives for where they stand: a figure, a grid, a table, a tensor, a number, a text, or a
/// tuple of them. Several controls are a tuple, and so is what the closure gets.
///
/// The closure is kept, so it has to own what it uses; [`interact!`](crate::interact!) takes copies for it.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-4.0, 4.0, 0.1);
/// let controls = (slider(0.0..=0.5).label("α").start(0.1), toggle(false).label("derivative"));
/// interact(controls, move |(alpha, derivative)| {
///     let x = x.detach().requires_grad();
///     let y = leaky_relu(&x, alpha);
///     if !derivative {
///         return plot(&x, &y);
///     }
///     y.sum().backward();
///     plot(&x, &x.grad().unwrap())
/// });
/// ```
///
/// # Panics
/// If the closure shows nothing; and as it panics itself when it is called for the first time.
#[track_caller]
pub fn interact<C: Controls, V: View>(controls: C, mut show: impl FnMut(C::Value) -> V + 'static) {
    let described = controls.described();
    dlnotes_display::controls::interact(described, move |at| in_stream(&mut || show(controls.read(at)).view()));
}

/// [`interact`](crate::controls::interact()) with copies of variables, so that the session keeps them: first their names,
/// then the controls, then the closure, with an argument for each control.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, y) = (Tensor::arange(-1.0, 1.0, 0.1), Tensor::arange(-1.0, 1.0, 0.1).square());
/// interact!([x, y], (slider(-2.0..=2.0).label("slope"), slider(-1.0..=1.0).label("intercept")), |w, b| {
///     scatter(&x, &y).line(&x, &(w * &x + b), "line")
/// });
/// interact!(choice(["SGD", "Adam"]), |name| name);            // without variables
/// assert_eq!(x.shape(), y.shape());
/// ```
///
/// Copies of tensors, models and data sets share their numbers with the variable: what later cells train, the closure
/// shows.
#[macro_export]
macro_rules! interact {
    ([$($name:ident),* $(,)?], $controls:expr, |$at:ident $(: $type:ty)?| $body:expr $(,)?) => {{
        $(let $name = ::std::clone::Clone::clone(&$name);)*
        $crate::controls::interact($controls, move |$at $(: $type)?| $body)
    }};
    ([$($name:ident),* $(,)?], $controls:expr, |$($at:ident $(: $type:ty)?),+ $(,)?| $body:expr $(,)?) => {{
        $(let $name = ::std::clone::Clone::clone(&$name);)*
        $crate::controls::interact($controls, move |($($at,)+)| {
            $($(let $at: $type = $at;)?)+
            $body
        })
    }};
    ($controls:expr, |$($at:ident $(: $type:ty)?),+ $(,)?| $body:expr $(,)?) => {
        $crate::interact!([], $controls, |$($at $(: $type)?),+| $body)
    };
}

/// The same figure for each position of a control, made now: pages that are saved or exported move without a kernel.
///
/// Of a control with many positions about 20 are shown, evenly; [`step`](Slider::step) chooses others. Twenty figures take
/// the room of a few: what they have in common is kept once.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(-4.0, 4.0, 0.1);
/// let page = frames(slider(0.5..=4.0).step(0.5).label("scale"), |scale| plot(&x, &(&x * scale).tanh()).ylim(-1, 1));
/// assert_eq!(page.len(), 8);
/// assert!(page.summary().starts_with("scale = 0.5 (8 positions, 0.5 to 4)"));
/// ```
///
/// # Panics
/// If a call shows nothing, or panics.
#[track_caller]
pub fn frames<I: Input, V: View>(control: I, mut show: impl FnMut(I::Value) -> V) -> Frames {
    let described = control.described();
    Frames::new(described, |at| in_stream(&mut || show(control.read(at)).view()))
}

/// Every call draws the same random numbers, and none of the notebook's; and figures with their axes in the same place.
fn in_stream(show: &mut dyn FnMut() -> Vec<Bundle>) -> Vec<Bundle> {
    with_stream(0, 0, || steadily(show))
}
