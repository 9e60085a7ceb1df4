//! From the bytes of a generated file to those of the cell.

use std::ops::Range;

/// What a part of a generated file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The cell's own text, from this byte of the cell on.
    Cell(usize),
    /// What is written around the cell's last expression, which is these bytes of the cell.
    Value(Range<usize>),
    /// Takes the variable of this name out, for the cell.
    Take(String),
    /// Imports what another cell imported: the path.
    Use(String),
    /// Keeps the variable of this name.
    Keep(String),
    /// Anything else of ours.
    Generated,
}

/// A file that rustc was given, and what it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// As rustc names it: `cell [7]`.
    pub name: String,
    /// The number of the cell.
    pub count: usize,
    /// The cell's text, as the reader wrote it.
    pub cell: String,
    /// What was generated from it.
    pub text: String,
    /// From the one to the other.
    pub map: Map,
}

/// The parts of a generated file, in order, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    parts: Vec<(Range<usize>, Origin)>,
}

impl Map {
    /// Says where the next `length` bytes come from.
    pub fn push(&mut self, length: usize, origin: Origin) {
        let start = self.parts.last().map_or(0, |(range, _)| range.end);
        if length > 0 {
            self.parts.push((start..start + length, origin));
        }
    }

    /// All parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&Range<usize>, &Origin)> {
        self.parts.iter().map(|(range, origin)| (range, origin))
    }

    /// The part in which a byte of the generated file lies; the last one for everything behind.
    pub fn at(&self, byte: usize) -> Option<(&Range<usize>, &Origin)> {
        let index = self.parts.partition_point(|(range, _)| range.end <= byte);
        self.parts.get(index).or(self.parts.last()).map(|(range, origin)| (range, origin))
    }

    /// The byte of the cell that stands at a byte of the generated file.
    pub fn cell(&self, byte: usize) -> Option<usize> {
        match self.at(byte)? {
            (range, Origin::Cell(start)) => Some(start + (byte - range.start).min(range.len())),
            _ => None,
        }
    }
}
