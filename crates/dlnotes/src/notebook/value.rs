//! Values of std and ndarray as a cell's last expression.

use std::fmt::Debug;

/// Shows a value of another crate's type as the cell's value, as `{:?}` would.
///
/// Not for every `T: Debug`: that would collide with the display methods of other crates.
///
/// ```
/// use dlnotes::prelude::*;
/// let losses = vec![0.5, 0.25];
/// losses.evcxr_display();   // what a cell that ends in `losses` does; outside a notebook it prints
/// assert_eq!(format!("{losses:?}"), "[0.5, 0.25]");
/// ```
pub trait NotebookValue {
    /// Shows the value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// "a text".evcxr_display();                                   // prints "a text" with its quotes, as {:?} does
    /// ```
    fn evcxr_display(&self);
}

macro_rules! values {
    ($($kind:ty),*) => {$(
        impl NotebookValue for $kind {
            fn evcxr_display(&self) {
                dlnotes_display::result_of(&self);
            }
        }
    )*};
}
values!(bool, char, f32, f64, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, str, String);

macro_rules! containers {
    ($([$($parameter:tt)*] $kind:ty;)*) => {$(
        impl<$($parameter)*> NotebookValue for $kind {
            fn evcxr_display(&self) {
                dlnotes_display::result_of(&self);
            }
        }
    )*};
}
containers! {
    [T: Debug] [T];
    [T: Debug, const N: usize] [T; N];
    [T: Debug] Vec<T>;
    [T: Debug] Option<T>;
    [A: Debug, B: Debug] (A, B);
    [A: Debug, B: Debug, C: Debug] (A, B, C);
    [A: Debug, B: Debug, C: Debug, D: Debug] (A, B, C, D);
    [T: Debug, S: ndarray::Data<Elem = T>, D: ndarray::Dimension] ndarray::ArrayBase<S, D>;
}
