//! What only a notebook needs: how values look below a cell.
//!
//! A kernel built on evcxr calls `evcxr_display` on the value of a cell's last expression. Where a type has no such
//! method the cell is compiled a second time, to print it with `{:?}`; having the method for what a cell usually ends
//! in saves that.

mod table;
mod value;

pub use value::NotebookValue;
