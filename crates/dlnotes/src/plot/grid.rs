//! Several figures on one page, with shared axes.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Rect};
use super::figure::Figure;
use super::layout::{EDGE, Layout, Share, axes, fit, height};
use super::show::shows;
use super::theme::{Ink, PX_PER_INCH};

/// Figures beside and below one another, as one figure.
///
/// ```
/// use dlnotes::plot::{Grid, plot};
/// let x = [-1.0, 0.0, 1.0];
/// let grid = Grid::new([
///     plot(x, [0.0, 0.0, 1.0]).title("relu").xlabel("x"),
///     plot(x, [-0.76, 0.0, 0.76]).title("tanh").xlabel("x"),
/// ]);
/// let grid = grid.share_y().title("Activations");
/// assert!(grid.summary().starts_with("Activations. relu over x from −1 to 1: rises from 0 to 1. tanh"));
/// ```
#[derive(Clone)]
pub struct Grid {
    figures: Vec<Figure>,
    columns: usize,
    title: String,
    share_x: bool,
    share_y: bool,
    /// Width and height in inches, if set.
    size: Option<(f64, f64)>,
}

/// Columns unless said otherwise: as many as a notebook page is wide.
const COLUMNS: usize = 3;

impl Grid {
    /// A page of `figures`, row by row, at most three to a row unless [`columns`](Grid::columns) says otherwise.
    pub fn new(figures: impl Into<Vec<Figure>>) -> Grid {
        let figures = figures.into();
        let columns = figures.len().clamp(1, COLUMNS);
        Grid { figures, columns, title: String::new(), share_x: false, share_y: false, size: None }
    }

    /// How many figures stand in a row.
    ///
    /// # Panics
    /// When `columns` is 0.
    #[track_caller]
    pub fn columns(mut self, columns: usize) -> Grid {
        if columns == 0 {
            panic!("columns: 0; give at least 1");
        }
        self.columns = columns;
        self
    }

    /// Gives all figures the same x axis, with labels below the lowest of each column only.
    pub fn share_x(mut self) -> Grid {
        self.share_x = true;
        self
    }

    /// Gives all figures the same y axis, with labels at the first of each row only.
    pub fn share_y(mut self) -> Grid {
        self.share_y = true;
        self
    }

    /// The title above all figures.
    pub fn title(mut self, title: &str) -> Grid {
        title.clone_into(&mut self.title);
        self
    }

    /// Width and height of the whole page in inches; the figures' own sizes together unless set.
    ///
    /// # Panics
    /// When a side is not between 0.5 and 50 inches.
    #[track_caller]
    pub fn size(mut self, width: impl super::Number, height: impl super::Number) -> Grid {
        self.size = Some(Figure::new().size(width, height).size);
        self
    }

    /// What the figures show, in words written from their data.
    pub fn summary(&self) -> String {
        let title = (!self.title.is_empty()).then(|| format!("{}.", self.title));
        title.into_iter().chain(self.figures.iter().map(Figure::summary)).collect::<Vec<_>>().join(" ")
    }

    /// The page as an SVG document, with title and description for screen readers.
    pub fn to_svg(&self) -> String {
        let title = if self.title.is_empty() { 0.0 } else { height(Ink::Title) + EDGE };
        let columns = self.columns.min(self.figures.len()).max(1);
        let rows = self.figures.len().div_ceil(columns).max(1);
        let largest = |side: fn(&Figure) -> f64| self.figures.iter().map(side).fold(0.5, f64::max) * PX_PER_INCH;
        let (w, h) = match self.size {
            Some((w, h)) => (w * PX_PER_INCH, h * PX_PER_INCH),
            None => (largest(|f| f.size.0) * columns as f64, largest(|f| f.size.1) * rows as f64 + title),
        };
        let shares = self.shares(columns, rows);
        let even = Rect { x: 0.0, y: 0.0, w: w / columns as f64, h: (h - title) / rows as f64 };
        // What each figure needs around its frame; then columns and rows are cut so that all frames are equally large.
        let around: Vec<(f64, f64)> = self
            .figures
            .iter()
            .zip(&shares)
            .map(|(figure, share)| {
                let frame = Layout::new(figure, even, share, None).frame;
                (even.w - frame.w, even.h - frame.h)
            })
            .collect();
        let widest = |column: usize| around.iter().skip(column).step_by(columns).map(|a| a.0).fold(0.0, f64::max);
        let highest = |row: usize| around.iter().skip(row * columns).take(columns).map(|a| a.1).fold(0.0, f64::max);
        let widths = cut(w, (0..columns).map(widest).collect());
        let heights = cut(h - title, (0..rows).map(highest).collect());

        let canvas = Canvas::new(w, h);
        for (i, (figure, share)) in self.figures.iter().zip(&shares).enumerate() {
            let (row, column) = (i / columns, i % columns);
            let (x, y) = (widths[..column].iter().sum(), title + heights[..row].iter().sum::<f64>());
            figure.draw(&canvas, Rect { x, y, w: widths[column], h: heights[row] }, share);
        }
        if !self.title.is_empty() {
            let text = fit(&self.title, Ink::Title, w - 2.0 * EDGE);
            canvas.text(&text, (w / 2.0, EDGE + height(Ink::Title) / 2.0), Anchor::CENTER, Ink::Title);
        }
        canvas.finish(if self.title.is_empty() { "Figures" } else { &self.title }, &self.summary())
    }

    /// What each figure has in common with the others.
    fn shares(&self, columns: usize, rows: usize) -> Vec<Share> {
        let all: Vec<(Axis, Axis)> = self.figures.iter().map(axes).collect();
        let x = all.iter().map(|a| a.0).reduce(Axis::and).filter(|_| self.share_x);
        let y = all.iter().map(|a| a.1).reduce(Axis::and).filter(|_| self.share_y);
        let count = self.figures.len();
        (0..count)
            .map(|i| Share {
                x,
                y,
                hide_x: self.share_x && i / columns + 1 < rows && i + columns < count,
                hide_y: self.share_y && i % columns > 0,
            })
            .collect()
    }
}

/// Cuts `length` so that every part has as much left when what it needs `around` is taken away.
fn cut(length: f64, around: Vec<f64>) -> Vec<f64> {
    let frame = (length - around.iter().sum::<f64>()) / around.len() as f64;
    around.into_iter().map(|a| a + frame).collect()
}

shows!(Grid);
