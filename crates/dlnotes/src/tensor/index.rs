//! What the arguments of shape operations may look like: `0`, `[0, 1]`, `(.., 2..5)`, `[2, -1]`.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::error::Error;
use super::layout::{Dims, Layout};

/// One dimension or several: a number, an array, a slice. Negative numbers count from the last dimension.
pub trait Dim {
    /// The dimensions as numbers.
    fn dims(&self) -> Vec<isize>;
}

/// The sizes for a reshape: an array or slice of numbers, one of which may be −1.
pub trait ReshapeArg {
    /// The sizes as numbers.
    fn sizes(&self) -> Vec<isize>;
}

macro_rules! number_arguments {
    ($($number:ty),*) => {$(
        impl Dim for $number {
            fn dims(&self) -> Vec<isize> {
                vec![*self as isize]
            }
        }
        impl<const N: usize> Dim for [$number; N] {
            fn dims(&self) -> Vec<isize> {
                self.iter().map(|&d| d as isize).collect()
            }
        }
        impl Dim for &[$number] {
            fn dims(&self) -> Vec<isize> {
                self.iter().map(|&d| d as isize).collect()
            }
        }
        impl<const N: usize> ReshapeArg for [$number; N] {
            fn sizes(&self) -> Vec<isize> {
                self.iter().map(|&d| d as isize).collect()
            }
        }
        impl ReshapeArg for &[$number] {
            fn sizes(&self) -> Vec<isize> {
                self.iter().map(|&d| d as isize).collect()
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

/// Which elements of one dimension: one, or a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexArg {
    /// One element; its dimension goes.
    At(isize),
    /// From the first to before the second; open ends reach to the border. Negative numbers count from the end.
    Range(Option<isize>, Option<isize>),
}

impl IndexArg {
    fn keeps_dimension(self) -> bool {
        matches!(self, Self::Range(..))
    }

    /// The view that this index makes of dimension `d`.
    pub(super) fn apply(self, op: &'static str, layout: &Layout, d: usize) -> Result<Layout, Error> {
        let size = layout.shape()[d];
        let (mut shape, mut strides): (Dims, Dims) = (layout.shape().into(), layout.strides().into());
        let absolute = |i: isize| if i < 0 { i + size as isize } else { i };
        let start = match self {
            Self::At(i) => {
                let at = absolute(i);
                if !(0..size as isize).contains(&at) {
                    return Err(Error::new(
                        op,
                        format!("index {i} is out of range for dimension {d} of shape {:?}", layout.shape()),
                    ));
                }
                shape.remove(d);
                at as usize * strides.remove(d)
            }
            Self::Range(start, end) => {
                let (from, to) = (start.map_or(0, absolute), end.map_or(size as isize, absolute));
                if from < 0 || from > to || to > size as isize {
                    let show = |bound: Option<isize>| bound.map_or_else(String::new, |b| b.to_string());
                    return Err(Error::new(
                        op,
                        format!(
                            "range {}..{} does not lie inside dimension {d} of shape {:?}",
                            show(start),
                            show(end),
                            layout.shape()
                        ),
                    ));
                }
                shape[d] = (to - from) as usize;
                from as usize * strides[d]
            }
        };
        Ok(Layout::view(shape, strides, layout.offset() + start))
    }

    /// The view that indices for the first dimensions make.
    pub(super) fn apply_all(indices: &[Self], layout: &Layout) -> Result<Layout, Error> {
        let mut layout = layout.clone();
        let mut d = 0;
        for index in indices {
            layout = index.apply("i", &layout, d)?;
            d += usize::from(index.keeps_dimension());
        }
        Ok(layout)
    }
}

/// The argument of [`Tensor::i`](super::Tensor::i): a number, a range, or a tuple of up to four of them.
pub trait Indices {
    /// One index for each of the first dimensions.
    fn indices(self) -> Vec<IndexArg>;
}

impl<T: Into<IndexArg>> Indices for T {
    fn indices(self) -> Vec<IndexArg> {
        vec![self.into()]
    }
}

macro_rules! tuple_indices {
    ($($name:ident),*) => {
        impl<$($name: Into<IndexArg>),*> Indices for ($($name,)*) {
            #[allow(non_snake_case)]
            fn indices(self) -> Vec<IndexArg> {
                let ($($name,)*) = self;
                vec![$($name.into()),*]
            }
        }
    };
}
tuple_indices!(A, B);
tuple_indices!(A, B, C);
tuple_indices!(A, B, C, D);
