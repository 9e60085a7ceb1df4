//! Controls that move what a cell shows: sliders, choices, toggles, clocks.
//!
//! A [`Control`] is a description; what it stands at is one number, whatever it looks like. [`interact`] hands a closure
//! to the process that runs cells, which calls it between cells, on its main thread, whenever the reader moves a control:
//! the closure need be neither `Send` nor `Sync`. [`Live`] is a number that the reader changes while a cell runs.
//! [`Frames`] is the same figure for each position of one control, made beforehand: for pages that no process answers.
//!
//! | who reads | [`interact`] shows | [`Live`] |
//! |---|---|---|
//! | a reader in a notebook under `dlnotes-kernel` | controls that call the closure | a control |
//! | a program that executes notebooks, stock `evcxr_jupyter` | [`Frames`] of one control | keeps its start |
//! | no notebook | the first picture as text | keeps its start |
//!
//! The crate `dlnotes` has typed builders on top of this.

mod control;
mod frames;
mod live;
mod made;
mod page;
mod panel;
mod positions;
mod view;

pub use control::{Click, Control, Kind};
pub use frames::Frames;
pub use live::Live;
pub use panel::{can_move, interact};
pub use positions::standing;
pub use view::{View, captured};

pub(crate) use live::set as set_live;
pub(crate) use panel::{allow, call, forget, registered_since, upcoming};
pub(crate) use view::capture_record;
