//! Axes: which values they cover, what is labelled, where in the frame a value lies. Needs the page.

pub(crate) mod axis;
pub(crate) mod panel;
