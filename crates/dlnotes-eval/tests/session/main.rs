//! Sessions for real: cells are compiled, run, and what they leave is used by later cells.

mod kinds;
mod notebook;
