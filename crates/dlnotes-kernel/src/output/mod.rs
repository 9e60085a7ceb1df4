//! What cells show, on its way to the front end.

mod budget;
mod pending;
mod png;
mod router;

pub(crate) use png::add_png;
pub use png::warm as warm_png;
pub(crate) use router::media;
pub use router::{Outbox, Router};
