//! Destructors that a notebook's cell calls. A destructor written by the compiler is compiled again in every cell that
//! holds such a value, with those of all its fields, and theirs; one that drops its fields by hand is compiled here, once.
#![allow(unsafe_code)] // a field is dropped by hand: once, where its owner is dropped

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

/// A field that its owner drops by hand, which [`drops_here`] writes down for it.
#[derive(Clone, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Field<T>(ManuallyDrop<T>);

impl<T> Field<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(ManuallyDrop::new(value))
    }

    /// Drops the value.
    ///
    /// # Safety
    /// For the owner's `drop` only, once: nobody sees the field afterwards.
    #[inline]
    pub(crate) unsafe fn drop_by_hand(&mut self) {
        // SAFETY: the caller's promise.
        unsafe { ManuallyDrop::drop(&mut self.0) }
    }
}

impl<T> Deref for Field<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Field<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Gives a type a destructor that is compiled in this crate: `drops_here!(Tensor: storage, layout, node)`. Each of its
/// fields that needs dropping is a [`Field`] and named here; after them may stand what comes first,
/// `; |animator| animator.end()`.
macro_rules! drops_here {
    ($type:ident: $($field:ident),+ $(; |$self:ident| $first:expr)?) => {
        impl Drop for $type {
            #[allow(unsafe_code)] // each field is dropped here, and nowhere else
            fn drop(&mut self) {
                $({
                    let $self = &mut *self;
                    $first;
                })?
                // SAFETY: this is the owner's `drop`, after which no field is used.
                $(unsafe { self.$field.drop_by_hand() };)+
            }
        }
    };
}
pub(crate) use drops_here;
