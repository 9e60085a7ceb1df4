//! What can be drawn: anything that holds numbers.

use crate::Tensor;
use crate::tensor::error::counted;
use ndarray::{ArrayBase, Data, Dimension};
use std::ops::{Range, RangeInclusive};

/// A number on an axis: `f32`, `f64` and the common integers.
///
/// ```
/// use dlnotes::plot::{Number, plot};
/// assert_eq!(3_u8.to_f64() + 0.5_f32.to_f64(), 3.5);
/// let figure = plot([0, 1], [0.0, 1.0]).size(5, 2.5);                // either kind, wherever a number is asked for
/// assert_eq!(figure.summary(), "Figure over x from 0 to 1: rises from 0 to 1.");
/// ```
pub trait Number: Copy {
    /// The number in the precision in which figures are laid out.
    ///
    /// ```
    /// use dlnotes::plot::Number;
    /// assert_eq!([7_i32.to_f64(), 0.5_f32.to_f64(), 255_u8.to_f64()], [7.0, 0.5, 255.0]);
    /// ```
    fn to_f64(self) -> f64;
}

/// Numbers that a figure can draw, as one curve or several.
///
/// Tensors, slices, vectors and arrays of numbers, integer ranges and `ndarray` arrays are one curve; a list of them,
/// or an array of higher rank, is one curve for each entry of the first axis.
///
/// ```
/// use dlnotes::plot::Values;
/// let (train, test) = (vec![0.5, 0.25], vec![0.75, 0.5]);
/// let mut curves = Vec::new();
/// (1..=2).append_to(&mut curves);
/// [&train, &test].append_to(&mut curves);
/// assert_eq!(curves, [[1.0, 2.0], [0.5, 0.25], [0.75, 0.5]]);
/// ```
pub trait Values {
    /// Appends the curves, each with its numbers in order.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::plot::Values;
    /// /// Points that a type of your own knows how to draw.
    /// struct Squares(u32);
    /// impl Values for Squares {
    ///     fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
    ///         curves.push((0..self.0).map(|i| f64::from(i * i)).collect());
    ///     }
    /// }
    /// assert!(plot(0..4, Squares(4)).summary().ends_with("rises from 0 to 9."));
    /// ```
    fn append_to(&self, curves: &mut Vec<Vec<f64>>);
}

impl dyn Values + '_ {
    /// The curves. Not a method of the trait: a notebook cell would compile it for each type that it plots.
    pub(crate) fn curves(&self) -> Vec<Vec<f64>> {
        let mut curves = Vec::new();
        self.append_to(&mut curves);
        curves
    }
}

/// Cuts the numbers of an array of shape `shape` into curves: one if it has a single axis, else one for each entry of
/// the first axis.
pub(crate) fn rows(numbers: impl Iterator<Item = f64>, shape: &[usize]) -> Vec<Vec<f64>> {
    let numbers: Vec<f64> = numbers.collect();
    match shape {
        [] | [_] => vec![numbers],
        [count, ..] if numbers.is_empty() => vec![Vec::new(); *count],
        [count, ..] => numbers.chunks(numbers.len() / count).map(<[f64]>::to_vec).collect(),
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
        impl Values for [$number] {
            fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
                curves.push(self.iter().map(|v| v.to_f64()).collect());
            }
        }
        impl<const N: usize> Values for [$number; N] {
            fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
                self.as_slice().append_to(curves);
            }
        }
        impl Values for Vec<$number> {
            fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
                self.as_slice().append_to(curves);
            }
        }
    )*};
}
numbers!(f32, f64, u8, i32, i64, u32, u64, usize);

macro_rules! ranges {
    ($($number:ty),*) => {$(
        impl Values for Range<$number> {
            fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
                curves.push(self.clone().map(Number::to_f64).collect());
            }
        }
        impl Values for RangeInclusive<$number> {
            fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
                curves.push(self.clone().map(Number::to_f64).collect());
            }
        }
    )*};
}
ranges!(i32, i64, u32, u64, usize);

impl<V: Values + ?Sized> Values for &V {
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        (**self).append_to(curves);
    }
}

impl<V: Values> Values for [V] {
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        for values in self {
            values.append_to(curves);
        }
    }
}

impl<V: Values, const N: usize> Values for [V; N] {
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        self.as_slice().append_to(curves);
    }
}

impl<V: Values> Values for Vec<V> {
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        self.as_slice().append_to(curves);
    }
}

impl<S: Data, D: Dimension> Values for ArrayBase<S, D>
where
    S::Elem: Number,
{
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        curves.extend(rows(self.iter().map(|v| v.to_f64()), self.shape()));
    }
}

impl Values for Tensor {
    fn append_to(&self, curves: &mut Vec<Vec<f64>>) {
        curves.extend(rows(self.to_vec().into_iter().map(f64::from), self.shape()));
    }
}

/// Pairs each curve of y with its x: one x for all of them, or one for each.
///
/// # Panics
/// When the numbers of curves or the lengths don't fit; the message says which.
#[track_caller]
pub(crate) fn pairs(x: &dyn Values, y: &dyn Values) -> Vec<(Vec<f64>, Vec<f64>)> {
    let (xs, ys) = (x.curves(), y.curves());
    if xs.len() != 1 && xs.len() != ys.len() {
        panic!(
            "plot: {} of x for {} of y; give one x for all of them, or one for each",
            counted(xs.len(), "curve"),
            counted(ys.len(), "curve")
        );
    }
    let several = ys.len() > 1;
    let mut paired = Vec::with_capacity(ys.len());
    for (i, y) in ys.into_iter().enumerate() {
        let x = &xs[if xs.len() == 1 { 0 } else { i }];
        if x.len() != y.len() {
            let curve = if several { format!(" in curve {}", i + 1) } else { String::new() };
            panic!(
                "plot: x has {} and y has {}{curve}; give both the same length, one y for each x",
                counted(x.len(), "value"),
                y.len()
            );
        }
        paired.push((x.clone(), y));
    }
    paired
}
