//! What the targets need of the project's private modules, by path: what a crate reads bytes with can't be called from
//! outside.
//!
//! Each target reads bytes, calls what reads them in the project, and checks what must hold. See `targets/`.

#[path = "../../crates/dlnotes-kernel/src/error.rs"]
mod error;

#[path = "../../crates/dlnotes-kernel/src/wire.rs"]
pub mod wire;

#[path = "../../crates/dlnotes-kernel/src/widgets/mod.rs"]
pub mod widgets;

#[path = "../../crates/dlnotes-eval/tests/generated/check.rs"]
pub mod cell;

pub mod data;
pub mod output;

pub(crate) use error::{Error, Result};
