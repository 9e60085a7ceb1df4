//! Which element of a storage stands where: shape, strides, offset.

use smallvec::SmallVec;

use super::error::Error;

/// Sizes or strides by dimension, without an allocation up to rank 4.
pub(crate) type Dims = SmallVec<[usize; 4]>;

/// How a tensor's elements lie in its storage. Strides count elements, not bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Dims,
    strides: Dims,
    offset: usize,
    len: usize,
    contiguous: bool,
}

impl Layout {
    /// The layout of a fresh row-major tensor.
    pub(crate) fn contiguous(shape: &[usize]) -> Self {
        let strides = row_major(shape);
        Self { shape: shape.into(), strides, offset: 0, len: shape.iter().product(), contiguous: true }
    }

    /// A view: other strides into the same storage.
    pub(crate) fn view(shape: Dims, strides: Dims, offset: usize) -> Self {
        let contiguous = is_row_major(&shape, &strides);
        let len = shape.iter().product();
        Self { shape, strides, offset, len, contiguous }
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(crate) fn strides(&self) -> &[usize] {
        &self.strides
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The number of elements.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn rank(&self) -> usize {
        self.shape.len()
    }

    /// Whether the elements lie in row-major order without gaps.
    pub(crate) fn is_contiguous(&self) -> bool {
        self.contiguous
    }

    /// Whether two elements stand in the same place, as they do along a broadcast dimension: nothing else makes a stride
    /// of 0, and no view makes strides that meet otherwise.
    pub(crate) fn overlaps(&self) -> bool {
        self.len > 0 && self.shape.iter().zip(&self.strides).any(|(&size, &stride)| size > 1 && stride == 0)
    }

    /// The part of the buffer that a contiguous layout covers.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len
    }

    /// The same elements seen as `shape`, stretched along dimensions of size 1 (stride 0).
    pub(crate) fn broadcast(&self, shape: &[usize]) -> Option<Self> {
        let extra = shape.len().checked_sub(self.rank())?;
        let mut strides: Dims = SmallVec::from_elem(0, extra);
        for (i, (&have, &want)) in self.shape.iter().zip(&shape[extra..]).enumerate() {
            match have {
                _ if have == want => strides.push(self.strides[i]),
                1 => strides.push(0),
                _ => return None,
            }
        }
        Some(Self::view(shape.into(), strides, self.offset))
    }

    /// The same elements as `shape` without moving them, where the strides allow it.
    pub(crate) fn reshape(&self, shape: &[usize]) -> Option<Self> {
        debug_assert_eq!(self.len, shape.iter().product::<usize>());
        self.contiguous.then(|| Self::view(shape.into(), row_major(shape), self.offset))
    }

    /// Calls `f` with the position in the storage of each element, in row-major order.
    pub(crate) fn for_each_position(&self, mut f: impl FnMut(usize)) {
        if self.len == 0 {
            return;
        }
        let Some((&inner, outer)) = self.shape.split_last() else { return f(self.offset) };
        let (&step, outer_strides) = self.strides.split_last().expect("as many strides as sizes");
        let mut index: Dims = SmallVec::from_elem(0, outer.len());
        let mut start = self.offset;
        loop {
            for i in 0..inner {
                f(start + i * step);
            }
            // Count up like an odometer, last outer dimension first.
            let mut d = outer.len();
            loop {
                if d == 0 {
                    return;
                }
                d -= 1;
                index[d] += 1;
                start += outer_strides[d];
                if index[d] < outer[d] {
                    break;
                }
                start -= outer_strides[d] * outer[d];
                index[d] = 0;
            }
        }
    }
}

fn row_major(shape: &[usize]) -> Dims {
    let mut strides: Dims = SmallVec::from_elem(1, shape.len());
    for d in (1..shape.len()).rev() {
        // Of a shape that holds nothing, the other sizes may be as large as they like; no stride of it is ever used.
        strides[d - 1] = strides[d].wrapping_mul(shape[d].max(1));
    }
    strides
}

fn is_row_major(shape: &[usize], strides: &[usize]) -> bool {
    let mut expected = 1;
    shape.contains(&0)
        || shape.iter().zip(strides).rev().all(|(&size, &stride)| {
            let fits = size == 1 || stride == expected;
            expected *= size;
            fits
        })
}

/// The shape that `a` and `b` broadcast to: sizes from the right must be equal or 1.
pub(crate) fn broadcast_shape(op: &'static str, a: &[usize], b: &[usize]) -> Result<Dims, Error> {
    let rank = a.len().max(b.len());
    let mut shape: Dims = SmallVec::from_elem(0, rank);
    for i in 1..=rank {
        let size = |s: &[usize]| s.len().checked_sub(i).map_or(1, |d| s[d]);
        shape[rank - i] = match (size(a), size(b)) {
            (x, y) if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            (x, y) => {
                return Err(Error::new(
                    op,
                    format!(
                        "shapes {a:?} and {b:?} can't be broadcast: dimension {} has sizes {x} and {y}; \
                         sizes, read from the right, must be equal or 1 (reshape one, or check which axis you meant)",
                        rank - i
                    ),
                ));
            }
        };
    }
    Ok(shape)
}

/// The dimension that `dim` names in a tensor of this rank: negative ones count from the end.
pub(crate) fn resolve_dim(op: &'static str, dim: isize, shape: &[usize]) -> Result<usize, Error> {
    let rank = shape.len() as isize;
    let d = if dim < 0 { dim + rank } else { dim };
    if (0..rank).contains(&d) {
        return Ok(d as usize);
    }
    Err(Error::new(
        op,
        if rank == 0 {
            format!("dimension {dim} of a scalar (shape []): a scalar has no dimensions")
        } else {
            format!("dimension {dim} is out of range for shape {shape:?}: use {}..={}", -rank, rank - 1)
        },
    ))
}
