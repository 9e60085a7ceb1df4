//! What cells show, on its way to the front end.

mod budget;
mod event;
mod pending;
mod png;
mod router;
mod text;

pub use event::{Event, MimeBundle, Stream};
pub use png::warm as warm_png;
pub use router::{Outbox, Router};
pub use text::Utf8;
