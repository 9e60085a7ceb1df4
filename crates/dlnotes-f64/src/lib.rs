//! The tensor sources of `dlnotes` in double precision.
//!
//! Finite differences in f32 prove a derivative to three digits at best; here they prove it to eight. Nothing is
//! written twice: `tensor/` is the same folder, compiled against another `Real`.

// The same sources in single precision need the conversions that change nothing here.
#![allow(clippy::unnecessary_cast, clippy::useless_conversion)]
// What only the layers and optimizers call, which are not here, is checked in `dlnotes`.
#![allow(dead_code, unused_imports)]

mod interrupt {
    /// Nobody interrupts a proof.
    pub(crate) fn poll() {}
}
#[path = "../../dlnotes/src/dropped.rs"]
mod dropped;
mod gemm;
mod real;
#[path = "../../dlnotes/src/share.rs"]
mod share;
#[path = "../../dlnotes/src/tensor/mod.rs"]
pub mod tensor;

pub use real::Real;
