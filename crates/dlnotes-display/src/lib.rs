//! How a notebook cell's process shows something.
//!
//! | where the program runs | [`display`] | [`update`] |
//! |---|---|---|
//! | `dlnotes-kernel` | at once, also in the middle of a cell | replaces the output in place |
//! | stock `evcxr_jupyter` | one `EVCXR_BEGIN_CONTENT` block per type, shown when the cell ends | nothing: [`finish`] shows the last state |
//! | no notebook | prints the `text/plain` form | nothing |
//!
//! [`controls`] are what a reader moves, and what moves with them. What travels to `dlnotes-kernel` is described in [`record`]. [`poll_interrupt`] is what long-running code calls so that
//! a reader can stop it.

mod bundle;
pub mod cell;
#[cfg(test)]
mod cell_tests;
#[cfg(unix)]
#[doc(hidden)]
pub mod cells;
pub mod controls;
mod host;
mod interrupt;
mod late;
pub mod record;
mod show;
mod value;
pub mod words;

pub use bundle::Bundle;
pub use host::is_live;
pub use interrupt::{Interrupted, forget_interrupt, interrupt_after, interrupted, poll_interrupt, request_interrupt};
pub use late::before_cell_ends;
pub use show::{clear_output, display, display_with_id, finish, result, update};
pub use value::result_of;

/// The example of the read-me, run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
