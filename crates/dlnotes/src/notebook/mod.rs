//! What only a notebook needs: how values look below a cell, and a reader's answers.
//!
//! A kernel with evcxr's conventions calls `evcxr_display` on the value of a cell's last expression. Where a type has
//! no such method our kernel shows it as `{:?}` does, and the stock one compiles the cell a second time to print it;
//! having the method for what a cell usually ends in saves that.

mod check;
mod table;
mod value;

pub use check::{Answer, Value, Verdict};
pub use value::NotebookValue;
