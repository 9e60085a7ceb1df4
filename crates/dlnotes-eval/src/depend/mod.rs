//! Crates: the ones that every session has, built once, and the user's own.
//!
//! A [`Prepared`] build is made once for a toolchain and a version of our crates, by cargo, and never changes. All of its
//! crates share one standard library, and so do the program that runs cells and the cells.

mod archive;
mod cache;
mod cargo;
mod dependencies;
mod graph;
mod helper;
mod id;
mod join;
mod libraries;
mod loaded;
mod package;
mod prepared;
mod run;
mod runtimes;
mod spec;
mod stamp;
mod store;
mod toolchain;
mod workspace;

pub use cache::cache_directory;
pub use cargo::{BuildError, Silent, Watch};
pub use dependencies::Dependencies;
pub use helper::{Places, helper_directory};
pub use id::is_ours;
pub use libraries::{Added, Libraries};
pub use prepared::Prepared;
pub use run::RunDirectory;
pub use toolchain::{Changed, Toolchain};
