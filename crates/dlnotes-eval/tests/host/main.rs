//! The process that runs cells, for real: small cells are compiled by hand and run in it.

mod input;
mod output;
mod session;
mod stop;
mod values;
