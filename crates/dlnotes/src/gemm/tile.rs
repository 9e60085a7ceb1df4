//! The micro-kernel: one tile of a product, held in registers while its sums grow.
#![allow(unsafe_code)] // Other threads write other parts of a tile's rows at the same time: `Output` says why.

use std::ops::Range;

use pulp::Simd;

use super::output::Output;

/// What a tile is computed from and where it goes.
pub(super) struct Tile<'a> {
    /// A panel of the left operand.
    pub(super) a: &'a [f32],
    /// A panel of the right operand.
    pub(super) b: &'a [f32],
    /// Whether `out` holds the sums of the depths before.
    pub(super) add: bool,
    pub(super) out: Output<'a>,
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

/// Tiles of the sizes that suit a processor.
pub(super) trait Kernel {
    /// The height of the left operand's panels.
    const ROWS: usize;
    /// How many vectors wide the right operand's panels are.
    const VECTORS: usize;

    /// Computes a tile; `narrow` if the right operand's panel is one vector wide.
    ///
    /// # Safety
    /// Nobody else uses this part of the result meanwhile.
    unsafe fn compute<S: Simd>(simd: S, tile: Tile<'_>, narrow: bool);
}

/// out[i][j] ← (out[i][j] +) Σ over d of a[d][i] · b[d][j] for a tile of H rows and at most V vectors.
///
/// `ROWS` is the height of the left operand's panels.
///
/// # Safety
/// As [`Kernel::compute`].
#[inline(always)]
unsafe fn compute<S: Simd, const ROWS: usize, const H: usize, const V: usize>(simd: S, tile: Tile<'_>) {
    let (a, b) = (tile.a.as_chunks::<ROWS>().0, S::as_simd_f32s(tile.b).0.as_chunks::<V>().0);
    let mut sums = [[simd.splat_f32s(0.0); V]; H];
    for (a, b) in a.iter().zip(b) {
        for i in 0..H {
            let a = simd.splat_f32s(a[i]);
            for v in 0..V {
                sums[i][v] = simd.mul_add_e_f32s(a, b[v], sums[i][v]);
            }
        }
    }
    let whole = tile.columns.len() == V * S::F32_LANES;
    for i in 0..H {
        // SAFETY: the caller's, and this slice is gone when the next row's is made.
        let row = unsafe { tile.out.row(tile.rows.start + i, tile.columns.clone()) };
        if whole {
            let row = S::as_mut_simd_f32s(row).0;
            for v in 0..V {
                row[v] = if tile.add { simd.add_f32s(row[v], sums[i][v]) } else { sums[i][v] };
            }
        } else {
            for (v, out) in row.chunks_mut(S::F32_LANES).enumerate() {
                let sum = sums[i][v];
                let sum = if tile.add { simd.add_f32s(simd.partial_load_f32s(out), sum) } else { sum };
                simd.partial_store_f32s(out, sum);
            }
        }
    }
}

macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident, $rows:literal by $vectors:literal, $($height:literal)*) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl Kernel for $name {
            const ROWS: usize = $rows;
            const VECTORS: usize = $vectors;

            #[inline(always)]
            unsafe fn compute<S: Simd>(simd: S, tile: Tile<'_>, narrow: bool) {
                match (tile.rows.len(), narrow) {
                    $(
                        // SAFETY: the caller's.
                        ($height, false) => unsafe { compute::<S, $rows, $height, $vectors>(simd, tile) },
                        // SAFETY: the caller's.
                        ($height, true) => unsafe { compute::<S, $rows, $height, 1>(simd, tile) },
                    )*
                    (height, _) => unreachable!("a tile of {height} rows"),
                }
            }
        }
    };
}

// As many sums as there are registers, less those for a row's number and the vectors of the columns.
kernel!(/** For 32 registers. */ Tall, 12 by 2, 1 2 3 4 5 6 7 8 9 10 11 12);
kernel!(/** For 16 registers. */ Short, 6 by 2, 1 2 3 4 5 6);
kernel!(/** For one number at a time. */ Scalar, 4 by 8, 1 2 3 4);
