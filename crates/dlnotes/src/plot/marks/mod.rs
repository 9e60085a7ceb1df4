//! The kinds of marks, a file each: its data, how it is drawn and described, and the function or method that adds it to
//! a figure. Needs figures, axes and the page; none of them knows a kind.

mod band;
pub(crate) mod bars;
mod bins;
mod colors;
mod contour;
pub(crate) mod heatmap;
pub(crate) mod histogram;
pub(crate) mod images;
mod lattice;
mod line;
pub(crate) mod parallel;
mod picture;
mod points;
mod reference;
pub(crate) mod surface;
mod trace;
