//! Operands as the micro-kernel reads them: in panels of some lines, whose numbers of one depth stand side by side.

use pulp::NullaryFnOnce;

use super::matrix::Mat;
use super::transpose::Transpose;

/// Panels that are written side by side: more of them, at a distance that is mostly a multiple of 4 KB, would push each
/// other out of the cache.
const AT_ONCE: usize = 4;

/// Packs lines, the rows of `lines`, in panels of `height`: number (line l, depth d) of a panel stands at
/// `d · height + l`.
///
/// For lines that the last panel lacks, `out` stays as it is: what the micro-kernel makes of them is not stored.
pub(super) struct Pack<'a> {
    pub(super) lines: Mat<'a>,
    pub(super) height: usize,
    pub(super) out: &'a mut [f32],
}

impl NullaryFnOnce for Pack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { lines, height, out } = self;
        if lines.row_stride != 1 {
            return turn(lines, height, out);
        }
        match height {
            4 => copy::<4>(lines, out),
            6 => copy::<6>(lines, out),
            8 => copy::<8>(lines, out),
            12 => copy::<12>(lines, out),
            16 => copy::<16>(lines, out),
            32 => copy::<32>(lines, out),
            _ => turn(lines, height, out),
        }
    }
}

/// Numbers of one depth stand side by side in the operand, too.
#[inline(always)]
fn copy<const H: usize>(lines: Mat<'_>, out: &mut [f32]) {
    let depth = lines.columns;
    let mut start = 0;
    for panels in out.chunks_mut(AT_ONCE * H * depth) {
        let count = (lines.rows - start).min(AT_ONCE * H);
        for d in 0..depth {
            let (whole, rest) = lines.data[d * lines.column_stride + start..][..count].as_chunks::<H>();
            for (p, numbers) in whole.iter().enumerate() {
                *panels[(p * depth + d) * H..].first_chunk_mut().expect("room for every panel") = *numbers;
            }
            if !rest.is_empty() {
                panels[(whole.len() * depth + d) * H..][..rest.len()].copy_from_slice(rest);
            }
        }
        start += count;
    }
}

/// Numbers of one line stand side by side, or none do.
#[inline(always)]
fn turn(lines: Mat<'_>, height: usize, out: &mut [f32]) {
    let (transpose, depth) = (Transpose::new(), lines.columns);
    for (p, panel) in out.chunks_exact_mut(height * depth).enumerate() {
        let count = height.min(lines.rows - p * height);
        let lines = lines.rows(p * height, count);
        let done = if lines.column_stride == 1 {
            transpose.blocks(lines.data, lines.row_stride, [count, depth], height, panel)
        } else {
            [0, 0]
        };
        for d in 0..depth {
            for l in if d < done[1] { done[0] } else { 0 }..count {
                panel[d * height + l] = lines.at(l, d);
            }
        }
    }
}
