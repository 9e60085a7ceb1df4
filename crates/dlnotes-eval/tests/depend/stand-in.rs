//! A stand-in for our display crate, a crate of its own.
#![allow(missing_docs, unsafe_code, clippy::all)] // values move as bytes, as in the real crate

use std::ffi::{CStr, CString, c_char, c_int, c_void};
unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}
pub fn poll_interrupt() {}
pub mod cells {
    pub fn main() {
        for file in std::env::args().skip(1) {
            let name = super::CString::new(file.as_str()).unwrap();
            let is_cell = file.ends_with("cell.so");
            let library = unsafe { super::dlopen(name.as_ptr(), if is_cell { 2 } else { 0x102 }) };
            if library.is_null() {
                println!("{:?}", unsafe { super::CStr::from_ptr(super::dlerror()) });
                std::process::exit(1);
            }
            if is_cell {
                let cell: extern "C" fn() = unsafe { std::mem::transmute(super::dlsym(library, c"cell".as_ptr())) };
                cell();
            }
        }
    }
}
