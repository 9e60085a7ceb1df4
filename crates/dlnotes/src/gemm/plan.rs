//! In what blocks and in whose hands a product is computed.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::tile::{Kernel, Scalar, Short, Tall};

/// Numbers of a line that are added up before the sum goes to memory: panels of this depth stay in the caches.
const DEPTH: usize = 512;
/// Lines of the shared operand that are packed at a time.
const SHARED_LINES: usize = 1024;
/// Lines of the other operand that a thread packs at a time.
const OWN_LINES: usize = 128;

/// The size of the micro-kernel's tile.
#[derive(Clone, Copy, Debug)]
pub(super) struct TileSize {
    rows: usize,
    columns: usize,
}

/// The size of this processor's tile, given the widest SIMD.
pub(super) struct AskSize;

impl WithSimd for AskSize {
    type Output = TileSize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> TileSize {
        fn of<S: Simd, K: Kernel>() -> TileSize {
            TileSize { rows: K::ROWS, columns: K::VECTORS * S::F32_LANES }
        }
        if S::IS_SCALAR {
            of::<S, Scalar>()
        } else if S::REGISTER_COUNT >= 32 {
            of::<S, Tall>()
        } else {
            of::<S, Short>()
        }
    }
}

/// How a product of m × k × n is computed.
///
/// A *line* is a row of the left operand or a column of the right one. The operand with fewer lines is *shared*: all
/// threads together pack it before. Of the other one each thread packs lines of its *own*, those whose part of the result
/// it computes. Rows of the left operand are mostly read where they are, and never packed (`run.rs`).
#[derive(Clone, Copy)]
pub(super) struct Plan {
    size: [usize; 3],
    tile: TileSize,
    /// Whether a thread's part of the result are columns.
    pub(super) by_columns: bool,
}

/// A part of the shared operand: all of the other one is multiplied with it before the next.
#[derive(Clone, Debug)]
pub(super) struct Round {
    pub(super) lines: Range<usize>,
    pub(super) depth: Range<usize>,
}

/// One operand's lines, and how many a panel has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    lines: usize,
    pub(super) height: usize,
}

impl Plan {
    pub(super) fn new(size: [usize; 3], tile: TileSize) -> Self {
        Self { size, tile, by_columns: size[2] >= size[0] }
    }

    pub(super) fn depth(&self) -> usize {
        self.size[1]
    }

    pub(super) fn shared(&self) -> Side {
        if self.by_columns { self.left() } else { self.right() }
    }

    pub(super) fn own(&self) -> Side {
        if self.by_columns { self.right() } else { self.left() }
    }

    fn left(&self) -> Side {
        Side { lines: self.size[0], height: self.tile.rows }
    }

    fn right(&self) -> Side {
        Side { lines: self.size[2], height: self.tile.columns }
    }

    /// The rounds in their order. Where the depth is cut depends on the depth alone, and so does the order in which an
    /// element is added up.
    pub(super) fn rounds(&self) -> impl Iterator<Item = Round> + use<> {
        let (Side { lines, height }, depth) = (self.shared(), self.depth());
        let depth_step = depth.div_ceil(depth.div_ceil(DEPTH));
        in_steps(lines, SHARED_LINES / height * height)
            .flat_map(move |lines| in_steps(depth, depth_step).map(move |depth| Round { lines: lines.clone(), depth }))
    }

    /// The parts of the result that threads take one after the other: own lines.
    pub(super) fn parts(&self, threads: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let Side { lines, height } = self.own();
        let most = OWN_LINES / height * height;
        // Two for each thread: one that comes late does less.
        let step = if threads == 1 { most } else { lines.div_ceil(2 * threads).next_multiple_of(height).min(most) };
        in_steps(lines, step)
    }
}

impl Side {
    /// Numbers in the panels of so many lines.
    pub(super) fn room(self, lines: usize, depth: usize) -> usize {
        lines.next_multiple_of(self.height) * depth
    }
}

/// 0..count in ranges of `step`; the last may be shorter.
pub(super) fn in_steps(count: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(step).map(move |start| start..(start + step).min(count))
}
