//! The micro-kernel: one tile of a product, held in registers while its sums grow.
#![allow(unsafe_code)] // A row's bounds are checked once for the whole tile: `whole` says why.

use pulp::Simd;

use super::output::Block;

/// Rows of the left operand.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    /// Packed in a panel.
    Panel(&'a [f32]),
    /// Where they are, the numbers of a row side by side: `stride` numbers from one row to the next.
    InPlace { data: &'a [f32], stride: usize },
}

/// What a tile is computed from and where it goes.
pub(super) struct Tile<'a> {
    pub(super) a: Rows<'a>,
    /// A panel of the right operand.
    pub(super) b: &'a [f32],
    /// Whether `out` holds the sums of the depths before.
    pub(super) add: bool,
    pub(super) out: Block<'a>,
}

/// Tiles of the sizes that suit a processor.
pub(super) trait Kernel {
    /// The height of the left operand's panels.
    const ROWS: usize;
    /// How many vectors wide the right operand's panels are.
    const VECTORS: usize;

    fn compute<S: Simd>(simd: S, tile: Tile<'_>);
}

/// Numbers of the largest tile.
const LARGEST: usize = 12 * 32;

/// out[i][j] ← (out[i][j] +) Σ over d of a[d][i] · b[d][j] for a tile of H rows and up to V vectors.
///
/// Panels have ROWS rows and VECTORS vectors of columns.
#[inline(always)]
fn compute<S: Simd, const ROWS: usize, const VECTORS: usize, const H: usize, const V: usize>(simd: S, tile: Tile<'_>) {
    let width = V * S::F32_LANES;
    if tile.out.size()[1] == width {
        return whole::<S, ROWS, VECTORS, H, V>(simd, tile);
    }
    let mut sums = [0.0; LARGEST];
    let sums = &mut sums[..H * width];
    let out = Block::whole(sums, [H, width]);
    whole::<S, ROWS, VECTORS, H, V>(simd, Tile { add: false, out, ..tile });
    let mut sums = sums.chunks_exact(width);
    tile.out.each_row(|row, _, _| {
        for (out, &sum) in row.iter_mut().zip(sums.next().expect("as many rows")) {
            *out = if tile.add { *out + sum } else { sum };
        }
    });
}

/// [`compute`] of all of V vectors.
#[inline(always)]
fn whole<S: Simd, const ROWS: usize, const VECTORS: usize, const H: usize, const V: usize>(
    simd: S,
    mut tile: Tile<'_>,
) {
    let b = S::as_simd_f32s(tile.b).0.as_chunks::<VECTORS>().0;
    let mut sums = [[simd.splat_f32s(0.0); V]; H];
    match tile.a {
        Rows::Panel(a) => {
            for (a, b) in a.as_chunks::<ROWS>().0.iter().zip(b) {
                for i in 0..H {
                    let a = simd.splat_f32s(a[i]);
                    for v in 0..V {
                        sums[i][v] = simd.mul_add_e_f32s(a, b[v], sums[i][v]);
                    }
                }
            }
        }
        Rows::InPlace { data, stride } => {
            let mut rows = [data; H];
            for i in 0..H {
                rows[i] = &data[i * stride..][..b.len()];
            }
            for d in 0..b.len() {
                for i in 0..H {
                    let a = simd.splat_f32s(rows[i][d]);
                    for v in 0..V {
                        sums[i][v] = simd.mul_add_e_f32s(a, b[d][v], sums[i][v]);
                    }
                }
            }
        }
    }
    let width = V * S::F32_LANES;
    assert_eq!(tile.out.size(), [H, width], "a whole tile");
    // So short that the compiler unrolls it, and the sums never leave their registers.
    for (i, sums) in sums.iter().enumerate() {
        // SAFETY: of the block's size, as asserted.
        let row = S::as_mut_simd_f32s(unsafe { tile.out.row_unchecked(i, width) }).0;
        for v in 0..V {
            row[v] = if tile.add { simd.add_f32s(row[v], sums[v]) } else { sums[v] };
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
            fn compute<S: Simd>(simd: S, tile: Tile<'_>) {
                let [rows, columns] = tile.out.size();
                match (rows, columns <= S::F32_LANES) {
                    $(
                        ($height, false) => compute::<S, $rows, $vectors, $height, $vectors>(simd, tile),
                        ($height, true) => compute::<S, $rows, $vectors, $height, 1>(simd, tile),
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
