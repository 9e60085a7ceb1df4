//! Recycled buffers.
//!
//! A step of training allocates the same sizes again and again; fresh memory of that size costs a page fault every
//! 4 KB, more than the arithmetic on it. Large buffers therefore go back to a pool when their tensor is dropped.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::error::fail;
use crate::real::Real;

/// Smaller buffers are left to the allocator, which has a fast path for them.
const MIN_POOLED: usize = 4096;
/// The pool keeps at most this many numbers (256 MB as f32); past it, buffers are freed.
const MAX_KEPT: usize = 64 << 20;

/// From this size on (1 GB as f32) the system is asked first whether it has the memory.
const MIN_ASKED: usize = 1 << 28;

struct Pool {
    free: BTreeMap<usize, Vec<Vec<Real>>>,
    kept: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { free: BTreeMap::new(), kept: 0 });

fn pool() -> std::sync::MutexGuard<'static, Pool> {
    // Nothing in this file can panic between two states of the pool.
    POOL.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A buffer of `len` numbers with *unspecified* content: for callers that write every element.
///
/// # Panics
/// If the system has no such memory; the process would end otherwise, and a notebook's variables with it.
#[track_caller]
pub(crate) fn take(len: usize) -> Vec<Real> {
    if len >= MIN_POOLED {
        let mut pool = pool();
        if let Some(buffer) = pool.free.get_mut(&len).and_then(Vec::pop) {
            pool.kept -= len;
            return buffer;
        }
    }
    if len >= MIN_ASKED && Vec::<Real>::new().try_reserve_exact(len).is_err() {
        let gigabytes = (len * size_of::<Real>()) as f64 / 1e9;
        fail(
            "memory",
            format!("there are no {gigabytes:.1} GB for {len} numbers: use smaller sizes, or smaller batches"),
        );
    }
    vec![0.0; len]
}

/// A buffer of `len` times `value`.
#[track_caller]
pub(crate) fn filled(len: usize, value: Real) -> Vec<Real> {
    if len < MIN_POOLED {
        return vec![value; len];
    }
    let mut buffer = take(len);
    buffer.fill(value);
    buffer
}

/// Gives a buffer back.
pub(crate) fn give(buffer: Vec<Real>) {
    let len = buffer.len();
    if len < MIN_POOLED {
        return;
    }
    let mut pool = pool();
    if pool.kept + len <= MAX_KEPT {
        pool.kept += len;
        pool.free.entry(len).or_default().push(buffer);
    }
}
