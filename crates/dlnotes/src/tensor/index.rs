//! What the arguments of shape operations may look like: `0`, `[0, 1]`, `(.., 2..5)`, `[2, -1]`.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::error::Error;
use super::layout::{Dims, Layout};

/// One dimension or several: a number, an array, a slice. Negative numbers count from the last dimension.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::ones([2, 3, 4]);
/// assert_eq!(x.sum_dim(0, false).shape(), [3, 4]);
/// assert_eq!(x.sum_dim(-1, false).shape(), [2, 3]);         // the last one
/// assert_eq!(x.sum_dim([0, 2], false).to_vec(), [8.0, 8.0, 8.0]);
/// ```
pub trait Dim {
    /// The dimensions as numbers.
    ///
    /// ```
    /// use dlnotes::tensor::Dim;
    /// assert_eq!([0, -1].dims(), [0, -1]);
    /// assert_eq!(2.dims(), [2]);
    /// ```
    fn dims(&self) -> Vec<isize>;
}

/// The sizes for a reshape: an array or slice of numbers, one of which may be −1.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::zeros([4, 6]);
/// assert_eq!(x.reshape([2, -1]).shape(), [2, 12]);          // −1: whatever is left
/// let wanted: Vec<usize> = vec![8, 3];
/// assert_eq!(x.reshape(&wanted[..]).shape(), [8, 3]);       // as a slice
/// ```
pub trait ReshapeArg {
    /// The sizes as numbers.
    ///
    /// ```
    /// use dlnotes::tensor::ReshapeArg;
    /// assert_eq!([2, -1].sizes(), [2, -1]);
    /// ```
    fn sizes(&self) -> Vec<isize>;
}

/// Sizes, dimensions or indices of any type: compiled here for each type, and not in a cell for each length of an array.
trait Numbers {
    fn numbers(&self) -> Vec<isize>;
}

macro_rules! number_arguments {
    ($($number:ty),*) => {$(
        impl Dim for $number {
            fn dims(&self) -> Vec<isize> {
                vec![*self as isize]
            }
        }
        impl Numbers for [$number] {
            fn numbers(&self) -> Vec<isize> {
                self.iter().map(|&d| d as isize).collect()
            }
        }
        impl<const N: usize> Dim for [$number; N] {
            fn dims(&self) -> Vec<isize> {
                self[..].numbers()
            }
        }
        impl Dim for &[$number] {
            fn dims(&self) -> Vec<isize> {
                self[..].numbers()
            }
        }
        impl<const N: usize> ReshapeArg for [$number; N] {
            fn sizes(&self) -> Vec<isize> {
                self[..].numbers()
            }
        }
        impl ReshapeArg for &[$number] {
            fn sizes(&self) -> Vec<isize> {
                self[..].numbers()
            }
        }
        impl From<$number> for IndexArg {
            fn from(index: $number) -> Self {
                Self::At(index as isize)
            }
        }
        impl From<Range<$number>> for IndexArg {
            fn from(range: Range<$number>) -> Self {
                Self::Range(Some(range.start as isize), Some(range.end as isize))
            }
        }
        impl From<RangeInclusive<$number>> for IndexArg {
            fn from(range: RangeInclusive<$number>) -> Self {
                Self::Range(Some(*range.start() as isize), after(*range.end() as isize))
            }
        }
        impl From<RangeFrom<$number>> for IndexArg {
            fn from(range: RangeFrom<$number>) -> Self {
                Self::Range(Some(range.start as isize), None)
            }
        }
        impl From<RangeTo<$number>> for IndexArg {
            fn from(range: RangeTo<$number>) -> Self {
                Self::Range(None, Some(range.end as isize))
            }
        }
        impl From<RangeToInclusive<$number>> for IndexArg {
            fn from(range: RangeToInclusive<$number>) -> Self {
                Self::Range(None, after(range.end as isize))
            }
        }
    )*};
}
number_arguments!(i32, isize, usize);

/// The end of an inclusive range: after −1, the last element, comes the open end.
fn after(last: isize) -> Option<isize> {
    (last != -1).then_some(last + 1)
}

impl From<RangeFull> for IndexArg {
    fn from(_: RangeFull) -> Self {
        Self::Range(None, None)
    }
}

/// One index into a dimension: a number or a range. Made from `2`, `-1`, `1..3`, `..`, `2..`, `..=4` by itself, where
/// [`Tensor::i`](super::Tensor::i) is called.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::tensor::IndexArg;
/// let x = Tensor::arange(0.0, 5.0, 1.0);
/// assert_eq!(IndexArg::from(1..3), IndexArg::Range(Some(1), Some(3)));
/// assert_eq!(x.i(IndexArg::Range(Some(-2), None)).to_vec(), [3.0, 4.0]);   // Python: x[-2:]
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexArg {
    /// One element; its dimension goes.
    At(isize),
    /// From the first to before the second; open ends reach to the border. Negative numbers count from the end.
    Range(Option<isize>, Option<isize>),
}

impl IndexArg {
    /// The first element and how many (`None`: one, without its dimension) of dimension `d`.
    fn resolve(self, op: &'static str, d: usize, shape: &[usize]) -> Result<(usize, Option<usize>), Error> {
        let size = shape[d] as isize;
        let absolute = |i: isize| if i < 0 { i + size } else { i };
        match self {
            Self::At(i) if (0..size).contains(&absolute(i)) => Ok((absolute(i) as usize, None)),
            Self::At(i) => {
                Err(Error::new(op, format!("index {i} is out of range for dimension {d} of shape {shape:?}")))
            }
            Self::Range(start, end) => {
                let (from, to) = (start.map_or(0, absolute), end.map_or(size, absolute));
                if 0 <= from && from <= to && to <= size {
                    return Ok((from as usize, Some((to - from) as usize)));
                }
                let show = |bound: Option<isize>| bound.map_or_else(String::new, |b| b.to_string());
                Err(Error::new(
                    op,
                    format!(
                        "range {}..{} does not lie inside dimension {d} of shape {shape:?}",
                        show(start),
                        show(end)
                    ),
                ))
            }
        }
    }

    /// The view that indices for the dimensions from `first` on make.
    pub(super) fn apply(op: &'static str, indices: &[Self], first: usize, layout: &Layout) -> Result<Layout, Error> {
        let (mut shape, mut strides): (Dims, Dims) = (layout.shape().into(), layout.strides().into());
        let mut offset = layout.offset();
        let mut kept = first;
        for (i, index) in indices.iter().enumerate() {
            let (start, length) = index.resolve(op, first + i, layout.shape())?;
            offset += start * strides[kept];
            match length {
                Some(length) => {
                    shape[kept] = length;
                    kept += 1;
                }
                None => {
                    shape.remove(kept);
                    strides.remove(kept);
                }
            }
        }
        Ok(Layout::view(shape, strides, offset))
    }
}

/// The argument of [`Tensor::i`](super::Tensor::i): a number, a range, or a tuple of up to four of them.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(0.0, 24.0, 1.0).reshape([2, 3, 4]);
/// assert_eq!(x.i(1).shape(), [3, 4]);                       // a number drops its dimension …
/// assert_eq!(x.i((1, 1..)).shape(), [2, 4]);                // … a range keeps it
/// assert_eq!(x.i((1, 2, 3)).item(), 23.0);
/// ```
pub trait Indices {
    /// One index for each of the first dimensions.
    ///
    /// ```
    /// use dlnotes::tensor::{IndexArg, Indices};
    /// assert_eq!((0, 1..3).indices(), [IndexArg::At(0), IndexArg::Range(Some(1), Some(3))]);
    /// ```
    fn indices(self) -> Vec<IndexArg>;
}

impl<T: Into<IndexArg>> Indices for T {
    fn indices(self) -> Vec<IndexArg> {
        listed(&[self.into()])
    }
}

fn listed(indices: &[IndexArg]) -> Vec<IndexArg> {
    indices.to_vec()
}

macro_rules! tuple_indices {
    ($($name:ident),*) => {
        impl<$($name: Into<IndexArg>),*> Indices for ($($name,)*) {
            #[allow(non_snake_case)]
            fn indices(self) -> Vec<IndexArg> {
                let ($($name,)*) = self;
                listed(&[$($name.into()),*])
            }
        }
    };
}
tuple_indices!(A, B);
tuple_indices!(A, B, C);
tuple_indices!(A, B, C, D);
