//! Whether operations are recorded, by thread.

use std::cell::Cell;

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(true) };
}

/// Whether operations on tensors that require grad are recorded on this thread.
///
/// ```
/// use dlnotes::prelude::*;
/// assert!(is_grad_enabled());
/// no_grad(|| assert!(!is_grad_enabled()));
/// assert!(is_grad_enabled());   // as before
/// ```
pub fn is_grad_enabled() -> bool {
    is_enabled()
}

pub(crate) fn is_enabled() -> bool {
    ENABLED.get()
}

/// Restores the mode when it goes out of scope, even while a panic unwinds.
pub(crate) struct Restore(bool);

impl Restore {
    /// Nothing is recorded until the value returned is dropped. In place of [`no_grad`] where a mistake is to be told at the
    /// caller's line: a closure has a line of its own.
    pub(crate) fn no_grad() -> Self {
        Self::after(false)
    }

    /// Sets the mode until the value returned is dropped.
    fn after(enabled: bool) -> Self {
        Self(ENABLED.replace(enabled))
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        ENABLED.set(self.0);
    }
}

/// Runs `f` without recording: no graph, and leaves may be edited in place.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::ones([2]).requires_grad();
/// let y = no_grad(|| &w * 2.0);
/// assert!(!y.is_tracked());
/// no_grad(|| w.sub_(&Tensor::ones([2])));   // a step of an optimizer
/// assert_eq!(w.to_vec(), [0.0, 0.0]);
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    with_mode(false, f)
}

/// Runs `f` with recording on, inside a [`no_grad`].
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::scalar(3.0).requires_grad();
/// no_grad(|| {
///     let y = enable_grad(|| &x * &x);   // this one product is recorded
///     y.backward();
/// });
/// assert_eq!(x.grad().unwrap().item(), 6.0);
/// ```
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    with_mode(true, f)
}

fn with_mode<R>(enabled: bool, f: impl FnOnce() -> R) -> R {
    let _restore = Restore::after(enabled);
    f()
}
