//! Blocks of 8 × 8 numbers transposed in registers.

/// The side of a block.
const SIDE: usize = 8;

#[cfg(target_arch = "x86_64")]
pub(super) use avx::Transpose;
#[cfg(not(target_arch = "x86_64"))]
pub(super) use elsewhere::Transpose;

#[cfg(target_arch = "x86_64")]
mod avx {
    use pulp::x86::V3;
    use pulp::{NullaryFnOnce, f32x8};

    use super::SIDE;

    /// Depths of all lines that are transposed before the next: what is written of them stays in the cache.
    const AT_ONCE: usize = 256;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Transpose(Option<V3>);

    impl Transpose {
        pub(in super::super) fn new() -> Self {
            Self(V3::try_new())
        }

        /// out[d · width + l] ← lines[l · stride + d] for as many of `size` lines and depths as whole blocks have.
        /// Returns how many.
        pub(in super::super) fn blocks(
            self,
            lines: &[f32],
            stride: usize,
            size: [usize; 2],
            width: usize,
            out: &mut [f32],
        ) -> [usize; 2] {
            let Some(simd) = self.0 else { return [0, 0] };
            simd.vectorize(Blocks { simd, lines, stride, size, width, out })
        }
    }

    struct Blocks<'a> {
        simd: V3,
        lines: &'a [f32],
        stride: usize,
        size: [usize; 2],
        width: usize,
        out: &'a mut [f32],
    }

    impl NullaryFnOnce for Blocks<'_> {
        type Output = [usize; 2];

        #[inline(always)]
        fn call(self) -> [usize; 2] {
            let Self { simd, lines, stride, size: [count, depth], width, out } = self;
            let (eights, fours, depth) = (count / 8 * 8, count / 4 * 4, depth / SIDE * SIDE);
            for (i, out) in out[..depth * width].chunks_mut(AT_ONCE * width).enumerate() {
                let depths = i * AT_ONCE..(i * AT_ONCE + out.len() / width);
                for l in (0..eights).step_by(8) {
                    let rows: [_; 8] = std::array::from_fn(|i| &lines[(l + i) * stride..][depths.clone()]);
                    for (d, out) in out.chunks_exact_mut(SIDE * width).enumerate() {
                        let columns = eight(simd, load(rows, d * SIDE));
                        for i in 0..8 {
                            let column: [f32; 8] = pulp::cast(columns[i]);
                            *out[i * width + l..].first_chunk_mut().expect("a whole block") = column;
                        }
                    }
                }
                for l in (eights..fours).step_by(4) {
                    let rows: [_; 4] = std::array::from_fn(|i| &lines[(l + i) * stride..][depths.clone()]);
                    for (d, out) in out.chunks_exact_mut(SIDE * width).enumerate() {
                        let columns = four(simd, load(rows, d * SIDE));
                        for i in 0..4 {
                            let [low, high]: [[f32; 4]; 2] = pulp::cast(columns[i]);
                            *out[i * width + l..].first_chunk_mut().expect("a whole block") = low;
                            *out[(i + 4) * width + l..].first_chunk_mut().expect("a whole block") = high;
                        }
                    }
                }
            }
            [fours, depth]
        }
    }

    // Plain loops in what follows: closures of `map` would be compiled without these instructions.

    #[inline(always)]
    fn load<const N: usize>(rows: [&[f32]; N], start: usize) -> [f32x8; N] {
        let mut loaded = [pulp::cast([0.0_f32; 8]); N];
        for i in 0..N {
            loaded[i] = pulp::cast(*rows[i][start..].first_chunk::<8>().expect("a whole block"));
        }
        loaded
    }

    /// Of four rows of 8: column i in the low half of the i-th result, column i + 4 in its high half.
    #[inline(always)]
    fn four(simd: V3, [a, b, c, d]: [f32x8; 4]) -> [f32x8; 4] {
        let (avx, [a, b, c, d]) = (simd.avx, [pulp::cast(a), pulp::cast(b), pulp::cast(c), pulp::cast(d)]);
        let (ab_low, ab_high) = (avx._mm256_unpacklo_ps(a, b), avx._mm256_unpackhi_ps(a, b));
        let (cd_low, cd_high) = (avx._mm256_unpacklo_ps(c, d), avx._mm256_unpackhi_ps(c, d));
        [
            pulp::cast(avx._mm256_shuffle_ps::<0x44>(ab_low, cd_low)),
            pulp::cast(avx._mm256_shuffle_ps::<0xee>(ab_low, cd_low)),
            pulp::cast(avx._mm256_shuffle_ps::<0x44>(ab_high, cd_high)),
            pulp::cast(avx._mm256_shuffle_ps::<0xee>(ab_high, cd_high)),
        ]
    }

    /// The columns of eight rows of 8.
    #[inline(always)]
    fn eight(simd: V3, [a, b, c, d, e, f, g, h]: [f32x8; 8]) -> [f32x8; 8] {
        let (top, bottom) = (four(simd, [a, b, c, d]), four(simd, [e, f, g, h]));
        let mut columns = [top[0]; 8];
        for i in 0..4 {
            let (top, bottom) = (pulp::cast(top[i]), pulp::cast(bottom[i]));
            columns[i] = pulp::cast(simd.avx._mm256_permute2f128_ps::<0x20>(top, bottom));
            columns[i + 4] = pulp::cast(simd.avx._mm256_permute2f128_ps::<0x31>(top, bottom));
        }
        columns
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    #[derive(Clone, Copy)]
    pub(in super::super) struct Transpose;

    impl Transpose {
        pub(in super::super) fn new() -> Self {
            Self
        }

        /// No blocks: the caller's loop does all.
        pub(in super::super) fn blocks(
            self,
            _: &[f32],
            _: usize,
            _: [usize; 2],
            _: usize,
            _: &mut [f32],
        ) -> [usize; 2] {
            [0, 0]
        }
    }
}
