//! Random numbers that are the same on every machine.

use sha2::{Digest as _, Sha256};

/// A stream of numbers that depends on its name alone: SplitMix64.
#[derive(Debug)]
pub(super) struct Stream(u64);

impl Stream {
    pub(super) fn new(name: &str) -> Self {
        Self(Sha256::digest(name).iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }

    /// Uniform in [0, 1).
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normal with mean 0 and standard deviation 1: Box and Muller's.
    pub(super) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.next(), self.next());
        // Not the system's functions, whose last digits differ from one system to the next.
        libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(std::f64::consts::TAU * angle)
    }

    /// One of the numbers below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((self.next() * end as f64) as usize).min(end - 1)
    }
}
