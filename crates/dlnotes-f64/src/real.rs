//! The counterpart of `dlnotes/src/real.rs` with f64: what depends on the number type.

/// The number type of every tensor here.
pub type Real = f64;

pub(crate) fn exp(x: Real) -> Real {
    x.exp()
}

pub(crate) fn exp_from_minus_86(x: Real) -> Real {
    x.exp()
}

pub(crate) fn tanh(x: Real) -> Real {
    x.tanh()
}

pub(crate) fn erf(x: Real) -> Real {
    libm::erf(x)
}
