//! Shared libraries: the ones that all cells use, and the cells themselves. None is ever closed, since values may hold
//! pointers into its code.
#![allow(unsafe_code)] // the dynamic linker

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::cell::Frame;

/// A cell's code.
pub(super) type Cell = fn(&mut Frame<'_>);

/// Opens a library for all that follow.
pub(super) fn open_for_all(path: &Path) -> Result<(), String> {
    open(path, NOW | GLOBAL).map(|_| ())
}

/// Opens the library of a cell.
pub(super) fn open_cell(path: &Path) -> Result<Cell, String> {
    let library = open(path, NOW)?;
    // SAFETY: the handle is of a library that is open, and the name ends in a zero.
    let cell = unsafe { dlsym(library, c"cell".as_ptr()) };
    if cell.is_null() {
        return Err(last_error());
    }
    // SAFETY: a cell's library is generated with a function of this name and type, by the compiler that compiled us.
    Ok(unsafe { std::mem::transmute::<*mut c_void, Cell>(cell) })
}

/// Symbols are looked up when it is opened: a missing one is an error then, and not the end of the process later.
fn open(path: &Path, flags: c_int) -> Result<*mut c_void, String> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|e| e.to_string())?;
    // SAFETY: the name ends in a zero; what a library runs when it is opened is the business of whoever made it.
    let library = unsafe { dlopen(name.as_ptr(), flags) };
    if library.is_null() { Err(last_error()) } else { Ok(library) }
}

fn last_error() -> String {
    // SAFETY: what `dlerror` returns, if anything, is a text that lasts until the thread's next call.
    unsafe {
        let text = dlerror();
        if text.is_null() {
            String::from("the dynamic linker doesn't say why")
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

const NOW: c_int = 2;
const GLOBAL: c_int = if cfg!(target_vendor = "apple") { 8 } else { 0x100 };

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}
