//! What stands between evcxr and the tools that compile a cell.
//!
//! evcxr asks rustup for cargo, cargo for a build, and cargo starts rustc; our own binary answers in the place of each.
//! `rustup` names a cargo of ours; `cargo` lets the real one build and remembers how it called rustc, so that the next
//! cell can do without it; `wrapper` is rustc to cargo, tells the kernel what is compiled, and gives a cell's source
//! another `store` of variables.

mod cargo;
mod diagnostics;
mod invocation;
mod rustup;
mod store;
mod wrapper;

use std::io::Write as _;
use std::os::unix::net::UnixStream;

pub use cargo::stand_in_for_cargo;
pub(crate) use diagnostics::PLACES;
pub use rustup::stand_in_for_rustup;
pub(crate) use rustup::{PATH, lay_stand_ins};
pub use wrapper::wrap_rustc;

/// Names the socket on which compilers report themselves.
pub(crate) const RUSTC_SOCKET: &str = "DLNOTES_KERNEL_RUSTC_SOCKET";

/// The name of the crate that evcxr makes of a cell.
const CELL: &str = "ctx";

/// Tells the kernel which crate is compiled by which process, and who started that: both are stopped by an interrupt. The
/// line is `NAME PID PARENT`.
fn report(name: &str, pid: u32, parent: u32) {
    let Some(socket) = std::env::var_os(RUSTC_SOCKET) else { return };
    // Progress and interrupt are lost if the kernel has gone; compiling still works.
    let _ = UnixStream::connect(socket).and_then(|mut socket| writeln!(socket, "{name} {pid} {parent}"));
}
