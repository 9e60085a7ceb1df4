//! Random tensors from one generator that can be seeded, or from streams of a seed for work in parallel.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
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

const HELD: &str = "this thread holds the generator already: drop it before drawing elsewhere";

/// Where this thread draws from.
enum Scope {
    /// [`GENERATOR`], as all threads outside [`with_stream`].
    Shared,
    /// A stream of this thread's own.
    Own(Box<ChaCha8Rng>),
    /// A stream that a [`Generator`] holds at the moment.
    Lent,
}

thread_local! {
    static SCOPE: Cell<Scope> = const { Cell::new(Scope::Shared) };
    /// Whether this thread holds the lock of [`GENERATOR`].
    static HOLDS: Cell<bool> = const { Cell::new(false) };
}

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

/// Runs `f` with random numbers of its own: stream `index` of `seed`, whatever other threads draw meanwhile. Every
/// random tensor, mask and shuffle that `f` makes on this thread comes from it; the generator outside stays as it was.
///
/// Streams of one seed are independent of each other and of [`seed`]`(seed)` itself. Work in parallel that takes one
/// stream a piece computes what it would compute one piece after the other; `dlnotes::parallel` is both in one.
///
/// ```
/// use dlnotes::prelude::*;
/// let draw = |index| with_stream(42, index, || Tensor::randn([3]).to_vec());
/// let (first, second) = (draw(0), draw(1));
/// assert_ne!(first, second);
/// assert_eq!(std::thread::spawn(move || draw(1)).join().unwrap(), second);
/// ```
pub fn with_stream<R>(seed: u64, index: u64, f: impl FnOnce() -> R) -> R {
    let _stream = Stream::enter(seed, index);
    f()
}

/// Runs `f` with random numbers of its own, those that follow [`seed`]`(seed)`.
pub(crate) fn with_seed<R>(seed: u64, f: impl FnOnce() -> R) -> R {
    let _stream = Stream::enter(seed, SEED_ITSELF);
    f()
}

/// The stream that is [`seed`]'s own.
const SEED_ITSELF: u64 = u64::MAX;

/// Inside of a [`with_stream`]; the scope around it returns when it ends, even while a panic unwinds.
struct Stream {
    outer: Scope,
}

impl Stream {
    fn enter(seed: u64, index: u64) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        // Stream 0 is what `seed(seed)` gives: two pieces of work must not share their numbers.
        stream.set_stream(index.wrapping_add(1));
        Self { outer: SCOPE.replace(Scope::Own(Box::new(stream))) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        SCOPE.set(std::mem::replace(&mut self.outer, Scope::Shared));
    }
}

/// The generator behind every random tensor, locked: for drawing with `rand` or `ndarray-rand` directly. Inside
/// [`with_stream`] it is that stream's.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::ndarray_rand::RandomExt;
/// use dlnotes::ndarray_rand::rand_distr::Exp1;
/// seed(1);
/// let waits = dlnotes::ndarray::Array1::<f32>::random_using(5, Exp1, &mut *generator());
/// let x = Tensor::from(waits);
/// assert!(x.min().item() > 0.0);
/// ```
///
/// # Panics
/// If this thread holds a generator already, which a random tensor would wait for, forever: drop it first.
#[track_caller]
pub fn generator() -> Generator {
    match SCOPE.replace(Scope::Lent) {
        Scope::Own(stream) => Generator(Held::Own(stream)),
        Scope::Lent => {
            SCOPE.set(Scope::Lent);
            fail("generator", HELD)
        }
        Scope::Shared => {
            SCOPE.set(Scope::Shared);
            if HOLDS.get() {
                fail("generator", HELD);
            }
            HOLDS.set(true);
            // A generator left by a panic is as good as any.
            Generator(Held::Shared(GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)))
        }
    }
}

/// The generator while [`generator`] lends it out; dropping it gives it back.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::ndarray_rand::rand::Rng;
/// let heads = with_stream(7, 0, || {
///     let mut random = generator();
///     (0..1000).filter(|_| random.random_bool(0.5)).count()
/// });
/// assert!((400..600).contains(&heads));
/// ```
pub struct Generator(Held);

enum Held {
    Shared(MutexGuard<'static, ChaCha8Rng>),
    Own(Box<ChaCha8Rng>),
    /// Given back: only while it is being dropped.
    Nothing,
}

impl Drop for Generator {
    fn drop(&mut self) {
        let stream = match std::mem::replace(&mut self.0, Held::Nothing) {
            Held::Own(stream) => stream,
            Held::Shared(_) => return HOLDS.set(false),
            Held::Nothing => return,
        };
        match SCOPE.replace(Scope::Own(stream)) {
            Scope::Lent => {}
            // The scope that lent it has ended: another one's generator stays in place.
            other => SCOPE.set(other),
        }
    }
}

impl Deref for Generator {
    type Target = ChaCha8Rng;

    fn deref(&self) -> &ChaCha8Rng {
        match &self.0 {
            Held::Shared(generator) => generator,
            Held::Own(stream) => stream,
            Held::Nothing => unreachable!("nobody has a generator that is dropped"),
        }
    }
}

impl DerefMut for Generator {
    fn deref_mut(&mut self) -> &mut ChaCha8Rng {
        match &mut self.0 {
            Held::Shared(generator) => generator,
            Held::Own(stream) => stream,
            Held::Nothing => unreachable!("nobody has a generator that is dropped"),
        }
    }
}

#[track_caller]
fn draw(op: &'static str, shape: &[usize], distribution: impl Distribution<Real>) -> Tensor {
    let mut values = pool::take(checked_len(op, shape).or_fail());
    let mut generator = generator();
    values.iter_mut().for_each(|x| *x = distribution.sample(&mut *generator));
    Tensor::from_buffer(values, shape)
}

/// [`Tensor::random`], a call for each number: of a distribution that only a cell knows, that is all it compiles.
#[track_caller]
fn drawn(shape: &[usize], sample: &dyn Fn(&mut ChaCha8Rng) -> Real) -> Tensor {
    let mut values = pool::take(checked_len("random", shape).or_fail());
    let mut generator = generator();
    values.iter_mut().for_each(|x| *x = sample(&mut generator));
    Tensor::from_buffer(values, shape)
}

// A function for each distribution, so that a notebook's cell calls one instead of compiling it for its shape.

#[track_caller]
fn rand(shape: &[usize]) -> Tensor {
    draw("rand", shape, StandardUniform)
}

#[track_caller]
fn randn(shape: &[usize]) -> Tensor {
    draw("randn", shape, StandardNormal)
}

#[track_caller]
fn normal(mean: Real, std: Real, shape: &[usize]) -> Tensor {
    match Normal::new(mean, std) {
        Ok(normal) if std >= 0.0 => draw("normal", shape, normal),
        _ => fail("normal", format!("the standard deviation is {std}: it must be a finite number, 0 or more")),
    }
}

#[track_caller]
fn uniform(low: Real, high: Real, shape: &[usize]) -> Tensor {
    match Uniform::new(low, high) {
        Ok(uniform) => draw("uniform", shape, uniform),
        Err(_) => fail("uniform", format!("from {low} to {high}: both must be finite, the first below the second")),
    }
}

impl Tensor {
    /// Uniform in [0, 1), in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(0);
    /// let x = Tensor::rand([1000]);
    /// assert!(x.min().item() >= 0.0 && x.max().item() < 1.0);
    /// assert!((x.mean().item() - 0.5).abs() < 0.05);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn rand(shape: impl AsRef<[usize]>) -> Self {
        rand(shape.as_ref())
    }

    /// Normal with mean 0 and standard deviation 1, in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(0);
    /// let x = Tensor::randn([1000]);
    /// assert!(x.mean().item().abs() < 0.15 && (x.std().item() - 1.0).abs() < 0.1);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn randn(shape: impl AsRef<[usize]>) -> Self {
        randn(shape.as_ref())
    }

    /// Normal with mean `mean` and standard deviation `std`, in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(0);
    /// let noise = Tensor::normal(0.0, 0.01, [1000, 1]);         // the ε of the notes' linear data
    /// assert!((noise.std().item() - 0.01).abs() < 0.001);
    /// ```
    ///
    /// # Panics
    /// If `std` is negative or not finite, or the tensor can't fit into memory.
    #[track_caller]
    pub fn normal(mean: Real, std: Real, shape: impl AsRef<[usize]>) -> Self {
        normal(mean, std, shape.as_ref())
    }

    /// Uniform in [low, high), in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let bound = (6.0_f32 / (256.0 + 10.0)).sqrt();            // Xavier's
    /// let w = Tensor::uniform(-bound, bound, [10, 256]);
    /// assert!(w.abs().max().item() <= bound);
    /// ```
    ///
    /// # Panics
    /// If `low` is not below `high` or one is not finite, or the tensor can't fit into memory.
    #[track_caller]
    pub fn uniform(low: Real, high: Real, shape: impl AsRef<[usize]>) -> Self {
        uniform(low, high, shape.as_ref())
    }

    /// Elements drawn from any distribution of `rand_distr`, in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::ndarray_rand::rand_distr::Exp1;
    /// seed(0);
    /// let waits = Tensor::random([1000], Exp1);
    /// assert!(waits.min().item() >= 0.0 && (waits.mean().item() - 1.0).abs() < 0.15);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn random(shape: impl AsRef<[usize]>, distribution: impl Distribution<Real>) -> Self {
        drawn(shape.as_ref(), &|generator| distribution.sample(generator))
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
