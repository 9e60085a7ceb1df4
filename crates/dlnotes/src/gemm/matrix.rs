//! A matrix in a slice, read through strides.

use crate::real::Real;

/// A matrix in a slice: element (i, j) stands at `i · row_stride + j · column_stride`.
#[derive(Clone, Copy)]
pub(crate) struct Mat<'a> {
    pub(super) data: &'a [Real],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<'a> Mat<'a> {
    pub(crate) fn new(data: &'a [Real], [rows, columns]: [usize; 2], [row_stride, column_stride]: [usize; 2]) -> Self {
        let last = rows.saturating_sub(1) * row_stride + columns.saturating_sub(1) * column_stride;
        assert!(rows * columns == 0 || last < data.len(), "a matrix must lie inside its buffer");
        Self { data, rows, columns, row_stride, column_stride }
    }

    /// Transposed.
    pub(crate) fn t(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    pub(super) fn at(&self, i: usize, j: usize) -> Real {
        self.data[i * self.row_stride + j * self.column_stride]
    }

    /// `count` rows from `start` on.
    pub(super) fn rows(self, start: usize, count: usize) -> Self {
        debug_assert!(start + count <= self.rows);
        Self { data: &self.data[start * self.row_stride..], rows: count, ..self }
    }

    /// `count` columns from `start` on.
    pub(super) fn columns(self, start: usize, count: usize) -> Self {
        self.t().rows(start, count).t()
    }
}
