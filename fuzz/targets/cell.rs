//! From a cell's text to the code that rustc is given.
//!
//! Must hold: no panic; the code that is made of what parses parses; what is said to be the cell's text is.
#![no_main]

use dlnotes_fuzz::cell::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|cell: &str| check(cell));
