//! The memory behind tensors: shared between views, counted in versions.
//!
//! All locking happens here. Closures run under the lock and must not touch other tensors' storage; several storages are
//! locked in the order of their addresses, one that is asked for twice is locked once: no order of calls can deadlock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use smallvec::SmallVec;

use super::pool;
use crate::real::Real;

/// A tensor's numbers: few enough stand in the storage itself, which saves scalars and small vectors an allocation.
pub(crate) type Buffer = SmallVec<[Real; INLINE]>;

/// How many are few enough.
pub(crate) const INLINE: usize = 8;

/// A buffer, and how often it was changed in place.
pub(crate) struct Storage {
    buffer: RwLock<Buffer>,
    version: AtomicU64,
}

impl Storage {
    pub(crate) fn new(buffer: Buffer) -> Self {
        Self { buffer: RwLock::new(buffer), version: AtomicU64::new(0) }
    }

    /// How often the content was changed in place.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    // A panic under the lock leaves numbers, if half-written ones; never an invalid buffer. So poison is ignored.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Buffer> {
        self.buffer.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Buffer> {
        self.buffer.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The buffer of a storage that nobody else holds: no lock, no new version.
    pub(crate) fn exclusive(&mut self) -> &mut Buffer {
        self.buffer.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `f` on the buffers of both storages, which may be one.
    pub(crate) fn read_both<R>(&self, other: &Self, f: impl FnOnce(&[Real], &[Real]) -> R) -> R {
        if std::ptr::eq(self, other) {
            let data = self.read();
            f(&data, &data)
        } else if std::ptr::from_ref(self) < std::ptr::from_ref(other) {
            let a = self.read();
            let b = other.read();
            f(&a, &b)
        } else {
            let b = other.read();
            let a = self.read();
            f(&a, &b)
        }
    }

    /// Runs `f` on the buffers of three storages, of which some may be one.
    pub(crate) fn read_three<R>(&self, b: &Self, c: &Self, f: impl FnOnce(&[Real], &[Real], &[Real]) -> R) -> R {
        let mut in_order = [self, b, c];
        in_order.sort_by_key(|storage| std::ptr::from_ref(*storage));
        let [first, second, third] = in_order;
        let first_data = first.read();
        let second_data = (!std::ptr::eq(second, first)).then(|| second.read());
        let third_data = (!std::ptr::eq(third, second)).then(|| third.read());
        let data_of = |storage| match (&second_data, &third_data) {
            (_, Some(data)) if std::ptr::eq(storage, third) => &data[..],
            (Some(data), _) if std::ptr::eq(storage, second) => &data[..],
            _ => &first_data[..],
        };
        f(data_of(self), data_of(b), data_of(c))
    }

    /// Changes the content in place: the version goes up.
    pub(crate) fn edit<R>(&self, f: impl FnOnce(&mut [Real]) -> R) -> R {
        let mut data = self.write();
        self.version.fetch_add(1, Ordering::Release);
        f(&mut data)
    }

    /// Changes the content in place while reading another storage. `None` where both are one: copy first.
    pub(crate) fn edit_with<R>(&self, other: &Self, f: impl FnOnce(&mut [Real], &[Real]) -> R) -> Option<R> {
        if std::ptr::eq(self, other) {
            return None;
        }
        let (mut data, source);
        if std::ptr::from_ref(self) < std::ptr::from_ref(other) {
            data = self.write();
            source = other.read();
        } else {
            source = other.read();
            data = self.write();
        }
        self.version.fetch_add(1, Ordering::Release);
        Some(f(&mut data, &source))
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let buffer = std::mem::take(self.exclusive());
        if buffer.spilled() {
            pool::give(buffer.into_vec());
        }
    }
}
