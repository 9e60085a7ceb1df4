//! Telling the processor what will be read soon.
#![allow(unsafe_code)] // A prefetch takes a bare pointer, and reads nothing.

/// The bytes that caches move at a time.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Has `bytes` fetched into the cache; nobody waits for them.
#[inline]
pub(super) fn prefetch(bytes: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    for line in bytes.chunks(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: it changes nothing but caches, whatever the address, and every x86-64 processor has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}
