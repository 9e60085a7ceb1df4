//! Sessions for real: cells are compiled, run, and what they leave is used by later cells.

mod ahead;
mod commands;
mod controls;
mod identity;
mod items;
mod kinds;
mod lookup;
#[path = "../support/mod.rs"]
mod notebook;
mod variables;
