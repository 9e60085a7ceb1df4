//! The result, of which several threads write a part each.
#![allow(unsafe_code)] // A part of columns lies in rows that other parts share: no safe split of a slice gives it.

use std::marker::PhantomData;
use std::ops::Range;

use crate::real::Real;

/// A row-major matrix without gaps that is written in blocks.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    start: *mut Real,
    rows: usize,
    columns: usize,
    borrow: PhantomData<&'a mut [Real]>,
}

// SAFETY: its numbers are reached through blocks alone, whose makers see to it that no two have a number in common.
unsafe impl Send for Output<'_> {}
// SAFETY: as above.
unsafe impl Sync for Output<'_> {}

impl<'a> Output<'a> {
    pub(super) fn new(out: &'a mut [Real], [rows, columns]: [usize; 2]) -> Self {
        assert_eq!(out.len(), rows * columns, "size of a product");
        Self { start: out.as_mut_ptr(), rows, columns, borrow: PhantomData }
    }

    /// A part of it.
    ///
    /// # Safety
    /// As long as the block is there, no other one has a number of it.
    #[inline(always)]
    pub(super) unsafe fn block(self, rows: Range<usize>, columns: Range<usize>) -> Block<'a> {
        assert!(rows.start <= rows.end && rows.end <= self.rows, "rows of a block");
        assert!(columns.start <= columns.end && columns.end <= self.columns, "columns of a block");
        Block { out: self, rows, columns }
    }
}

/// A part of a result, and its only user.
pub(crate) struct Block<'a> {
    out: Output<'a>,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl<'a> Block<'a> {
    /// All of a result.
    pub(super) fn whole(out: &'a mut [Real], [rows, columns]: [usize; 2]) -> Self {
        Self { out: Output::new(out, [rows, columns]), rows: 0..rows, columns: 0..columns }
    }

    pub(super) fn size(&self) -> [usize; 2] {
        [self.rows.len(), self.columns.len()]
    }

    /// The first `width` numbers of row `i` of the block.
    ///
    /// # Safety
    /// The block has that row and at least so many columns.
    #[inline(always)]
    pub(super) unsafe fn row_unchecked(&mut self, i: usize, width: usize) -> &mut [Real] {
        let first = (self.rows.start + i) * self.out.columns + self.columns.start;
        // SAFETY: `Output::block` checked that the block lies inside the slice of `Output::new`, the caller that the
        // numbers lie in the block; nobody else has them, as long as this block is borrowed.
        unsafe { std::slice::from_raw_parts_mut(self.out.start.add(first), width) }
    }

    /// Calls `f` for every row with its numbers, the position of the first in the whole result, and the columns they
    /// stand in.
    #[inline(always)]
    pub(crate) fn each_row(mut self, mut f: impl FnMut(&mut [Real], usize, Range<usize>)) {
        for i in 0..self.rows.len() {
            let (columns, first) =
                (self.columns.clone(), (self.rows.start + i) * self.out.columns + self.columns.start);
            // SAFETY: a row of the block, with all its columns.
            f(unsafe { self.row_unchecked(i, columns.len()) }, first, columns);
        }
    }
}
