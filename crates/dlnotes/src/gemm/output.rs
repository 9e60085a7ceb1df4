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

// SAFETY: its numbers are reached through `row` alone, whose callers see to it that no two have the same one at a time.
unsafe impl Send for Output<'_> {}
// SAFETY: as above.
unsafe impl Sync for Output<'_> {}

impl<'a> Output<'a> {
    pub(super) fn new(out: &'a mut [Real], [rows, columns]: [usize; 2]) -> Self {
        assert_eq!(out.len(), rows * columns, "size of a product");
        Self { start: out.as_mut_ptr(), rows, columns, borrow: PhantomData }
    }

    /// Some columns of a row.
    ///
    /// # Safety
    /// While the slice is used, nobody else has one with the same row and one of these columns.
    #[inline(always)]
    pub(super) unsafe fn row(&self, row: usize, columns: Range<usize>) -> &'a mut [Real] {
        assert!(row < self.rows && columns.start <= columns.end && columns.end <= self.columns, "a row's part");
        // SAFETY: it lies inside the slice of `new`, which is borrowed for 'a, and is the caller's alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(row * self.columns + columns.start), columns.len()) }
    }
}

/// A part of a result whose numbers are complete.
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

    /// # Safety
    /// Nobody else uses this part of the result as long as the block is there.
    pub(super) unsafe fn new(out: Output<'a>, rows: Range<usize>, columns: Range<usize>) -> Self {
        Self { out, rows, columns }
    }

    /// Calls `f` for every row with its numbers and the position of the first in the whole result, and with the columns
    /// they stand in.
    #[inline(always)]
    pub(crate) fn each_row(self, mut f: impl FnMut(&mut [Real], usize, Range<usize>)) {
        for row in self.rows {
            // SAFETY: by `new` the block is the caller's alone, and of its slices this is the only one at a time.
            let numbers = unsafe { self.out.row(row, self.columns.clone()) };
            f(numbers, row * self.out.columns + self.columns.start, self.columns.clone());
        }
    }
}
