//! What rust-analyzer, inside evcxr, is given to read.
//!
//! evcxr asks rust-analyzer for the type of each variable. It reads the sources of every crate that cargo names, and
//! evcxr makes it look through all of them again after each cell. Most can't matter to a reader: of the crates below
//! the helper crate, few have a type or a trait that shows in it. So rust-analyzer's cargo is this program, which
//! passes every question on and leaves the others out of the answer; evcxr compiles with cargo itself.

mod shown;
mod stand_in;

pub use stand_in::stand_in_for_cargo;
pub(crate) use stand_in::{CARGO_HOME, cargo_home, lay_stand_in, with_own_cargo};
