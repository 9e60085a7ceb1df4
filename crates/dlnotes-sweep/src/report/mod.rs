//! What is known of a sweep: how far it is, and what came of it.

mod status;
mod table;
mod trials;

pub use status::Status;
pub(crate) use table::counted;
pub use table::{Row, Sort, Table, short};
pub use trials::{trials_csv, trials_json_lines};
