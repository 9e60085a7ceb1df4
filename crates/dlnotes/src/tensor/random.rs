//! Random tensors from one generator that can be seeded.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use ndarray_rand::rand::distr::Distribution;
use ndarray_rand::rand::{Rng, SeedableRng};
use ndarray_rand::rand_distr::{Normal, StandardNormal, StandardUniform, Uniform};
use rand_chacha::ChaCha8Rng;

use super::create::checked_len;
use super::error::{OrFail, fail};
use super::{Tensor, pool};
use crate::real::Real;

/// ChaCha: documented to give the same numbers on every machine and in every later version.
static GENERATOR: LazyLock<Mutex<ChaCha8Rng>> = LazyLock::new(|| Mutex::new(ChaCha8Rng::from_os_rng()));

/// Makes everything random that follows the same each time, on every machine.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(42);
/// let a = Tensor::randn([3]);
/// seed(42);
/// assert_eq!(a.to_vec(), Tensor::randn([3]).to_vec());
/// ```
pub fn seed(seed: u64) {
    *generator() = ChaCha8Rng::seed_from_u64(seed);
}

/// The generator behind every random tensor, locked: for drawing with `rand` or `ndarray-rand` directly. Don't make
/// random tensors while you hold it.
///
/// ```
/// use dlnotes::prelude::*;
/// use ndarray_rand::RandomExt;
/// use ndarray_rand::rand_distr::Exp1;
/// seed(1);
/// let waits = ndarray::Array1::<f32>::random_using(5, Exp1, &mut *generator());
/// let x = Tensor::from(waits);
/// assert!(x.min().item() > 0.0);
/// ```
pub fn generator() -> MutexGuard<'static, ChaCha8Rng> {
    // A generator left by a panic is as good as any.
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

#[track_caller]
fn draw(op: &'static str, shape: &[usize], distribution: impl Distribution<Real>) -> Tensor {
    let mut values = pool::take(checked_len(op, shape).or_fail());
    let mut generator = generator();
    values.iter_mut().for_each(|x| *x = distribution.sample(&mut *generator));
    Tensor::from_buffer(values, shape)
}

impl Tensor {
    /// Uniform in [0, 1).
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn rand(shape: impl AsRef<[usize]>) -> Self {
        draw("rand", shape.as_ref(), StandardUniform)
    }

    /// Normal with mean 0 and standard deviation 1.
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn randn(shape: impl AsRef<[usize]>) -> Self {
        draw("randn", shape.as_ref(), StandardNormal)
    }

    /// Normal with mean `mean` and standard deviation `std`.
    ///
    /// # Panics
    /// If `std` is negative or not finite, or the tensor can't fit into memory.
    #[track_caller]
    pub fn normal(mean: Real, std: Real, shape: impl AsRef<[usize]>) -> Self {
        match Normal::new(mean, std) {
            Ok(normal) if std >= 0.0 => draw("normal", shape.as_ref(), normal),
            _ => fail("normal", format!("the standard deviation is {std}: it must be a finite number, 0 or more")),
        }
    }

    /// Uniform in [low, high).
    ///
    /// # Panics
    /// If `low` is not below `high` or one is not finite, or the tensor can't fit into memory.
    #[track_caller]
    pub fn uniform(low: Real, high: Real, shape: impl AsRef<[usize]>) -> Self {
        match Uniform::new(low, high) {
            Ok(uniform) => draw("uniform", shape.as_ref(), uniform),
            Err(_) => fail("uniform", format!("from {low} to {high}: both must be finite, the first below the second")),
        }
    }

    /// Elements drawn from any distribution of `rand_distr`.
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn random(shape: impl AsRef<[usize]>, distribution: impl Distribution<Real>) -> Self {
        draw("random", shape.as_ref(), distribution)
    }
}

/// The numbers 0..n in random order.
///
/// ```
/// use dlnotes::prelude::*;
/// let mut order = permutation(5);
/// order.sort();
/// assert_eq!(order, [0, 1, 2, 3, 4]);
/// ```
#[must_use]
pub fn permutation(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut generator = generator();
    for i in (1..n).rev() {
        // u64, not usize: the same on 32-bit machines.
        order.swap(i, generator.random_range(0..=i as u64) as usize);
    }
    order
}
