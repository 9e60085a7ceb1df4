//! Figures: small, quiet, exact.
//!
//! ```
//! use dlnotes::plot::{Figure, plot};
//! let x = [1, 2, 3, 4];
//! let (train, test) = ([0.9, 0.5, 0.3, 0.2], [1.0, 0.7, 0.6, 0.6]);
//! let figure = plot(x, [train, test]).xlabel("epoch").ylabel("loss").legend(["train", "test"]);
//! assert_eq!(figure.summary(), "loss over epoch from 1 to 4: train falls from 0.9 to 0.2; test falls from 1 to 0.6.");
//! ```
//!
//! `marks/` has the kinds of marks (lines, points, …), a file each; they are added to a `figure/`, which lays out `axes/`
//! and draws all on a `page/`: plotters' drawing area over an SVG document. Each of these folders needs only those named
//! after it.

mod animator;
mod axes;
mod figure;
mod graph;
mod grid;
mod growing;
mod marks;
mod network;
mod page;
mod values;

pub use animator::Animator;
pub use figure::Figure;
pub use graph::{BackwardSteps, Graph, backward_steps, graph};
pub use grid::Grid;
pub use marks::bars::bar;
pub use marks::heatmap::heatmap;
pub use marks::histogram::histogram;
pub use marks::images::images;
pub use marks::parallel::parallel_coordinates;
pub(crate) use marks::parallel::{Column, parallel};
pub use marks::surface::surface;
pub use network::{Network, network};
pub(crate) use page::steady::steadily;
pub(crate) use page::text::short_label;
pub use values::{Number, Values};

/// A line through the points (x, y); several lines when y holds several curves, such as `[&y1, &y2]`.
///
/// x is shared by all curves, or a list with one for each.
///
/// # Panics
/// When x and y have different lengths; the message names both.
///
/// ```
/// use dlnotes::plot::plot;
/// let x: Vec<f32> = (-80..80).map(|i| i as f32 * 0.1).collect();
/// let y: Vec<f32> = x.iter().map(|x| x.tanh()).collect();
/// let figure = plot(&x, &y).xlabel("x").ylabel("tanh(x)").size(5.0, 2.5);
/// assert_eq!(figure.to_string(), "tanh(x) over x from −8 to 7.9: rises from −1 to 1.");
/// ```
#[track_caller]
pub fn plot(x: impl Values, y: impl Values) -> Figure {
    Figure::new().add_lines(&x, &y, "", false)
}

/// A staircase through the points (x, y): each value of y holds from its x to the next.
///
/// # Panics
/// When x and y have different lengths; the message names both.
///
/// ```
/// use dlnotes::plot::step;
/// let figure = step([0, 10, 20], [0.1, 0.01, 0.001]).xlabel("epoch").ylabel("lr").ylog();
/// assert_eq!(figure.summary(), "lr over epoch from 0 to 20 (log y axis): falls from 0.1 to 0.001.");
/// ```
#[track_caller]
pub fn step(x: impl Values, y: impl Values) -> Figure {
    Figure::new().add_lines(&x, &y, "", true)
}

/// A marker at each point (x, y).
///
/// # Panics
/// When x and y have different lengths; the message names both.
///
/// ```
/// use dlnotes::plot::scatter;
/// let figure = scatter([0.0, 1.0, 2.0], [0.1, 0.9, 2.1]).line([0.0, 2.0], [0.0, 2.0], "fit");
/// assert!(figure.summary().contains("fit rises from 0 to 2"));
/// ```
#[track_caller]
pub fn scatter(x: impl Values, y: impl Values) -> Figure {
    Figure::new().points(x, y, "")
}
