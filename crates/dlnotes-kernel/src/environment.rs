//! Variables of the kernel's own environment.
#![allow(unsafe_code)] // `set_var`; see the one place

use std::ffi::OsStr;

/// Sets a variable that evcxr and rust-analyzer read in this process.
pub(crate) fn set(name: &str, value: impl AsRef<OsStr>) {
    // SAFETY: everything in this process that reads the environment is Rust and goes through std's lock; no C code
    // that would call `getenv` beside it is linked in.
    unsafe { std::env::set_var(name, value) }
}
