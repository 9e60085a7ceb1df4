//! Everything that is made before a kernel needs it: directories, built dependencies, slim sources.

mod cache;
mod dependencies;
mod run;
mod slim;
mod target;
mod toolchain;

pub use cache::cache_directory;
pub use dependencies::{Dependencies, helper_directory};
pub use run::RunDirectory;
pub(crate) use run::replace_link;
pub use slim::slim_sources;
pub use target::{Prepared, lay_out, prebuild, seed_lock};
pub(crate) use target::{short_hash, stamp};
pub use toolchain::Toolchain;
