//! The process that runs the cells, and what it writes.
//!
//! evcxr starts our own binary as that process and talks to it over its three standard streams, the same ones that
//! cells print to. `enter`, in the child, puts pipes of the kernel in the place of the three and hands the ends and the
//! old streams over; `tap`, in the kernel, reads them, shows what cells print and passes evcxr's own lines on. So
//! nothing is lost when the child dies, and the kernel sees panics, `?` and the moment at which a cell starts.

mod enter;
mod filter;
mod handler;
mod libraries;
mod stderr;
mod stdin;
mod tap;
mod watch;

pub use enter::enter;
pub use tap::Tap;
pub use watch::{PanicPlace, Seen, Watch};

/// Names the socket on which the child introduces itself.
pub const CHILD_SOCKET: &str = "DLNOTES_KERNEL_SOCKET";
/// Names the directory that cells run in: the notebook's.
pub const CHILD_DIRECTORY: &str = "DLNOTES_KERNEL_DIRECTORY";
